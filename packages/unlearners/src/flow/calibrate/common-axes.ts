/** @file Means of classes, and axes in which their spreads are compared. */

import type { Matrix } from '@indistinct/core'

/**
 * Class moments of theta (N, K). The axes are the eigenvectors of the pooled within-class covariance; "whitened" means
 * coordinates along axes divided by the spread along each.
 */
export interface ClassMoments {
  /** Users of each class. */
  readonly sizes: readonly number[]
  /** Mean of each class (K). */
  readonly means: readonly Float64Array[]
  /** Mean over all labelled users (K). */
  readonly centre: Float64Array
  /** Pooled within-class variance along each axis (A), largest first; A is K, or fewer where users are. */
  readonly variances: Float64Array
  /** The axes as rows (A, K). */
  readonly axes: Float64Array
  /** Number of leading axes on which covariances are compared: see `comparedAxes`. */
  readonly compared: number
  /** What takes a row less its class mean to whitened coordinates on the compared axes (compared, K). */
  readonly whitening: Float64Array
  /** Covariance of the whitened coordinates in each class (compared, compared). */
  readonly covariances: readonly Float64Array[]
}

/** Users that the smallest class must have for each axis on which covariances are compared. */
const usersPerAxis = 8

/** Axes whose variance is below this fraction of the largest are noise of the arithmetic. */
export const negligible = 1e-10

/** Mean over all users (K), by the sizes and means of classes. */
export function centreOf(sizes: readonly number[], means: readonly Float64Array[]): Float64Array {
  const n = sizes.reduce((sum, size) => sum + size, 0)
  const centre = new Float64Array(means[0]!.length)
  means.forEach((mean, c) => {
    for (let k = 0; k < centre.length; k++) centre[k]! += (mean[k]! * sizes[c]!) / n
  })
  return centre
}

/** Mean of the named rows (K), in float64. */
export function rowMean(m: Matrix, rows: Int32Array): Float64Array {
  const mean = new Float64Array(m.cols)
  for (const i of rows) for (let k = 0; k < m.cols; k++) mean[k]! += m.data[i * m.cols + k]!
  return mean.map((sum) => sum / rows.length)
}

/**
 * A class of m users says little about covariances of more than a fraction of m axes; only the leading m / 8 of the
 * smallest class are compared, none below 8 users, and none without variance.
 */
export function comparedAxes(sizes: readonly number[], variances: Float64Array): number {
  const smallest = Math.min(...sizes)
  return Math.min(variances.filter((v) => v > negligible * variances[0]!).length, Math.floor(smallest / usersPerAxis))
}
