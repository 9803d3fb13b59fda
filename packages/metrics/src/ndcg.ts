/**
 * @file Normalised discounted cumulative gain, binary gains: DCG@k = sum over ranks r = 1 .. k of hit_r / log2(r + 1),
 * divided by the best a list of k could reach, sum over r = 1 .. min(k, |T|). Users without test items T have no NDCG
 * and are left out of the mean.
 */

import type { Csr } from '@indistinct/core'
import { forEachUser, meanOverUsers, type TopKLists } from './top-k-lists.ts'

/**
 * Mean NDCG@k over users with test items.
 * @param lists top items of every user, best first, -1 padded (U * width, width >= k)
 * @param test held-out items of every user (U, I)
 */
export function ndcgAtK(lists: TopKLists, test: Csr, k: number): number {
  return meanOverUsers('ndcgAtK', ndcgPerUser(lists, test, k))
}

/** NDCG@k of each user (U), NaN for users without test items. */
export function ndcgPerUser(lists: TopKLists, test: Csr, k: number): Float64Array {
  const out = new Float64Array(test.rows).fill(NaN)
  forEachUser('ndcgAtK', lists, test, k, (u, hits, relevant) => {
    let gain = 0
    let ideal = 0
    for (let r = 0; r < k; r++) {
      const discount = 1 / Math.log2(r + 2)
      if (hits[r] === 1) gain += discount
      if (r < relevant) ideal += discount
    }
    out[u] = gain / ideal
  })
  return out
}
