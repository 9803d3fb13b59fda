/** @file Ridge regression, scikit-learn's Ridge: what a linear attacker sees of a number. */

import type { Matrix } from '@indistinct/core'
import { choleskyInPlace, solveLower, solveLowerTransposed } from '../models/cholesky.ts'
import type { Regressor } from './regressor.ts'

export interface LinearModel {
  /** (K) */
  readonly weights: Float64Array
  readonly intercept: number
}

/**
 * Minimises sum (y - x w - b)^2 + penalty |w|^2 for each set of values, by one Cholesky factor of (K, K).
 * @param x features (N, K)
 */
export function fitRidge(x: Matrix, values: readonly Float64Array[], penalty: number): LinearModel[] {
  const { rows: N, cols: K, data } = x
  const mean = new Float64Array(K)
  for (let i = 0, p = 0; i < N; i++) for (let j = 0; j < K; j++, p++) mean[j]! += data[p]! / N
  const factor = new Float64Array(K * K)
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < K; j++) {
      const centred = data[i * K + j]! - mean[j]!
      for (let k = 0; k <= j; k++) factor[j * K + k]! += centred * (data[i * K + k]! - mean[k]!)
    }
  }
  for (let j = 0; j < K; j++) factor[j * K + j]! += penalty
  choleskyInPlace('fitRidge', factor, K)
  return values.map((y) => {
    const centre = meanOf(y)
    const weights = new Float64Array(K)
    for (let i = 0; i < N; i++)
      for (let j = 0; j < K; j++) weights[j]! += (y[i]! - centre) * (data[i * K + j]! - mean[j]!)
    solveLower(factor, K, weights)
    solveLowerTransposed(factor, K, weights)
    return { weights, intercept: centre - weights.reduce((sum, w, j) => sum + w * mean[j]!, 0) }
  })
}

/** Ridge regression with another penalty, under a name of its own. */
export function ridgeRegressor(name: string, { penalty = 1 }: { readonly penalty?: number } = {}): Regressor {
  return {
    name,
    scaleFree: false,
    async fit(x, values) {
      const models = fitRidge(x, values, penalty)
      return {
        predict: async ({ rows, cols, data }) =>
          models.map(({ weights, intercept }) =>
            Float64Array.from({ length: rows }, (_, i) => {
              let sum = intercept
              for (let j = 0; j < cols; j++) sum += weights[j]! * data[i * cols + j]!
              return sum
            }),
          ),
      }
    },
  }
}

/** Penalty 1, scikit-learn's default. */
export const ridge: Regressor = ridgeRegressor('ridge')

export function meanOf(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}
