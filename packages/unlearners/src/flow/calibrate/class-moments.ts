/** @file Means and covariances of classes, in the axes and units of their common spread. */

import type { Matrix } from '@indistinct/core'
import { crossMoments, squareMoments, symmetricEigen } from '@indistinct/kernels'
import { fewUsersMeanRatio, hasFewUsers } from './few-users.ts'
import { product, transposed } from '../../linear-algebra/small-product.ts'
import { isWide, wideMoments } from './wide-moments.ts'
import { type ClassMoments, negligible, comparedAxes, rowMean, centreOf } from './common-axes.ts'

/** Measures the moments in float64. `classes` lists each class's rows. */
export function classMoments(theta: Matrix, classes: readonly Int32Array[]): ClassMoments {
  const users = classes.reduce((sum, { length }) => sum + length, 0)
  if (isWide(users, theta.cols)) return wideMoments(theta, classes)
  const means = classes.map((members) => rowMean(theta, members))
  const scatters = classes.map((members, c) => crossMoments(theta, members, means[c]!))
  return momentsOf(
    classes.map((members) => members.length),
    means,
    scatters,
  )
}

/** The moments of classes by their sizes, means (K) and scatters, the sums of (x - mean)(x - mean)' (K, K). */
export function momentsOf(
  sizes: readonly number[],
  means: readonly Float64Array[],
  scatters: readonly Float64Array[],
): ClassMoments {
  const K = means[0]!.length
  const n = sizes.reduce((sum, size) => sum + size, 0)
  const pooled = new Float64Array(K * K)
  for (const scatter of scatters) for (let p = 0; p < K * K; p++) pooled[p]! += scatter[p]! / (n - sizes.length)
  const { values: variances, vectors: axes } = symmetricEigen(pooled, K)

  const compared = comparedAxes(sizes, variances)
  const whitening = axes.slice(0, compared * K).map((value, p) => value / Math.sqrt(variances[Math.floor(p / K)]!))
  const covariances = scatters.map((scatter, c) => {
    const half = product(whitening, scatter, compared, K, K)
    return product(half, transposed(whitening, compared, K), compared, K, compared).map((sum) => sum / sizes[c]!)
  })
  return { sizes, means, centre: centreOf(sizes, means), variances, axes, compared, whitening, covariances }
}

/** Statistics of the class moments over their expectation under random relabelling. */
export interface MomentRatios {
  /**
   * T^2 (squared Mahalanobis distance between class means, weighted by class sizes) over its null, (C - 1) K; of few
   * users for the columns `fewUsersMeanRatio`.
   */
  readonly mean: FamilyRatio
  /**
   * Squared differences of whitened covariances over their null, mean over entries; absent where no axis is compared.
   */
  readonly covariance?: FamilyRatio
}

/** Squared differences over their null. */
export interface FamilyRatio {
  /** Mean over the differences: 1 under random relabelling. */
  readonly ratio: number
  /** How many differences there are; the ratio of so many of normal ones varies by the root of 2 over it. */
  readonly terms: number
}

/** @param moments of theta, where they are known */
export function momentRatios(
  theta: Matrix,
  classes: readonly Int32Array[],
  moments: ClassMoments = classMoments(theta, classes),
): MomentRatios {
  return momentRatiosOf(moments, () => squareSums(theta, classes, moments))
}

/** The same by moments and, where axes are compared, `squareSums`. */
export function momentRatiosOf(moments: ClassMoments, squareSumsOf: () => readonly Float64Array[]): MomentRatios {
  const { sizes, compared: P } = moments
  const mean = hasFewUsers(moments) ? fewUsersMeanRatio(moments) : meanRatio(moments)
  if (P === 0) return { mean }
  const covariances = covarianceDeviations(moments, squareSumsOf())
  const { ratio } = familyRatio(covariances.squares, covariances.nulls, sizes.length)
  // Entries above the diagonal are those below it.
  return { mean, covariance: { ratio, terms: ((sizes.length - 1) * P * (P + 1)) / 2 } }
}

function meanRatio(moments: ClassMoments): FamilyRatio {
  const { sizes, variances } = moments
  const nulls = variances.map((variance) => (variance > negligible * variances[0]! ? (sizes.length - 1) * variance : 0))
  return familyRatio(meanDeviations(moments).squares, nulls, sizes.length)
}

/** Squares over nulls where there is a null, of `classes` classes. */
export function familyRatio(squares: Float64Array, nulls: Float64Array, classes: number): FamilyRatio {
  const known = [...nulls.keys()].filter((p) => nulls[p]! > 0)
  return {
    ratio: known.reduce((sum, p) => sum + squares[p]! / nulls[p]!, 0) / Math.max(1, known.length),
    terms: (classes - 1) * known.length,
  }
}

/** Class means minus centre along each axis (C x A), and per axis the sum of n_c times their squares (A). */
export function meanDeviations(moments: ClassMoments): { along: Float64Array[]; squares: Float64Array } {
  const { sizes, means, centre, axes } = moments
  const [A, K] = [moments.variances.length, centre.length]
  const squares = new Float64Array(A)
  const along = means.map((mean, c) => {
    const deviation = new Float64Array(A)
    for (let a = 0; a < A; a++) {
      for (let k = 0; k < K; k++) deviation[a]! += axes[a * K + k]! * (mean[k]! - centre[k]!)
      squares[a]! += sizes[c]! * deviation[a]! ** 2
    }
    return deviation
  })
  return { along, squares }
}

/** Sums over each class of z z', z the squares of whitened coordinates on the compared axes (C x (P, P)). */
export function squareSums(
  theta: Matrix,
  classes: readonly Int32Array[],
  { means, whitening }: ClassMoments,
): Float64Array[] {
  return classes.map((members, c) => squareMoments(theta, members, means[c]!, whitening))
}

/**
 * Class covariances minus the pooled one (C x (P, P)), per entry the sum of n_c times their squares, and what chance
 * gives that sum by `squareSums`: C - 1 times the entry's variance over users, E[x_a^2 x_b^2] - E[x_a x_b]^2, which
 * needs no normality.
 */
export function covarianceDeviations(
  moments: ClassMoments,
  sums: readonly Float64Array[],
): { pooled: Float64Array; deviations: Float64Array[]; squares: Float64Array; nulls: Float64Array } {
  const { sizes, compared: P } = moments
  const n = sizes.reduce((sum, size) => sum + size, 0)
  const pooled = new Float64Array(P * P)
  moments.covariances.forEach((covariance, c) => {
    for (let p = 0; p < P * P; p++) pooled[p]! += (covariance[p]! * sizes[c]!) / n
  })
  const fourth = new Float64Array(P * P)
  for (const own of sums) for (let p = 0; p < P * P; p++) fourth[p]! += own[p]! / n
  const nulls = fourth.map((moment, p) => (sizes.length - 1) * (moment - pooled[p]! ** 2))
  const squares = new Float64Array(P * P)
  const deviations = moments.covariances.map((covariance, c) =>
    covariance.map((value, p) => {
      squares[p]! += sizes[c]! * (value - pooled[p]!) ** 2
      return value - pooled[p]!
    }),
  )
  return { pooled, deviations, squares, nulls }
}
