/** @file The part of a direction that leaves class means and covariances alone, to first order. */

import { symmetricEigen, type Matrix } from '@indistinct/core'
import { addAffine, crossMoments } from '@indistinct/kernels'
import type { AffineMap } from '../closed/affine-map.ts'
import { classMoments, rowMean, type ClassMoments } from './class-moments.ts'
import { addLeastCost, firstOrderChange } from './metric-displacement.ts'
import type { ScoreMetric } from './score-metric.ts'
import { product, transposed } from '../linear-algebra/small-product.ts'

/**
 * Takes from `direction` (N, K), in place and class by class, its regression on a constant and on the whitened
 * coordinates of theta (N, K) over the compared axes. What is left has mean zero and is uncorrelated with these
 * coordinates, so that moving along it changes neither class means nor, to first order, the compared covariances.
 */
export function holdMoments(direction: Matrix, theta: Matrix, classes: readonly Int32Array[]): void {
  const moments = classMoments(theta, classes)
  classes.forEach((members, c) => {
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
