/**
 * @file Interactions that a recommender learns users' classes from, for the tests of methods that act during training.
 */

import { csrFromPairs, randomStream, type Csr, type Labels } from '@indistinct/core'

export interface LeakyInteractions {
  readonly data: { readonly users: number; readonly items: number; readonly train: Csr; readonly validation: Csr }
  readonly labels: Labels
}

/**
 * 120 users and 60 items. Classes alternate over users and items; a user takes 14 items to train and 2 to validate,
 * three in four of them from its own class's items. The last 10 users have no label.
 */
export function leakyInteractions(classes: number): LeakyInteractions {
  const [users, items] = [120, 60]
  const parts = [0, 1].map(() => ({ rows: [] as number[], cols: [] as number[] }))
  for (let u = 0; u < users; u++) {
    const random = randomStream(7, 'leaky interactions', u)
    const taken = new Set<number>()
    while (taken.size < 16) {
      const item = random.integer(items)
      if (random.uniform() < 0.75 ? item % classes === u % classes : item % classes !== u % classes) taken.add(item)
    }
    ;[...taken].forEach((item, at) => {
      const part = parts[at < 14 ? 0 : 1]!
      part.rows.push(u)
      part.cols.push(item)
    })
  }
  const [train, validation] = parts.map(({ rows, cols }) =>
    csrFromPairs(users, items, Int32Array.from(rows), Int32Array.from(cols)),
  )
  const codes = Int32Array.from({ length: users }, (_, u) => (u < users - 10 ? u % classes : -1))
  return {
    data: { users, items, train: train!, validation: validation! },
    labels: { classes: Array.from({ length: classes }, (_, c) => `class-${c}`), codes },
  }
}
