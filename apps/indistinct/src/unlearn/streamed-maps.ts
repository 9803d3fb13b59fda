/** @file Closed forms as maps of rows, from the moments of the classes alone. */

import type { Json } from '@indistinct/core'
import type { StreamedMap, StreamedMoments } from '@indistinct/embeddings/stream'
import {
  gaussianTransportMaps,
  leaceMap,
  meanMatchingMaps,
  unlearners,
  type UnlearnerName,
} from '@indistinct/unlearners'
import type { Parameters } from './unlearn-request.ts'

export interface StreamedMaps {
  readonly maps: readonly StreamedMap[]
  /** Of users without a label, where the method has such a map. */
  readonly unlabelled?: StreamedMap
  readonly parameters: { readonly [name: string]: Json }
}

/** The map of each class, and of users without one where the method has such a map. */
export function streamedMaps(
  method: UnlearnerName,
  moments: readonly StreamedMoments[],
  given: Parameters,
): StreamedMaps {
  if (method === 'mean-matching') return { maps: meanMatchingMaps(moments), parameters: {} }
  if (method === 'leace') {
    const { map, erased } = leaceMap(moments)
    return { maps: moments.map(() => map), unlabelled: map, parameters: { erased } }
  }
  const { maps, iterations } = gaussianTransportMaps(moments, given)
  return { maps, parameters: { ...unlearners[method].defaults, ...given, iterations } }
}

/** Square root of the total variance: the unit in which distances are told. */
export function spreadOf(moments: readonly StreamedMoments[]): number {
  const count = moments.reduce((sum, each) => sum + each.count, 0)
  const K = moments[0]!.mean.length
  let variance = 0
  for (let k = 0; k < K; k++) {
    const mean = moments.reduce((sum, each) => sum + (each.count / count) * each.mean[k]!, 0)
    for (const each of moments)
      variance += (each.count / count) * (each.covariance[k * K + k]! + (each.mean[k]! - mean) ** 2)
  }
  return Math.sqrt(Math.max(0, variance))
}
