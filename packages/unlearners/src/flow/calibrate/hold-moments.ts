/** @file The part of a direction that leaves class means and covariances alone, to first order. */

import type { Matrix } from '@indistinct/core'
import { addAffine, crossMoments, product64, product64NT, product64TN, symmetricEigen } from '@indistinct/kernels'
import type { AffineMap } from '../../closed/affine-map.ts'
import { classMoments } from './class-moments.ts'
import { rowMean, type ClassMoments } from './common-axes.ts'
import { addLeastCost, firstOrderChange } from './metric-displacement.ts'
import type { ScoreMetric } from '../score-metric.ts'
import { product, transposed } from '../../linear-algebra/small-product.ts'
import { deviationsFrom, isWide } from './wide-moments.ts'

/**
 * Takes from `direction` (N, K), in place and class by class, its regression on a constant and on the whitened
 * coordinates of theta (N, K) over the compared axes. What is left has mean zero and is uncorrelated with these
 * coordinates, so that moving along it changes neither class means nor, to first order, the compared covariances.
 * @param moments of theta, where they are known
 */
export function holdMoments(
  direction: Matrix,
  theta: Matrix,
  classes: readonly Int32Array[],
  moments: ClassMoments = classMoments(theta, classes),
): void {
  const users = classes.reduce((sum, { length }) => sum + length, 0)
  const wide = isWide(users, theta.cols)
  classes.forEach((members, c) => {
    if (wide) return holdAcross(direction, theta, members, moments, c)
    const mean = rowMean(direction, members)
    const { centre, change, shift } = holdingMap(
      moments,
      c,
      mean,
      crossMoments(theta, members, moments.means[c]!, { of: direction, centre: mean }),
    )
    addAffine(direction, theta, members, centre, change, shift)
  })
}

/** The same for class c of a wide table: by whitened coordinates of users, without a map of columns (K, K). */
function holdAcross(direction: Matrix, theta: Matrix, members: Int32Array, moments: ClassMoments, c: number): void {
  const { means, compared: P, whitening, covariances } = moments
  const K = theta.cols
  const size = members.length
  const mean = rowMean(direction, members)
  const along = { rows: size, cols: K, data: deviationsFrom(direction, members, mean) }
  const whitened = {
    rows: size,
    cols: P,
    data: product64NT(
      { rows: size, cols: K, data: deviationsFrom(theta, members, means[c]!) },
      { rows: P, cols: K, data: whitening },
    ),
  }
  const cross = product64TN(whitened, along).map((sum) => sum / size)
  const slope = { rows: P, cols: K, data: solveSpectrally(covariances[c]!, cross, P, K) }
  const explained = product64(whitened, slope)
  members.forEach((i, r) => {
    for (let k = 0, p = r * K, q = i * K; k < K; k++, p++, q++) direction.data[q] = along.data[p]! - explained[p]!
  })
}

/**
 * What `holdMoments` adds to a direction d in class c: shift + change (theta_i - centre), by the mean of d (K) and the
 * sum of (theta_i - mean)(d_i - mean)' (K, K).
 */
export function holdingMap(
  { sizes, means, compared: P, whitening, covariances }: ClassMoments,
  c: number,
  mean: Float64Array,
  cross: Float64Array,
): AffineMap {
  const K = mean.length
  const whitened = product(whitening, cross, P, K, K).map((sum) => sum / sizes[c]!)
  const slope = solveSpectrally(covariances[c]!, whitened, P, K)
  const map = product(transposed(slope, P, K), whitening, K, P, K)
  return { centre: means[c]!, change: map.map((value) => -value), shift: mean.map((value) => -value) }
}

/**
 * The same where moving user i by d costs d' M_i d, for a gradient in `direction`: steepest descent in that metric
 * among displacements that change neither class means nor, to first order, the compared covariances, in place.
 */
export function holdMomentsIn(
  metric: ScoreMetric,
  direction: Matrix,
  theta: Matrix,
  classes: readonly Int32Array[],
): void {
  steepestIn(metric, direction, classes)
  const moments = classMoments(theta, classes)
  classes.forEach((members, c) => {
    const { mean, covariance } = firstOrderChange(direction, theta, members, c, moments)
    const change = { mean: mean.map((value) => -value), covariance: covariance.map((value) => -value) }
    addLeastCost(direction, theta, members, c, moments, metric, change)
  })
}

/** M_i^-1 times every labelled row of `direction` (N, K), in place. */
export function steepestIn(metric: ScoreMetric, direction: Matrix, classes: readonly Int32Array[]): void {
  const K = direction.cols
  const row = new Float64Array(K)
  for (const members of classes) {
    for (const i of members) {
      for (let k = 0; k < K; k++) {
        let sum = 0
        for (let l = 0; l < K; l++) sum += metric.inverses[i * metric.stride + k * K + l]! * direction.data[i * K + l]!
        row[k] = sum
      }
      direction.data.set(row, i * K)
    }
  }
}

/** A^+ B for symmetric positive A (P, P) and B (P, K). */
function solveSpectrally(a: Float64Array, b: Float64Array, P: number, K: number): Float64Array {
  const { values, vectors } = symmetricEigen(a, P)
  const out = new Float64Array(P * K)
  for (let e = 0; e < P; e++) {
    if (values[e]! <= 1e-9 * values[0]!) continue
    const along = new Float64Array(K)
    for (let p = 0; p < P; p++)
      for (let k = 0; k < K; k++) along[k]! += (vectors[e * P + p]! * b[p * K + k]!) / values[e]!
    for (let p = 0; p < P; p++) for (let k = 0; k < K; k++) out[p * K + k]! += vectors[e * P + p]! * along[k]!
  }
  return out
}
