/** @file Small models for the tests: two groups of users with items of their own. */

import { csrFromPairs, randomStream, shuffle } from '@indistinct/core'
import { recommender, type TrainedRecommender, type TrainingData } from '@indistinct/recommenders'

/** 60 users; user u likes 12 of the 24 items i with i % 2 = u % 2, and validates on three more. */
export function twoGroups(): TrainingData {
  const [users, items] = [60, 48]
  const parts = [[], []].map(() => ({ rows: [] as number[], cols: [] as number[] }))
  for (let u = 0; u < users; u++) {
    const own = shuffle(
      Array.from({ length: items / 2 }, (_, i) => 2 * i + (u % 2)),
      randomStream(11, 'two groups', u),
    )
    own.slice(0, 15).forEach((item, at) => {
      parts[at < 12 ? 0 : 1]!.rows.push(u)
      parts[at < 12 ? 0 : 1]!.cols.push(item)
    })
  }
  const [train, validation] = parts.map(({ rows, cols }) =>
    csrFromPairs(users, items, Int32Array.from(rows), Int32Array.from(cols)),
  )
  return { users, items, train: train!, validation: validation! }
}

/** `name` after a few epochs on `data`. */
export function briefly(name: string, data: TrainingData): TrainedRecommender {
  const each = recommender(name)
  return each.train(data, { epochs: 15, seed: 3, ...('lr' in each.defaults && { batch: 90, lr: 0.02 }) })
}
