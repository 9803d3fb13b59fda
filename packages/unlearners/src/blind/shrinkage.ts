/** @file Rows drawn towards their mean along axes of little variance, where noise outweighs taste; blind to labels. */

import { symmetricEigen } from '@indistinct/core'
import type { AffineMap } from '../closed/affine-map.ts'

/**
 * Wiener's filter for noise that is alike in all directions: along an axis of variance v, what lies from `mean` (K) is
 * multiplied by v / (v + `noise` m), with m the mean variance of `covariance` (K, K).
 */
export function shrinkageMap(mean: Float64Array, covariance: Float64Array, noise: number): AffineMap {
  const K = mean.length
  const { values, vectors } = symmetricEigen(covariance, K)
  const variance = values.reduce((sum, value) => sum + value / K, 0)
  const change = new Float64Array(K * K)
  values.forEach((value, a) => {
    const own = Math.max(0, value)
    const taken = own + noise * variance > 0 ? own / (own + noise * variance) - 1 : 0
    for (let j = 0; j < K; j++)
      for (let k = 0; k < K; k++) change[j * K + k]! += taken * vectors[a * K + j]! * vectors[a * K + k]!
  })
  return { centre: mean, change, shift: new Float64Array(K) }
}
