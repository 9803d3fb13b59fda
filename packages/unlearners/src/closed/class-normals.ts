/** @file Classes as normal distributions: all that the closed forms of the ladder need to know of a table. */

import type { Matrix } from '@indistinct/core'
import { crossMoments } from '@indistinct/kernels'
import { rowMean } from '../flow/calibrate/common-axes.ts'

/** Number, mean (K) and covariance (K, K; divided by the number) of a class' users. */
export interface ClassNormal {
  readonly count: number
  readonly mean: Float64Array
  readonly covariance: Float64Array
}

/** The normals of each class of theta (N, K), in float64, in two passes over the rows. */
export function classNormals(theta: Matrix, classes: readonly Int32Array[]): ClassNormal[] {
  return classes.map((members) => {
    const mean = rowMean(theta, members)
    const covariance = crossMoments(theta, members, mean).map((sum) => sum / members.length)
    return { count: members.length, mean, covariance }
  })
}

/** Mean (K), covariance within classes and covariance in all (K, K) of the users of all classes together. */
export function pooledNormal(normals: readonly ClassNormal[]): {
  count: number
  mean: Float64Array
  within: Float64Array
  total: Float64Array
} {
  const K = normals[0]!.mean.length
  const count = normals.reduce((sum, normal) => sum + normal.count, 0)
  const mean = new Float64Array(K)
  const within = new Float64Array(K * K)
  for (const normal of normals) {
    const weight = normal.count / count
    for (let k = 0; k < K; k++) mean[k]! += weight * normal.mean[k]!
    for (let p = 0; p < K * K; p++) within[p]! += weight * normal.covariance[p]!
  }
  const total = within.slice()
  for (const normal of normals) {
    const weight = normal.count / count
    const deviation = normal.mean.map((value, k) => value - mean[k]!)
    for (let j = 0; j < K; j++) for (let k = 0; k < K; k++) total[j * K + k]! += weight * deviation[j]! * deviation[k]!
  }
  return { count, mean, within, total }
}

/**
 * How much of a class' covariance is replaced by the one within all classes: nothing from 2 K + 1 users on, everything
 * for a single one. A covariance of fewer users is singular or nearly so, and a map fitted to it would throw users
 * whom it was not fitted to far away.
 */
export function shrinkage(count: number, K: number): number {
  return Math.max(0, 1 - (count - 1) / (2 * K))
}

/** The covariance of a class (K, K) after `shrinkage` towards the one within all classes. */
export function shrunkCovariance(normal: ClassNormal, within: Float64Array): Float64Array {
  const share = shrinkage(normal.count, normal.mean.length)
  return normal.covariance.map((value, p) => (1 - share) * value + share * within[p]!)
}
