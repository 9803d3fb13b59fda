/** @file Affine maps of rows, the form in which every closed rung of the ladder leaves its fit. */

import { rowOf, type Matrix } from '@indistinct/core'
import { addAffine } from '@indistinct/kernels'

/**
 * x -> x + shift + change (x - centre), in float64. What it adds is kept apart from x, so that a map that changes
 * little loses nothing to rounding, and one that changes nothing returns every bit.
 */
export interface AffineMap {
  /** (K). */
  readonly centre: Float64Array
  /** Row-major (K, K): the linear part less the identity. */
  readonly change: Float64Array
  /** (K). */
  readonly shift: Float64Array
}

/** Writes the images of the named rows of x (N, K) to the same rows of `out`, which may be x. */
export function applyAffine(out: Matrix, x: Matrix, rows: Int32Array, map: AffineMap): void {
  if (out !== x) for (const i of rows) out.data.set(rowOf(x, i), i * x.cols)
  addAffine(out, x, rows, map.centre, map.change, map.shift)
}

/** The map that adds `shift` (K) to every row. */
export function translation(shift: Float64Array): AffineMap {
  const K = shift.length
  return { centre: new Float64Array(K), change: new Float64Array(K * K), shift }
}

/** The map whose linear part is `linear` (K, K) and that takes `from` to `to` (both (K)). */
export function affineThrough(linear: Float64Array, from: Float64Array, to: Float64Array): AffineMap {
  const K = from.length
  const change = linear.slice()
  for (let k = 0; k < K; k++) change[k * K + k]! -= 1
  return { centre: from, change, shift: to.map((value, k) => value - from[k]!) }
}

/** Sets `out` (K), which must not be `row`, to the image of one row (K) in float64. */
export function mapRow({ centre, change, shift }: AffineMap, row: Float64Array, out: Float64Array): void {
  const K = centre.length
  for (let j = 0, p = 0; j < K; j++) {
    let sum = row[j]! + shift[j]!
    for (let k = 0; k < K; k++, p++) sum += change[p]! * (row[k]! - centre[k]!)
    out[j] = sum
  }
}
