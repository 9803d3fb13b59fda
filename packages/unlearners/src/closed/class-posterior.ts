/** @file How likely each class is for a user whose label is unknown, were classes normal. */

import type { Matrix } from '@indistinct/core'
import { symmetricEigen } from '@indistinct/kernels'
import { columnScales, inScales } from '../linear-algebra/column-scales.ts'
import { pooledNormal, shrunkCovariance, type ClassNormal } from './class-normals.ts'

/** Log densities of classes on the directions in which users differ at all. */
export interface ClassPosterior {
  /** Class shares in place of priors (C). */
  readonly shares: readonly number[]
  readonly means: readonly Float64Array[]
  /** What takes a row less the class' mean to independent coordinates of variance 1, (rank, K) for each class. */
  readonly whitening: readonly Float64Array[]
  /** log |covariance|^(1/2) of each class. */
  readonly logSpread: readonly number[]
}

/** Directions whose variance is below this fraction of the largest are constants and noise of the arithmetic. */
const negligible = 1e-9

/**
 * Quadratic discriminants from class moments, with `shrinkage` for small classes and a tenth of the common covariance
 * mixed into every class: unlike the transport's, these covariances are inverted, and a user who was not among those
 * they were measured on must not be declared of one class by a direction in which the others happen to be flat.
 */
export function classPosterior(given: readonly ClassNormal[]): ClassPosterior {
  const K = given[0]!.mean.length
  // In columns of spread 1: densities of all classes change by the same factor, and narrow columns count.
  const scales = columnScales(given)
  const normals = inScales(given, scales)
  const { count, within } = pooledNormal(normals)
  const fitted = normals.map((normal) => {
    const covariance = shrunkCovariance(normal, within).map((value, p) => 0.9 * value + 0.1 * within[p]!)
    const { values, vectors } = symmetricEigen(covariance, K)
    const rank = values.filter((value) => value > negligible * values[0]!).length
    return {
      whitening: vectors
        .slice(0, rank * K)
        .map((value, p) => value / Math.sqrt(values[Math.floor(p / K)]!) / scales[p % K]!),
      logSpread: values.slice(0, rank).reduce((sum, value) => sum + Math.log(value) / 2, 0),
    }
  })
  return {
    shares: normals.map((normal) => normal.count / count),
    means: given.map((normal) => normal.mean),
    whitening: fitted.map(({ whitening }) => whitening),
    logSpread: fitted.map(({ logSpread }) => logSpread),
  }
}

/** Probability of each class (C) for row i of x (N, K). */
export function posteriorOf(
  { shares, means, whitening, logSpread }: ClassPosterior,
  x: Matrix,
  i: number,
): Float64Array {
  const K = x.cols
  const logs = Float64Array.from(shares, (share, c) => {
    const mean = means[c]!
    const axes = whitening[c]!
    let squares = 0
    for (let a = 0; a < axes.length; a += K) {
      let along = 0
      for (let k = 0; k < K; k++) along += axes[a + k]! * (x.data[i * K + k]! - mean[k]!)
      squares += along * along
    }
    return Math.log(share) - logSpread[c]! - squares / 2
  })
  const largest = Math.max(...logs)
  const odds = logs.map((value) => Math.exp(value - largest))
  const sum = odds.reduce((a, b) => a + b, 0)
  return odds.map((value) => value / sum)
}
