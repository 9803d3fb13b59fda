/** @file The ranking quality that stops training: NDCG@10 over all items, on the validation items. */

import { randomStream, shuffle, type Csr } from '@indistinct/core'
import { selectRows, type TrainingData } from './training-data.ts'

/** Ranks all items for the named users (n): n * k ids, `seen` (n, items) left out. */
export type RankUsers = (users: Int32Array, seen: Csr, k: number) => Int32Array

const k = 10

/**
 * A function that measures mean NDCG@10 (undefined without validation items), gain 1 for a validation item, ideal over
 * min(10, number of validation items), over users with a validation item; training items are left out of the ranking.
 * At most `limit` users are looked at, always the same: a mean over so many moves less with the sample than with an
 * epoch.
 */
export function validationNdcg(
  data: TrainingData,
  limit: number,
  seed: number,
): (rank: RankUsers) => number | undefined {
  const { train, validation } = data
  const all: number[] = []
  for (let u = 0; u < data.users; u++) if (validation.indptr[u + 1]! > validation.indptr[u]!) all.push(u)
  const users = Int32Array.from(
    all.length > limit ? shuffle(all, randomStream(seed, 'validation users')).slice(0, limit) : all,
  ).sort()
  const seen = selectRows(train, users)
  const wanted = selectRows(validation, users)
  return (rank) => {
    if (users.length === 0) return undefined
    const ids = rank(users, seen, k)
    let sum = 0
    for (let r = 0; r < users.length; r++) {
      const relevant = new Set(wanted.indices.subarray(wanted.indptr[r]!, wanted.indptr[r + 1]!))
      let gain = 0
      let ideal = 0
      for (let at = 0; at < k; at++) {
        const discount = 1 / Math.log2(at + 2)
        if (relevant.has(ids[r * k + at]!)) gain += discount
        if (at < relevant.size) ideal += discount
      }
      sum += gain / ideal
    }
    return sum / users.length
  }
}
