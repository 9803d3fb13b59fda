/** @file Axes of a table, in which curves over a number are told. */

import type { Matrix } from '@indistinct/core'
import { crossMoments, symmetricEigen } from '@indistinct/kernels'
import { rowMean } from './common-axes.ts'

/** Axes whose variance is below this fraction of the largest are noise of the arithmetic. */
const negligible = 1e-10

/** Users that stand for an axis whose products are compared. */
const usersPerAxis = 8

export interface Axes {
  readonly mean: Float64Array
  /** (P, K), of the axes that are compared. */
  readonly axes: Float64Array
  readonly variances: Float64Array
}

/** Adds to row i of `out` a step given along whitened axes (P). */
export function addAlong(out: Matrix, i: number, step: Float64Array, { axes, variances }: Axes): void {
  const K = out.cols
  step.forEach((amount, a) => {
    const along = amount * Math.sqrt(variances[a]!)
    for (let k = 0; k < K; k++) out.data[i * K + k]! += along * axes[a * K + k]!
  })
}

export function axesOf(theta: Matrix, rows: Int32Array, most: number): Axes {
  const K = theta.cols
  const mean = rowMean(theta, rows)
  const { values, vectors } = symmetricEigen(
    crossMoments(theta, rows, mean).map((sum) => sum / rows.length),
    K,
  )
  const P = Math.min(most, values.filter((value) => value > negligible * values[0]!).length)
  return { mean, axes: vectors.slice(0, P * K), variances: values.slice(0, P) }
}

/** Coordinates of the users with a value along the leading axes, of variance 1 (m, P). */
export function whitened(theta: Matrix, rows: Int32Array): { axes: Axes; z: Float64Array } {
  const K = theta.cols
  const axes = axesOf(theta, rows, Math.max(1, Math.floor(rows.length / usersPerAxis)))
  const P = axes.variances.length
  const z = new Float64Array(rows.length * P)
  rows.forEach((i, r) => {
    for (let a = 0; a < P; a++) {
      let sum = 0
      for (let k = 0; k < K; k++) sum += axes.axes[a * K + k]! * (theta.data[i * K + k]! - axes.mean[k]!)
      z[r * P + a] = sum / Math.sqrt(axes.variances[a]!)
    }
  })
  return { axes, z }
}

/** From amounts along axes (P) to the columns of the table (K). */
export function back(along: Float64Array, { axes }: Axes, K: number): Float64Array {
  const out = new Float64Array(K)
  along.forEach((amount, a) => {
    for (let k = 0; k < K; k++) out[k]! += amount * axes[a * K + k]!
  })
  return out
}
