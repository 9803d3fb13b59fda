/**
 * @file Interactions whose best ranking is known: two groups of users, each with items of its own. Used by the tests.
 */

import { csrFromPairs, randomStream, shuffle, type Csr } from '@indistinct/core'
import type { TrainingData } from './training-data.ts'

export interface TwoWorlds extends TrainingData {
  readonly test: Csr
  /** Group of user u and of item i: 0 or 1, alternating by id. */
  groupOf(id: number): number
}

/** `perGroup` users and 24 items a group; each user has 12 items of its group to train, 3 to validate and 3 to test. */
export function twoWorlds(perGroup = 30): TwoWorlds {
  const users = 2 * perGroup
  const items = 48
  const parts = [[], [], []].map(() => ({ rows: [] as number[], cols: [] as number[] }))
  for (let u = 0; u < users; u++) {
    const own = Array.from({ length: items / 2 }, (_, i) => 2 * i + (u % 2))
    shuffle(own, randomStream(11, 'two worlds', u))
    own.slice(0, 18).forEach((item, at) => {
      const part = parts[at < 12 ? 0 : at < 15 ? 1 : 2]!
      part.rows.push(u)
      part.cols.push(item)
    })
  }
  const [train, validation, test] = parts.map((part) =>
    csrFromPairs(users, items, Int32Array.from(part.rows), Int32Array.from(part.cols)),
  )
  return { users, items, train: train!, validation: validation!, test: test!, groupOf: (id) => id % 2 }
}
