/** @file Evaluation by full ranking: the best ten of all items for every user, then NDCG@10 and HR@10. */

import { csrFromPairs, matrix, randomStream, type Csr, type Matrix } from '@indistinct/core'
import { gemmNT, scoreTopK } from '@indistinct/kernels'
import { hitRatioAtK, ndcgAtK } from '@indistinct/metrics'
import type { Bench, Case, Fact } from '../bench.ts'
import { normalTable } from '../normal-table.ts'
import { ownSide } from '../own-side.ts'
import { pythonSide } from '../python-peer.ts'

const k = 10

/** Users, items, dimensions, and interactions a user that are seen and that are held out. */
const shapes = [
  [6040, 3416, 16, 132, 16],
  [6040, 3416, 64, 132, 16],
  [19_972, 99_639, 16, 113, 14],
  [19_972, 99_639, 64, 113, 14],
] as const

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
    return csrFromPairs(
      users,
      items,
      rows,
      rows.map(() => Math.floor(items * random.uniform() ** 2)),
    )
  }
  return {
    users: normalTable(users, cols, 1).theta,
    items: normalTable(items, cols, 2).theta,
    seen: pick(seen),
    test: pick(test),
  }
}

/**
 * What bounds the scoring of many dimensions: multiplications and additions in 128-bit lanes, which is what WebAssembly
 * has, at the rate that a product in the first-level cache reaches, beside the rate of a whole ranking. Best of some
 * runs each, in turn.
 */
function arithmetic({ users, items, seen }: Ranking): Fact[] {
  const [a, b, product] = [normalTable(512, 256, 1).theta, normalTable(512, 256, 2).theta, matrix(512, 512)]
  const products = 20
  let [peak, reached] = [0, 0]
  for (let round = 0; round < 5; round++) {
    let start = performance.now()
    for (let p = 0; p < products; p++) gemmNT(a, b, product)
    peak = Math.max(peak, (2e-6 * products * 512 * 512 * 256) / (performance.now() - start))
    start = performance.now()
    scoreTopK(users, items, seen, k)
    reached = Math.max(reached, (2e-6 * users.rows * items.rows * users.cols) / (performance.now() - start))
  }
  return [
    { name: 'inner products of the ranking, all threads', value: reached, unit: 'GFLOP/s' },
    {
      name: 'most that 128-bit multiplications and additions reach here, in a product of 512 x 512 x 256',
      value: peak,
      unit: 'GFLOP/s',
    },
  ]
}

export const rankingBench: Bench = {
  name: 'ranking',
  title: 'Full-ranking evaluation, NDCG@10 and HR@10',
  target: 'at least 3 times NumPy with argpartition, both in blocks of users',
  cases: async () =>
    shapes.map(([users, items, cols, seen, test]): Case => ({
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
      peers: [
        pythonSide('NumPy argpartition', {
          script: 'ranking',
          peer: 'numpy',
          parameters: { users, items, cols, k },
          arrays() {
            const data = ranking(users, items, cols, seen, test)
            return {
              userTable: data.users.data,
              itemTable: data.items.data,
              seenIndptr: data.seen.indptr,
              seenIndices: data.seen.indices,
              testIndptr: data.test.indptr,
              testIndices: data.test.indices,
            }
          },
        }),
      ],
      targets: { 'NumPy argpartition': 3 },
      // At fewer dimensions selection counts as much, and items cut off by their length make the rate mean little.
      ...(cols >= 64 && { facts: async () => arithmetic(ranking(users, items, cols, seen, test)) }),
    })),
}
