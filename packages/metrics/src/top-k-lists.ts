/** @file Top-k recommendation lists against held-out items: what NDCG and hit ratios have in common. */

import { csrHas, type Csr } from '@indistinct/core'

/**
 * Top-k lists of all users in one array: user u's items, best first, are lists[u * width .. (u + 1) * width), padded
 * with -1. `width` is lists.length / users.
 */
export type TopKLists = Int32Array

/**
 * Calls `visit(u, hits, relevant)` for each user with test items; hits[r] is 1 where rank r holds one of them.
 * @throws RangeError when lists, test items and k do not fit, or a list has an item that is not there, or a hit twice.
 */
export function forEachUser(
  caller: string,
  lists: TopKLists,
  test: Csr,
  k: number,
  visit: (user: number, hits: Uint8Array, relevant: number) => void,
): void {
  if (!(lists instanceof Int32Array)) throw new RangeError(`${caller}: expected lists as an Int32Array`)
  const width = test.rows === 0 ? 0 : lists.length / test.rows
  if (!Number.isInteger(width)) {
    throw new RangeError(`${caller}: expected a multiple of ${test.rows} list entries, got ${lists.length}`)
  }
  if (!(Number.isInteger(k) && k >= 1 && k <= width))
    throw new RangeError(`${caller}: expected k from 1 to ${width}, got ${k}`)
  const hits = new Uint8Array(k)
  for (let u = 0; u < test.rows; u++) {
    const relevant = test.indptr[u + 1]! - test.indptr[u]!
    if (relevant === 0) continue
    for (let r = 0; r < k; r++) {
      const item = lists[u * width + r]!
      if (!(item >= -1 && item < test.cols))
        throw new RangeError(`${caller}: expected items from 0 to ${test.cols - 1}, or -1, got ${item} for user ${u}`)
      hits[r] = item >= 0 && csrHas(test, u, item) ? 1 : 0
      // Twice the same hit would count twice: more than a list can reach.
      if (hits[r] === 1 && lists.subarray(u * width, u * width + r).includes(item))
        throw new RangeError(`${caller}: expected an item once in a list, got ${item} again for user ${u}`)
    }
    visit(u, hits, relevant)
  }
}

/** Mean over the users that were evaluated (not NaN). @throws RangeError when there are none. */
export function meanOverUsers(caller: string, perUser: Float64Array): number {
  let sum = 0
  let count = 0
  for (const value of perUser) {
    if (Number.isNaN(value)) continue
    sum += value
    count++
  }
  if (count === 0) throw new RangeError(`${caller}: expected at least one user with test items, got 0`)
  return sum / count
}
