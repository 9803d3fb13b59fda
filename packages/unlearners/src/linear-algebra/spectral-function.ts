/** @file Functions of symmetric matrices. */

import type { SymmetricEigen } from '@indistinct/core'

/** V f(Lambda) V' (n, n) for a symmetric matrix given by its eigenvectors. */
export function spectralFunction({ values, vectors }: SymmetricEigen, f: (value: number) => number): Float64Array {
  const n = values.length
  const out = new Float64Array(n * n)
  for (let a = 0; a < n; a++) {
    const scale = f(values[a]!)
    for (let i = 0; i < n; i++) {
      const left = scale * vectors[a * n + i]!
      for (let j = 0; j < n; j++) out[i * n + j]! += left * vectors[a * n + j]!
    }
  }
  return out
}
