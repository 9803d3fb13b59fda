/**
 * @file How far users lie from where their classes are. Unlearning that draws classes onto one point, as U2U-R does
 * at the paper's trade-off, leaves each class its own spread: nothing that looks along directions sees it, and a
 * single distance gives it away.
 */

import type { Matrix } from '@indistinct/core'

export interface Shells {
  readonly inputs: number
  /** Class centroids (C, K). */
  readonly centroids: Float64Array
  /** Their mean, each class counting the same (K). */
  readonly centre: Float64Array
  /** Log of the root mean square distance of each class from its centroid (C). */
  readonly logRadii: Float64Array
  /** Distances below this count as this: rows equal to a centroid have no logarithm. */
  readonly least: number
}

/** Columns of `radiusFeatures` for C classes. */
export function radiusColumns(classes: number): number {
  return 2 * classes + 2
}

/**
 * Centroids and radii of the classes, and the features (N, 2C + 2) of the rows they were made from, each row's
 * distance to its own class being that to the centroid of the others: its own weight in the centroid would make it
 * look closer than rows not yet seen.
 * @param x (N, K)
 * @param codes 0 .. classes - 1 (N), each occurring
 */
export function fitShells(x: Matrix, codes: Int32Array, classes: number): { shells: Shells; features: Matrix } {
  const { rows, cols: K, data } = x
  const counts = new Float64Array(classes)
  const centroids = new Float64Array(classes * K)
  for (let i = 0; i < rows; i++) {
    const code = codes[i]!
    counts[code]!++
    for (let j = 0; j < K; j++) centroids[code * K + j]! += data[i * K + j]!
  }
  const centre = new Float64Array(K)
  for (let c = 0; c < classes; c++) {
    for (let j = 0; j < K; j++) {
      centroids[c * K + j]! /= counts[c]!
      centre[j]! += centroids[c * K + j]! / classes
    }
  }
  const squares = new Float64Array(classes)
  for (let i = 0; i < rows; i++) squares[codes[i]!]! += squaredDistance(data, i * K, centroids, codes[i]! * K, K)
  const radii = squares.map((sum, c) => Math.sqrt(sum / Math.max(1, counts[c]! - 1)))
  const widest = Math.max(...radii)
  const least = widest > 0 ? 1e-9 * widest : 1
  const shells = {
    inputs: K,
    centroids,
    centre,
    logRadii: radii.map((radius) => Math.log(Math.max(radius, least))),
    least,
  }
  return { shells, features: featuresOf(shells, x, { codes, counts }) }
}

/**
 * Features (M, 2C + 2) of rows (M, K): for each class log(d / r), d the distance to its centroid and r its radius,
 * and the square of that, which tells lying on the class's shell from lying on either side; then the logarithms of
 * the distance to the overall centre and of the norm. Logarithms make them blind to the scale of the table.
 */
export function radiusFeatures(shells: Shells, x: Matrix): Matrix {
  if (x.cols !== shells.inputs) throw new RangeError(`radiusFeatures: expected ${shells.inputs} columns, got ${x.cols}`)
  return featuresOf(shells, x)
}

function featuresOf(
  shells: Shells,
  x: Matrix,
  known?: { readonly codes: Int32Array; readonly counts: Float64Array },
): Matrix {
  const { inputs: K, centroids, centre, logRadii, least } = shells
  const classes = logRadii.length
  const width = radiusColumns(classes)
  const out = new Float32Array(x.rows * width)
  const origin = new Float64Array(K)
  for (let i = 0; i < x.rows; i++) {
    for (let c = 0; c < classes; c++) {
      let distance = Math.sqrt(squaredDistance(x.data, i * K, centroids, c * K, K))
      // The centroid of the n - 1 others lies in the same direction, n / (n - 1) as far away. One user alone has none.
      if (known && known.codes[i] === c)
        distance =
          known.counts[c] === 1 ? Math.exp(logRadii[c]!) : (distance * known.counts[c]!) / (known.counts[c]! - 1)
      const relative = Math.log(Math.max(distance, least)) - logRadii[c]!
      out[i * width + 2 * c] = relative
      out[i * width + 2 * c + 1] = relative * relative
    }
    out[i * width + 2 * classes] = 0.5 * Math.log(Math.max(squaredDistance(x.data, i * K, centre, 0, K), least * least))
    out[i * width + 2 * classes + 1] =
      0.5 * Math.log(Math.max(squaredDistance(x.data, i * K, origin, 0, K), least * least))
  }
  return { rows: x.rows, cols: width, data: out }
}

function squaredDistance(a: Float32Array, atA: number, b: Float64Array, atB: number, K: number): number {
  let sum = 0
  for (let j = 0; j < K; j++) sum += (a[atA + j]! - b[atB + j]!) ** 2
  return sum
}
