/** @file Frequencies of random Fourier features. */

import { matrix, type Matrix, type Random } from '@indistinct/core'

/**
 * `count` standard normal frequencies (count, K), count a multiple of 8: orthogonal in runs of K (Yu et al. 2016), each
 * distributed as if drawn alone, so that estimates stay unbiased while errors within a run cancel.
 */
export function randomFrequencies(cols: number, count: number, random: Random): Matrix {
  if (!Number.isInteger(count) || count < 8 || count % 8 !== 0)
    throw new RangeError(`randomFrequencies: expected a positive multiple of 8, got ${count}`)
  const out = matrix(count, cols)
  const run: Float64Array[] = []
  for (let f = 0; f < count; f++) {
    if (f % cols === 0) run.length = 0
    const direction = orthogonalUnit(cols, run, random)
    run.push(direction)
    let square = 0
    for (let k = 0; k < cols; k++) square += random.normal() ** 2
    const length = Math.sqrt(square)
    for (let k = 0; k < cols; k++) out.data[f * cols + k] = length * direction[k]!
  }
  return out
}

/** A random unit vector orthogonal to those of `run`. */
function orthogonalUnit(cols: number, run: readonly Float64Array[], random: Random): Float64Array {
  for (;;) {
    const v = Float64Array.from({ length: cols }, () => random.normal())
    // Twice is enough (Kahan and Parlett).
    for (let repeat = 0; repeat < 2; repeat++) {
      for (const other of run) {
        let dot = 0
        for (let k = 0; k < cols; k++) dot += v[k]! * other[k]!
        for (let k = 0; k < cols; k++) v[k]! -= dot * other[k]!
      }
    }
    const norm = Math.hypot(...v)
    if (norm > 1e-9) return v.map((value) => value / norm)
  }
}
