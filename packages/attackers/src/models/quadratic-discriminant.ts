/**
 * @file Quadratic discriminant analysis: a Gaussian for each class, with its own mean and its own covariance,
 *
 *     Sigma_c = (1 - r) S_c + r tr(S_c) / K I,     S_c = sum (x - mean_c)(x - mean_c)' / (n_c - 1),
 *
 * which is the second regularisation of Friedman (1989). Relative to the class's own mean variance, so that classes
 * of very different spread keep that difference; scikit-learn's `reg_param` is the same for classes whose mean
 * variance is 1.
 */

import type { Matrix } from '@indistinct/core'
import { choleskyInPlace, solveLower } from './cholesky.ts'
import { oasShrinkage } from './oas-shrinkage.ts'

export interface DiscriminantOptions {
  /** r between 0 and 1, or 'oas' (default): for each class what `oasShrinkage` says. */
  readonly shrinkage?: number | 'oas'
}

export interface ClassGaussian {
  /** (K) */
  readonly mean: Float64Array
  /** Cholesky factor of the covariance (K, K), lower triangle. */
  readonly lower: Float64Array
  /** log n_c / n - 1/2 log det. */
  readonly offset: number
  readonly shrinkage: number
}

/**
 * @param x features (N, K)
 * @param codes 0 .. classes - 1 (N), each occurring
 * @throws RangeError on a shrinkage outside 0 to 1, or too small for a covariance without full rank.
 */
export function fitDiscriminant(
  x: Matrix,
  codes: Int32Array,
  classes: number,
  options: DiscriminantOptions = {},
): ClassGaussian[] {
  const { shrinkage = 'oas' } = options
  if (shrinkage !== 'oas' && !(shrinkage >= 0 && shrinkage <= 1)) {
    throw new RangeError(`fitDiscriminant: expected a shrinkage from 0 to 1 or 'oas', got ${shrinkage}`)
  }
  const { rows, cols: K, data } = x
  const counts = new Float64Array(classes)
  const means = new Float64Array(classes * K)
  for (let i = 0; i < rows; i++) {
    const code = codes[i]!
    counts[code]!++
    for (let j = 0; j < K; j++) means[code * K + j]! += data[i * K + j]!
  }
  for (let c = 0; c < classes; c++) for (let j = 0; j < K; j++) means[c * K + j]! /= counts[c]!
  const covariances = new Float64Array(classes * K * K)
  const centred = new Float64Array(K)
  for (let i = 0; i < rows; i++) {
    const code = codes[i]!
    for (let j = 0; j < K; j++) centred[j] = data[i * K + j]! - means[code * K + j]!
    for (let j = 0, p = code * K * K; j < K; j++, p += K) {
      const left = centred[j]!
      for (let k = 0; k <= j; k++) covariances[p + k]! += left * centred[k]!
    }
  }
  const variances = Float64Array.from(counts, (count, c) => {
    let trace = 0
    for (let j = 0; j < K; j++) trace += covariances[c * K * K + j * K + j]!
    return trace / (K * Math.max(1, count - 1))
  })
  const widest = Math.max(...variances)

  return Array.from(counts, (count, c): ClassGaussian => {
    const covariance = covariances.subarray(c * K * K, (c + 1) * K * K)
    for (let j = 0; j < K; j++) {
      for (let k = 0; k <= j; k++) {
        covariance[j * K + k]! /= Math.max(1, count - 1)
        covariance[k * K + j] = covariance[j * K + k]!
      }
    }
    // A class of one user says nothing about its spread and borrows the widest. One of several equal users is a point,
    // a millionth as wide in deviation; where all classes are points, any width ranks users by their distances.
    const borrowed = widest === 0 ? 1 : count === 1 ? widest : 1e-12 * widest
    const mixed = variances[c] === 0 ? 1 : shrinkage === 'oas' ? oasShrinkage(covariance, K, count) : shrinkage
    const target = variances[c] === 0 ? borrowed : variances[c]!
    for (let p = 0; p < K * K; p++) covariance[p]! *= 1 - mixed
    for (let j = 0; j < K; j++) covariance[j * K + j]! += mixed * target
    const logDeterminant = choleskyInPlace('fitDiscriminant', covariance, K)
    return {
      mean: means.subarray(c * K, (c + 1) * K),
      lower: covariance,
      offset: Math.log(count / rows) - 0.5 * logDeterminant,
      shrinkage: mixed,
    }
  })
}

/** Log of prior times density (N, C), less K/2 log 2 pi. */
export function discriminantLogits(gaussians: readonly ClassGaussian[], x: Matrix): Float64Array {
  const { rows, cols: K, data } = x
  const classes = gaussians.length
  if (gaussians[0]!.mean.length !== K)
    throw new RangeError(`discriminantLogits: expected ${gaussians[0]!.mean.length} columns, got ${K}`)
  const out = new Float64Array(rows * classes)
  const centred = new Float64Array(K)
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < classes; c++) {
      const { mean, lower, offset } = gaussians[c]!
      for (let j = 0; j < K; j++) centred[j] = data[i * K + j]! - mean[j]!
      solveLower(lower, K, centred)
      let distance = 0
      for (let j = 0; j < K; j++) distance += centred[j]! * centred[j]!
      out[i * classes + c] = offset - 0.5 * distance
    }
  }
  return out
}
