/** @file Mean 0 and standard deviation 1 in each dimension, as the attacker's own shadow set has them. */

import type { Matrix } from '@indistinct/core'

/**
 * The map that standardises dimensions by mean and (population) standard deviation of `shadow` (N, K), for any rows
 * (M, K). Dimensions that are constant there are only centred.
 */
export function standardiser(shadow: Matrix): (x: Matrix) => Matrix {
  const { rows, cols, data } = shadow
  const mean = new Float64Array(cols)
  const squares = new Float64Array(cols)
  for (let p = 0; p < data.length; p++) mean[p % cols]! += data[p]! / rows
  for (let p = 0; p < data.length; p++) squares[p % cols]! += (data[p]! - mean[p % cols]!) ** 2 / rows
  const inverse = squares.map((square, j) => {
    const deviation = Math.sqrt(square)
    // A constant leaves the rounding of this float64 mean. Anything above is there to be seen: classes that collapse to
    // points (U2U-R) may differ in the last bits of float32 alone.
    return deviation > 1e-12 * Math.abs(mean[j]!) ? 1 / deviation : 1
  })
  return (x) => ({ rows: x.rows, cols, data: x.data.map((value, p) => (value - mean[p % cols]!) * inverse[p % cols]!) })
}
