/** @file Class means and covariances brought to the differences that chance gives them, by one affine map a class. */

import { copyMatrix, type Matrix } from '@indistinct/core'
import { addAffine, symmetricEigen } from '@indistinct/kernels'
import type { AffineMap } from '../../closed/affine-map.ts'
import { classMoments, covarianceDeviations, meanDeviations, momentRatios, squareSums } from './class-moments.ts'
import type { ClassMoments } from './common-axes.ts'
import { capOf, fewUsersMeanShifts, hasFewUsers } from './few-users.ts'
import { addLeastCost } from './metric-displacement.ts'
import type { ScoreMetric } from '../score-metric.ts'
import { product, transposed } from '../../linear-algebra/small-product.ts'
import { spectralFunction } from '../../linear-algebra/spectral-function.ts'

/** A class keeps at least this fraction of the pooled variance in every direction: a covariance must stay one. */
const leastVariance = 0.1

/**
 * Maps every class of theta (N, K) so that differences between classes keep their direction and come down to the size
 * that `level` times chance gives them, where they are larger:
 * - means, along each axis of the pooled within-class covariance;
 * - covariances, entry by entry in whitened coordinates on the leading axes (`ClassMoments.compared`), by the optimal
 *   transport between Gaussians, which moves users least.
 * Each family of differences is capped at one height, in units of its null expectation, chosen so that the family
 * averages `level`: T^2 ends at its null, and no axis keeps a share that an attacker who weighs it more than others
 * could use, while differences that chance explains stay. Closing them altogether would be a leak: held-out users are
 * then anti-correlated with an attacker's own.
 * @param moments of theta, where they are known
 */
export function calibrateMoments(
  theta: Matrix,
  classes: readonly Int32Array[],
  level: number,
  moments: ClassMoments = classMoments(theta, classes),
): Matrix {
  const maps = momentMaps(moments, squareSums(theta, classes, moments), level)
  const out = copyMatrix(theta)
  classes.forEach((members, c) => {
    const { centre, change, shift } = maps[c]!
    addAffine(out, theta, members, centre, change, shift)
  })
  return out
}

/** The map of each class that `calibrateMoments` makes, by the moments and `squareSums` of a table. */
export function momentMaps(moments: ClassMoments, sums: readonly Float64Array[], level: number): AffineMap[] {
  const shifts = meanShifts(moments, level)
  const { means, centre, axes, variances, compared: P, whitening } = moments
  const K = centre.length
  // From whitened coordinates back, (K, P).
  const unwhitening = transposed(
    axes.slice(0, P * K).map((value, p) => value * Math.sqrt(variances[Math.floor(p / K)]!)),
    P,
    K,
  )
  return covarianceMaps(moments, sums, level).map((change, c) => {
    for (let a = 0; a < P; a++) change[a * P + a]! -= 1
    return {
      centre: means[c]!,
      change: product(product(unwhitening, change, K, P, P), whitening, K, P, K),
      shift: shifts[c]!,
    }
  })
}

/** Rounds of `calibrateMomentsIn` after which what is left is left to the kernel. */
const mostRounds = 12
/** Share of the null by which statistics may stay above it. */
const closeEnough = 0.005

/**
 * The same differences brought down to the same sizes, where moving user i by d costs d' M_i d: users whose scores a
 * displacement disturbs less move more, and each the way that disturbs his least. Displacements are no longer affine in
 * theta, so covariances change to second order too, and what is left over is brought down in another round.
 */
