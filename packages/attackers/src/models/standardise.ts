/** @file Mean 0 and standard deviation 1 in each dimension, as the attacker's own shadow set has them. */

import type { Matrix } from '@indistinct/core'

/**
 * The map that standardises dimensions by mean and (population) standard deviation of `shadow` (N, K), for any rows
 * (M, K). Dimensions that are constant there are only centred.
 */
export function standardiser(shadow: Matrix): (x: Matrix) => Matrix {
  const { mean, deviation } = columnSpread(shadow)
  const inverse = deviation.map((each) => (each > 0 ? 1 / each : 1))
  return ({ rows, cols, data }) => {
    const out = new Float32Array(data.length)
    for (let i = 0, p = 0; i < rows; i++)
      for (let j = 0; j < cols; j++, p++) out[p] = (data[p]! - mean[j]!) * inverse[j]!
    return { rows, cols, data: out }
  }
}

/**
 * Mean and population standard deviation of each column (N, K), 0 where the column is constant. A constant leaves the
 * rounding of its float64 mean. Anything above is there to be seen: classes that collapse to points (U2U-R) may differ
 * in the last bits of float32 alone.
 */
export function columnSpread({ rows, cols, data }: Matrix): {
  readonly mean: Float64Array
  readonly deviation: Float64Array
} {
  const mean = new Float64Array(cols)
  const squares = new Float64Array(cols)
  for (let i = 0, p = 0; i < rows; i++) for (let j = 0; j < cols; j++, p++) mean[j]! += data[p]! / rows
  for (let i = 0, p = 0; i < rows; i++)
    for (let j = 0; j < cols; j++, p++) squares[j]! += (data[p]! - mean[j]!) ** 2 / rows
  const deviation = squares.map((square, j) => {
    const root = Math.sqrt(square)
    return root > 1e-12 * Math.abs(mean[j]!) ? root : 0
  })
  return { mean, deviation }
}
