/** @file Evaluation by full ranking: the best ten of all items for every user, then NDCG@10 and HR@10. */

import { csrFromPairs, randomStream, type Csr, type Matrix } from '@indistinct/core'
import { scoreTopK } from '@indistinct/kernels'
import { hitRatioAtK, ndcgAtK } from '@indistinct/metrics'
import type { Bench, Case } from './bench.ts'
import { normalTable } from './normal-table.ts'
import { ownSide } from './own-side.ts'
import { pythonSide } from './python-peer.ts'

const k = 10

/** Users, items, dimensions, and interactions a user that are seen and that are held out. */
const shapes = [[6040, 3416, 16, 132, 16], [6040, 3416, 64, 132, 16], [19_972, 99_639, 16, 113, 14], [19_972, 99_639, 64, 113, 14]] as const

interface Ranking {
  readonly users: Matrix
  readonly items: Matrix
  readonly seen: Csr
  readonly test: Csr
}

function ranking(users: number, items: number, cols: number, seen: number, test: number): Ranking {
  const random = randomStream(0, 'ranking', users, items)
  const pick = (each: number): Csr => {
    const rows = Int32Array.from({ length: users * each }, (_, p) => Math.floor(p / each))
    // Squared: popular items are seen most.
    return csrFromPairs(users, items, rows, rows.map(() => Math.floor(items * random.uniform() ** 2)))
  }
  return { users: normalTable(users, cols, 1).theta, items: normalTable(items, cols, 2).theta, seen: pick(seen), test: pick(test) }
}

export const rankingBench: Bench = {
  name: 'ranking',
  title: 'Full-ranking evaluation, NDCG@10 and HR@10',
  target: 'at least 3 times NumPy with argpartition, both in blocks of users',
  cases: async () => shapes.map(([users, items, cols, seen, test]): Case => ({
    name: `${users.toLocaleString('en-GB')} x ${items.toLocaleString('en-GB')}, K = ${cols}`,
    ours: ownSide(() => {
      const data = ranking(users, items, cols, seen, test)
      let [ndcg, hits] = [0, 0]
      return {
        run() {
          const lists = scoreTopK(data.users, data.items, data.seen, k)
          ndcg = ndcgAtK(lists, data.test, k)
          hits = hitRatioAtK(lists, data.test, k, 'any-hit')
        },
        notes: () => `NDCG@10 ${ndcg.toFixed(6)}, HR@10 ${hits.toFixed(6)}`,
      }
    }),
    peers: [pythonSide('NumPy argpartition', {
      script: 'ranking', peer: 'numpy', parameters: { users, items, cols, k },
      arrays() {
        const data = ranking(users, items, cols, seen, test)
        return {
          userTable: data.users.data, itemTable: data.items.data,
          seenIndptr: data.seen.indptr, seenIndices: data.seen.indices, testIndptr: data.test.indptr, testIndices: data.test.indices,
        }
      },
    })],
    targets: { 'NumPy argpartition': 3 },
  })),
}