export function calibrateMomentsIn(
  metric: ScoreMetric,
  theta: Matrix,
  classes: readonly Int32Array[],
  level: number,
): Matrix {
  let at = theta
  for (let round = 0; round < mostRounds; round++) {
    const { mean, covariance } = momentRatios(at, classes)
    if (Math.max(mean.ratio, covariance?.ratio ?? 0) <= level * (1 + closeEnough)) break
    const moments = classMoments(at, classes)
    const shifts = meanShifts(moments, level)
    const maps = covarianceMaps(moments, squareSums(at, classes, moments), level)
    const P = moments.compared
    const next = copyMatrix(at)
    classes.forEach((members, c) => {
      // (T - I) C, the cross moments of the whitened displacement of the optimal transport T with where it starts.
      const cross = product(maps[c]!, moments.covariances[c]!, P, P, P).map(
        (value, p) => value - moments.covariances[c]![p]!,
      )
      const covariance = cross.map((value, p) => (value + cross[(p % P) * P + Math.floor(p / P)]!) / 2)
      addLeastCost(next, at, members, c, moments, metric, { mean: shifts[c]!, covariance })
    })
    at = next
  }
  return at === theta ? copyMatrix(theta) : at
}

/** What to add to every user of each class (K). */
function meanShifts(moments: ClassMoments, level: number): Float64Array[] {
  if (hasFewUsers(moments)) return fewUsersMeanShifts(moments, level)
  const { sizes, means, centre, axes, variances } = moments
  const [A, K] = [variances.length, centre.length]
  const { along, squares } = meanDeviations(moments)
  const kept = cappedShares(
    squares,
    variances.map((variance) => (sizes.length - 1) * variance),
    level,
  )
  return along.map((deviation, c) => {
    const shift = new Float64Array(K)
    // Across all axes users of a class do not differ: chance explains nothing there.
    if (A < K) for (let k = 0; k < K; k++) shift[k] = centre[k]! - means[c]![k]!
    for (let a = 0; a < A; a++) {
      const step = deviation[a]! * (A < K ? kept[a]! : kept[a]! - 1)
      for (let k = 0; k < K; k++) shift[k]! += step * axes[a * K + k]!
    }
    return shift
  })
}

/** The (P, P) map of each class's whitened coordinates. */
function covarianceMaps(moments: ClassMoments, sums: readonly Float64Array[], level: number): Float64Array[] {
  const P = moments.compared
  const { pooled, deviations, squares, nulls } = covarianceDeviations(moments, sums)
  const kept = cappedShares(squares, nulls, level)
  return deviations.map((deviation, c) => {
    const target = deviation.map((d, p) => pooled[p]! + d * kept[p]!)
    const covariance = spectralFunction(symmetricEigen(target, P), (value) => Math.max(leastVariance, value))
    return transport(moments.covariances[c]!, covariance, P)
  })
}

/**
 * What share of each difference to keep so that squares over nulls, capped at one common height, average `level`.
 * All is kept where they average no more; a difference that chance cannot make at all (null 0) is closed.
 */
export function cappedShares(squares: Float64Array, nulls: Float64Array, level: number): Float64Array {
  const ratios = squares.map((square, p) => (nulls[p]! > 0 ? square / nulls[p]! : 0))
  const cap = capOf(ratios, level * nulls.filter((value) => value > 0).length)
  return ratios.map((ratio, p) => (nulls[p]! > 0 ? (ratio > cap ? Math.sqrt(cap / ratio) : 1) : 0))
}

/** Optimal transport from N(0, A) to N(0, B): A^-1/2 (A^1/2 B A^1/2)^1/2 A^-1/2. */
function transport(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const square = (left: Float64Array, right: Float64Array): Float64Array => product(left, right, n, n, n)
  const eigen = symmetricEigen(a, n)
  // A class flat along some direction of the pooled spread cannot be widened there by a linear map.
  const floor = 1e-9 * Math.max(1, eigen.values[0]!)
  const root = spectralFunction(eigen, (value) => Math.sqrt(Math.max(floor, value)))
  const inverse = spectralFunction(eigen, (value) => 1 / Math.sqrt(Math.max(floor, value)))
  const middle = spectralFunction(symmetricEigen(square(square(root, b), root), n), (value) =>
    Math.sqrt(Math.max(0, value)),
  )
  return square(square(inverse, middle), inverse)
}
