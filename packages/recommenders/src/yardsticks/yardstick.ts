/** @file What every yardstick offers: full rankings to compare with, and no user table. */

import { checkCount, type Csr, type Json } from '@indistinct/core'

export interface Yardstick {
  readonly name: string
  readonly options: { readonly [name: string]: Json }
  /**
   * The k best items of each user, best first: (users * k) ids, equal scores by ascending id, -1 where fewer than k
   * remain. `seen` (users, items) is left out.
   */
  rank(seen: Csr | undefined, k: number): Int32Array
}

/** Rankings by `scoresOf`, whose result (items) may be one array that it writes to again. */
export function bestItems(
  users: number,
  items: number,
  seen: Csr | undefined,
  k: number,
  scoresOf: (user: number) => Float64Array,
): Int32Array {
  checkCount('rank', 'k', k)
  const ids = new Int32Array(users * k).fill(-1)
  const best = new Float64Array(k)
  for (let u = 0; u < users; u++) {
    const scores = scoresOf(u)
    if (seen) for (let p = seen.indptr[u]!; p < seen.indptr[u + 1]!; p++) scores[seen.indices[p]!] = -Infinity
    const row = ids.subarray(u * k, (u + 1) * k)
    let count = 0
    for (let j = 0; j < items; j++) {
      const score = scores[j]!
      if (score === -Infinity || (count === k && !(score > best[k - 1]!))) continue
      let at = count < k ? count++ : k - 1
      for (; at > 0 && best[at - 1]! < score; at--) {
        best[at] = best[at - 1]!
        row[at] = row[at - 1]!
      }
      best[at] = score
      row[at] = j
    }
  }
  return ids
}
