/**
 * @file Hit ratio at k under full ranking. The name alone does not say which of several ratios is meant, so each has
 * its own, and tables print it. T is a user's set of test items, hits the number of them among the k recommended.
 * Users without test items are left out of the mean.
 */

import type { Csr } from '@indistinct/core'
import { forEachUser, meanOverUsers, type TopKLists } from './top-k-lists.ts'

/**
 * - `any-hit`: 1 if hits > 0. Never falls as k grows.
 * - `hits/min(k,|T|)`: share of what a list of k could hit; may fall as k grows.
 * - `hits/k`: share of the list that hits (precision at k); usually falls as k grows.
 */
export type HitRatioDefinition = 'any-hit' | 'hits/min(k,|T|)' | 'hits/k'

export const hitRatioDefinitions: readonly HitRatioDefinition[] = ['any-hit', 'hits/min(k,|T|)', 'hits/k']

/**
 * Mean hit ratio at k over users with test items.
 * @param lists top items of every user, best first, -1 padded (U * width, width >= k)
 * @param test held-out items of every user (U, I)
 */
export function hitRatioAtK(lists: TopKLists, test: Csr, k: number, definition: HitRatioDefinition): number {
  return meanOverUsers('hitRatioAtK', hitRatioPerUser(lists, test, k, definition))
}

/** Hit ratio at k of each user (U), NaN for users without test items. */
export function hitRatioPerUser(lists: TopKLists, test: Csr, k: number, definition: HitRatioDefinition): Float64Array {
  const out = new Float64Array(test.rows).fill(NaN)
  forEachUser('hitRatioAtK', lists, test, k, (u, hits, relevant) => {
    let count = 0
    for (let r = 0; r < k; r++) count += hits[r]!
    out[u] = ratioOf(definition, count, k, relevant)
  })
  return out
}

function ratioOf(definition: HitRatioDefinition, hits: number, k: number, relevant: number): number {
  switch (definition) {
    case 'any-hit':
      return hits > 0 ? 1 : 0
    case 'hits/min(k,|T|)':
      return hits / Math.min(k, relevant)
    case 'hits/k':
      return hits / k
    default:
      definition satisfies never
      throw new RangeError(`hitRatioAtK: expected one of ${hitRatioDefinitions.join(', ')}, got ${String(definition)}`)
  }
}
