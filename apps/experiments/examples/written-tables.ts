/** @file What lightgcn-tables.ts wrote, for the examples that measure it: users, their labels, and NDCG@10. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { csrFromPairs, type Csr, type Labels, type Matrix } from '@indistinct/core'
import { readLabelCodes, readTable } from '@indistinct/embeddings'
import { ndcgPerUser } from '@indistinct/metrics'

export interface WrittenTables {
  readonly users: Matrix
  /** Genders. */
  readonly labels: Labels
  /** Mean NDCG@10 of user vectors (N, K), over users with held-out items: all items that were not seen are ranked. */
  ndcg(of: Matrix): number
}

export async function writtenTables(folder: string): Promise<WrittenTables> {
  const [users, items] = [await readTable(join(folder, 'users.csv')), await readTable(join(folder, 'items.csv'))]
  const { labels } = await readLabelCodes(join(folder, 'people.csv'), 'gender', users.matrix.rows, { ids: users.ids })
  const places = (ids: readonly string[] | undefined): Map<string, number> => new Map(ids!.map((id, row) => [id, row]))
  const [rows, columns] = [places(users.ids), places(items.ids)]
  const pairsOf = (file: string): Csr => {
    const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n').slice(1)
    const pairs = lines.map((line) => line.split(','))
    return csrFromPairs(
      users.matrix.rows,
      items.matrix.rows,
      Int32Array.from(pairs, ([user]) => rows.get(user!)!),
      Int32Array.from(pairs, ([, item]) => columns.get(item!)!),
    )
  }
  const [test, seen] = [pairsOf('held-out.csv'), pairsOf('seen.csv')]
  return {
    users: users.matrix,
    labels,
    ndcg(of) {
      const perUser = ndcgPerUser(best(of, items.matrix, seen, 10), test, 10).filter((value) => !Number.isNaN(value))
      return perUser.reduce((sum, value) => sum + value / perUser.length, 0)
    },
  }
}

/** The k items of every user with the largest inner products that were not seen, best first. */
function best({ rows, cols: K, data }: Matrix, items: Matrix, seen: Csr, k: number): Int32Array {
  const out = new Int32Array(rows * k)
  const scores = new Float64Array(items.rows)
  for (let u = 0; u < rows; u++) {
    for (let i = 0; i < items.rows; i++) {
      let sum = 0
      for (let d = 0; d < K; d++) sum += data[u * K + d]! * items.data[i * K + d]!
      scores[i] = sum
    }
    for (let p = seen.indptr[u]!; p < seen.indptr[u + 1]!; p++) scores[seen.indices[p]!] = -Infinity
    const order = Int32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b)
    out.set(order.subarray(0, k), u * k)
  }
  return out
}
