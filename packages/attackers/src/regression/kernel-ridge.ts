/** @file Kernel ridge regression with a Gaussian kernel: what an attacker sees of a number that is told smoothly. */

import { checkOptions, gatherRows, randomStream, shuffle, type Matrix } from '@indistinct/core'
import { checkCounts, checkSizes } from '../attackers/checked-settings.ts'
import { choleskyInPlace, solveLower, solveLowerTransposed } from '../models/cholesky.ts'
import { scaleGamma, squaredDistance } from '../models/gaussian-kernel.ts'
import type { Regressor } from './regressor.ts'
import { meanOf } from './ridge.ts'

export interface KernelRidgeOptions {
  /** Penalty on the squared norm in the kernel's space; 1, scikit-learn's default. */
  readonly penalty?: number
  /** Rows beyond which a random share is fitted instead of all; 2,000 (32 MB of kernel matrix, a second or two). */
  readonly mostRows?: number
}

/** Values less their mean are fitted, and the mean is added to predictions. @throws RangeError on other options. */
export function kernelRidgeRegressor(name: string, options: KernelRidgeOptions = {}): Regressor {
  checkOptions<KernelRidgeOptions>('kernelRidgeRegressor', options, { penalty: 'number', mostRows: 'number' })
  const { penalty = 1, mostRows = 2000 } = options
  checkSizes('kernelRidgeRegressor', { penalty })
  checkCounts('kernelRidgeRegressor', { mostRows })
  return {
    name,
    scaleFree: false,
    async fit(all, given, { seed }) {
      const drawn =
        all.rows > mostRows
          ? shuffle(
              Int32Array.from({ length: all.rows }, (_, i) => i),
              randomStream(seed, 'kernel-ridge-rows'),
            )
              .slice(0, mostRows)
              .sort()
          : undefined
      const x = drawn ? gatherRows(all, drawn) : all
      const values = drawn ? given.map((y) => Float64Array.from(drawn, (row) => y[row]!)) : given
      const { rows: N, cols: K } = x
      const known = Float64Array.from(x.data)
      const gamma = scaleGamma(known, N, K)
      const factor = new Float64Array(N * N)
      for (let i = 0; i < N; i++) {
        for (let m = 0; m < i; m++)
          factor[i * N + m] = Math.exp(-gamma * squaredDistance(known, i * K, known, m * K, K))
        factor[i * N + i] = 1 + penalty
      }
      choleskyInPlace('kernelRidge', factor, N)
      const means = values.map(meanOf)
      const duals = values.map((y, b) => {
        const dual = y.map((value) => value - means[b]!)
        solveLower(factor, N, dual)
        solveLowerTransposed(factor, N, dual)
        return dual
      })
      return {
        async predict(rows: Matrix) {
          const asked = Float64Array.from(rows.data)
          const out = duals.map(() => new Float64Array(rows.rows))
          const similar = new Float64Array(N)
          for (let i = 0; i < rows.rows; i++) {
            for (let m = 0; m < N; m++) similar[m] = Math.exp(-gamma * squaredDistance(asked, i * K, known, m * K, K))
            duals.forEach((dual, b) => {
              let sum = means[b]!
              for (let m = 0; m < N; m++) sum += dual[m]! * similar[m]!
              out[b]![i] = sum
            })
          }
          return out
        },
      }
    },
  }
}

/** Penalty 1, gamma 'scale' of centred columns as in `svm`; at most 2,000 rows are fitted. */
export const kernelRidge: Regressor = kernelRidgeRegressor('kernel-ridge')
