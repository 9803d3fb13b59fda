/**
 * @file Quadratic discriminant analysis: a Gaussian for each class, with its own mean and its own covariance,
 *
 *     Sigma_c = (1 - r) S_c + r tr(S_c) / K I,     S_c = sum (x - mean_c)(x - mean_c)' / (n_c - 1),
 *
 * which is the second regularisation of Friedman (1989). Relative to the class's own mean variance, so that classes
 * of very different spread keep that difference; scikit-learn's `reg_param` is the same for classes whose mean
 * variance is 1.
 */

import { product64NT, product64TN, type Dense } from '@indistinct/kernels'
import { choleskyInPlace, invertLower } from './cholesky.ts'
import { oasOfSums } from './oas-shrinkage.ts'
import type { RowProducts } from './row-products.ts'
import { coordinatesOf, coordinatesOfAsked, coordinatesOfKnown, ownCoordinates, rowSpace } from './row-space.ts'

export interface DiscriminantOptions {
  /** r between 0 and 1, or 'oas' (default): for each class what `oasShrinkage` says. */
  readonly shrinkage?: number | 'oas'
  /** Dimensions K of which x holds those that its rows span; as many as x has columns, unless given. */
  readonly dimensions?: number
}

export interface ClassGaussian {
  /** (K) */
  readonly mean: Float64Array
  /** L^-1 (K, K), the covariance being L L'. */
  readonly inverse: Float64Array
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
  x: Dense,
  codes: Int32Array,
  classes: number,
  options: DiscriminantOptions = {},
): ClassGaussian[] {
  const { rows, cols: K } = x
  const { shrinkage = 'oas', dimensions = K } = options
  if (shrinkage !== 'oas' && !(shrinkage >= 0 && shrinkage <= 1)) {
    throw new RangeError(`fitDiscriminant: expected a shrinkage from 0 to 1 or 'oas', got ${shrinkage}`)
  }
  const spreads = Array.from({ length: classes }, (_, c) => spreadOf(x, codes, c))
  const variances = spreads.map(({ count, scatter }) => traceOf(scatter, K) / (dimensions * Math.max(1, count - 1)))
  const widest = Math.max(...variances)
  return spreads.map(({ count, mean, scatter: covariance }, c): ClassGaussian => {
    let squares = 0
    for (let p = 0; p < K * K; p++) squares += (covariance[p]! /= Math.max(1, count - 1)) ** 2
    // A class of one user says nothing about its spread and borrows the widest. One of several equal users is a point,
    // a millionth as wide in deviation; where all classes are points, any width ranks users by their distances.
    const borrowed = widest === 0 ? 1 : count === 1 ? widest : 1e-12 * widest
    const oas = (): number => oasOfSums(squares, traceOf(covariance, K), dimensions, count)
    const mixed = variances[c] === 0 ? 1 : shrinkage === 'oas' ? oas() : shrinkage
    const target = variances[c] === 0 ? borrowed : variances[c]!
    for (let p = 0; p < K * K; p++) covariance[p]! *= 1 - mixed
    for (let j = 0; j < K; j++) covariance[j * K + j]! += mixed * target
    const logDeterminant = choleskyInPlace('fitDiscriminant', covariance, K)
    // Dimensions that x leaves out have no variance but what was mixed in.
    const beyond = dimensions > K ? (dimensions - K) * Math.log(mixed * target) : 0
    return {
      mean,
      inverse: invertLower(covariance, K),
      offset: Math.log(count / rows) - 0.5 * (logDeterminant + beyond),
      shrinkage: mixed,
    }
  })
}

/** Number, mean (K) and summed products of deviations (K, K) of the rows of class c. */
function spreadOf(
  { rows, cols: K, data }: Dense,
  codes: Int32Array,
  c: number,
): { count: number; mean: Float64Array; scatter: Float64Array } {
  let count = 0
  const mean = new Float64Array(K)
  for (let i = 0; i < rows; i++) {
    if (codes[i] !== c) continue
    count++
    for (let j = 0, p = i * K; j < K; j++, p++) mean[j]! += data[p]!
  }
  for (let j = 0; j < K; j++) mean[j]! /= count
  const centred = new Float64Array(count * K)
  for (let i = 0, to = 0; i < rows; i++) {
    if (codes[i] !== c) continue
    for (let j = 0, p = i * K; j < K; j++, p++, to++) centred[to] = data[p]! - mean[j]!
  }
  const deviations = { rows: count, cols: K, data: centred }
  return { count, mean, scatter: product64TN(deviations, deviations) }
}

function traceOf(a: Float64Array, K: number): number {
  let trace = 0
  for (let j = 0; j < K; j++) trace += a[j * K + j]!
  return trace
}

/** Rows that are scored at once. */
const blockRows = 2048

/** Log of prior times density (N, C), less K/2 log 2 pi. */
export function discriminantLogits(gaussians: readonly ClassGaussian[], x: Dense): Float64Array {
  const { rows, cols: K, data } = x
  const classes = gaussians.length
  if (gaussians[0]!.mean.length !== K)
    throw new RangeError(`discriminantLogits: expected ${gaussians[0]!.mean.length} columns, got ${K}`)
  const out = new Float64Array(rows * classes)
  for (let first = 0; first < rows; first += blockRows) {
    const count = Math.min(blockRows, rows - first)
    const centred = { rows: count, cols: K, data: new Float64Array(count * K) }
    gaussians.forEach(({ mean, inverse, offset }, c) => {
      for (let i = 0, p = 0, from = first * K; i < count; i++)
        for (let j = 0; j < K; j++, p++, from++) centred.data[p] = data[from]! - mean[j]!
      const solved = product64NT(centred, { rows: K, cols: K, data: inverse })
      for (let i = 0, p = 0; i < count; i++) {
        let distance = 0
        for (let j = 0; j < K; j++, p++) distance += solved[p]! * solved[p]!
        out[(first + i) * classes + c] = offset - 0.5 * distance
      }
    })
  }
  return out
}

/**
 * Fits to x (N, K) and gives the logits of other rows: as the two above, but in time and memory that grow with the
 * smaller of N and K.
 */
export function discriminant(
  x: Dense,
  codes: Int32Array,
  classes: number,
  options: DiscriminantOptions = {},
): (rows: Dense) => Float64Array {
  const narrow = x.rows < x.cols && options.shrinkage !== 0
  if (!narrow) {
    const gaussians = fitDiscriminant(x, codes, classes, options)
    return (rows) => discriminantLogits(gaussians, rows)
  }
  const space = rowSpace(x)
  const gaussians = fitDiscriminant(ownCoordinates(space.lower, x.rows), codes, classes, {
    ...options,
    dimensions: x.cols,
  })
  return (rows) => discriminantLogits(gaussians, coordinatesOf(space, rows))
}

/** Logits of the asked rows, fitted to the known ones, from products alone. */
export function discriminantOfProducts(
  { dimensions, known, asked, squares }: RowProducts,
  codes: Int32Array,
  classes: number,
  options: DiscriminantOptions = {},
): Float64Array {
  const lower = coordinatesOfKnown(known)
  const gaussians = fitDiscriminant(ownCoordinates(lower, known.rows), codes, classes, { ...options, dimensions })
  return discriminantLogits(gaussians, coordinatesOfAsked(lower, asked, squares))
}
