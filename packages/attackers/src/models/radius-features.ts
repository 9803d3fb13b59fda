/**
 * @file How far users lie from where their classes are. Unlearning that draws classes onto one point, as U2U-R does
 * at the paper's trade-off, leaves each class its own spread: nothing that looks along directions sees it, and a
 * single distance gives it away.
 */

import { matrix, type Matrix } from '@indistinct/core'
import type { Dense } from '@indistinct/kernels'
import type { RowProducts } from './row-products.ts'

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
function radiusColumns(classes: number): number {
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
  const shells = { inputs: K, centroids, centre, ...logarithms(radii) }
  return { shells, features: featuresOf(shells, x, { codes, counts }) }
}

function logarithms(radii: Float64Array): Pick<Shells, 'logRadii' | 'least'> {
  const widest = Math.max(...radii)
  const least = widest > 0 ? 1e-9 * widest : 1
  return { logRadii: radii.map((radius) => Math.log(Math.max(radius, least))), least }
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

interface KnownRows {
  readonly codes: Int32Array
  readonly counts: Float64Array
}

function featuresOf(shells: Shells, x: Matrix, known?: KnownRows): Matrix {
  const { inputs: K, centroids, centre, logRadii, least } = shells
  const classes = logRadii.length
  const out = matrix(x.rows, radiusColumns(classes))
  const origin = new Float64Array(K)
  const distances = new Float64Array(classes)
  for (let i = 0; i < x.rows; i++) {
    for (let c = 0; c < classes; c++) distances[c] = squaredDistance(x.data, i * K, centroids, c * K, K)
    const squares = {
      distances,
      centre: squaredDistance(x.data, i * K, centre, 0, K),
      length: squaredDistance(x.data, i * K, origin, 0, K),
    }
    fillFeatures(out, i, squares, logRadii, least, known)
  }
  return out
}

/** Row i of features, from squared distances to the centroids (C), to the overall centre and to the origin. */
function fillFeatures(
  { cols, data }: Matrix,
  i: number,
  squares: { readonly distances: Float64Array; readonly centre: number; readonly length: number },
  logRadii: Float64Array,
  least: number,
  known: KnownRows | undefined,
): void {
  const classes = logRadii.length
  for (let c = 0; c < classes; c++) {
    let distance = Math.sqrt(squares.distances[c]!)
    // The centroid of the n - 1 others lies in the same direction, n / (n - 1) as far away. One user alone has none.
    if (known && known.codes[i] === c)
      distance = known.counts[c] === 1 ? Math.exp(logRadii[c]!) : (distance * known.counts[c]!) / (known.counts[c]! - 1)
    const relative = Math.log(Math.max(distance, least)) - logRadii[c]!
    data[i * cols + 2 * c] = relative
    data[i * cols + 2 * c + 1] = relative * relative
  }
  data[i * cols + 2 * classes] = 0.5 * Math.log(Math.max(squares.centre, least * least))
  data[i * cols + 2 * classes + 1] = 0.5 * Math.log(Math.max(squares.length, least * least))
}

function squaredDistance(a: Float32Array, atA: number, b: Float64Array, atB: number, K: number): number {
  let sum = 0
  for (let j = 0; j < K; j++) sum += (a[atA + j]! - b[atB + j]!) ** 2
  return sum
}

/** Features of known (N, 2C + 2) and asked rows (M, 2C + 2), as the two above give them, from products alone. */
export function radiusFeaturesOfProducts(
  { known, asked, squares, lengths }: RowProducts,
  codes: Int32Array,
  classes: number,
): { readonly known: Matrix; readonly asked: Matrix } {
  const N = known.rows
  const counts = new Float64Array(classes)
  for (const code of codes) counts[code]!++
  /** Products (rows, C) with the classes' centroids. */
  const withCentroids = ({ rows, data }: Dense): Float64Array => {
    const out = new Float64Array(rows * classes)
    for (let i = 0, p = 0; i < rows; i++)
      for (let k = 0; k < N; k++, p++) out[i * classes + codes[k]!]! += data[p]! / counts[codes[k]!]!
    return out
  }
  const ofKnown = withCentroids(known)
  // Products of the centroids with one another (C, C).
  const between = new Float64Array(classes * classes)
  for (let i = 0; i < N; i++)
    for (let c = 0; c < classes; c++)
      between[codes[i]! * classes + c]! += ofKnown[i * classes + c]! / counts[codes[i]!]!
  const ofCentre = Float64Array.from({ length: classes }, (_, c) => {
    let sum = 0
    for (let d = 0; d < classes; d++) sum += between[c * classes + d]! / classes
    return sum
  })
  const centreSquare = ofCentre.reduce((sum, value) => sum + value / classes, 0)
  const own = Float64Array.from({ length: N }, (_, i) => known.data[i * (N + 1)]!)
  const toCentroid = (square: number, products: Float64Array, i: number, c: number): number =>
    Math.max(0, square - 2 * products[i * classes + c]! + between[c * classes + c]!)
  const radii = new Float64Array(classes)
  codes.forEach((code, i) => (radii[code]! += toCentroid(own[i]!, ofKnown, i, code)))
  for (let c = 0; c < classes; c++) radii[c] = Math.sqrt(radii[c]! / Math.max(1, counts[c]! - 1))
  const { logRadii, least } = logarithms(radii)
  const rowsOf = (ofRows: Float64Array, rowSquares: Float64Array, norms: Float64Array, isKnown: boolean): Matrix => {
    const out = matrix(rowSquares.length, radiusColumns(classes))
    const distances = new Float64Array(classes)
    for (let i = 0; i < out.rows; i++) {
      let centre = rowSquares[i]! + centreSquare
      for (let c = 0; c < classes; c++) {
        distances[c] = toCentroid(rowSquares[i]!, ofRows, i, c)
        centre -= (2 * ofRows[i * classes + c]!) / classes
      }
      fillFeatures(
        out,
        i,
        { distances, centre, length: norms[i]! },
        logRadii,
        least,
        isKnown ? { codes, counts } : undefined,
      )
    }
    return out
  }
  return {
    known: rowsOf(ofKnown, own, lengths.known, true),
    asked: rowsOf(withCentroids(asked), squares, lengths.asked, false),
  }
}
