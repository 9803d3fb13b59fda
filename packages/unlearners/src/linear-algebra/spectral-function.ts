/** @file Functions of symmetric matrices. */

import type { SymmetricEigen } from '@indistinct/core'
import { product } from './small-product.ts'

/** V f(Lambda) V' (n, n) for a symmetric matrix given by its eigenvectors. */
export function spectralFunction({ values, vectors }: SymmetricEigen, f: (value: number) => number): Float64Array {
  const n = values.length
  const scaled = new Float64Array(n * n)
  for (let a = 0; a < n; a++) {
    const scale = f(values[a]!)
    for (let i = 0; i < n; i++) scaled[i * n + a] = scale * vectors[a * n + i]!
  }
  return product(scaled, vectors, n, n, n)
}
