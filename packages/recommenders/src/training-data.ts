/** @file What training may see: the training and the validation interactions, never the test ones. */

import { csrFromPairs, transposeCsr, type Csr } from '@indistinct/core'

/**
 * Binary (users, items) interactions. A split with a test part fits this type too, and its test part is then out of
 * reach of everything in this package.
 */
export interface TrainingData {
  readonly users: number
  readonly items: number
  readonly train: Csr
  readonly validation: Csr
}

/**
 * @throws RangeError unless both parts are (users, items): a table of another size would be read past its end.
 */
export function checkTrainingData({ users, items, train, validation }: TrainingData): void {
  for (const [name, part] of Object.entries({ train, validation } as Partial<TrainingData>)) {
    const { rows, cols } = (part ?? {}) as Partial<Csr>
    if (rows !== users || cols !== items)
      throw new RangeError(
        `recommender: expected ${name} of (users, items) = (${users}, ${items}), got (${rows}, ${cols})` +
          (part ? '' : '; without validation items it is a matrix without entries'),
      )
  }
}

/** Training and validation items of each user: what a ranking for the test leaves out. */
export function seenInTraining(data: TrainingData): Csr {
  const rows: number[] = []
  const columns: number[] = []
  for (const part of [data.train, data.validation]) {
    for (let i = 0; i < part.rows; i++) {
      for (let p = part.indptr[i]!; p < part.indptr[i + 1]!; p++) {
        rows.push(i)
        columns.push(part.indices[p]!)
      }
    }
  }
  return csrFromPairs(data.users, data.items, Int32Array.from(rows), Int32Array.from(columns))
}

/**
 * The symmetric graph (users + items) of binary interactions (users, items): user u is node u, item i node users + i.
 */
export function interactionGraph(interactions: Csr): Csr {
  const { rows: users, cols: items } = interactions
  const byItem = transposeCsr(interactions)
  const count = interactions.indices.length
  const indptr = new Int32Array(users + items + 1)
  const indices = new Int32Array(2 * count)
  indptr.set(interactions.indptr)
  for (let i = 0; i <= items; i++) indptr[users + i] = count + byItem.indptr[i]!
  for (let p = 0; p < count; p++) indices[p] = users + interactions.indices[p]!
  indices.set(byItem.indices, count)
  return { rows: users + items, cols: users + items, indptr, indices }
}

/** The rows named by `rows` of `m`, in that order. */
export function selectRows(m: Csr, rows: Int32Array): Csr {
  const indptr = new Int32Array(rows.length + 1)
  rows.forEach((row, r) => (indptr[r + 1] = indptr[r]! + m.indptr[row + 1]! - m.indptr[row]!))
  const indices = new Int32Array(indptr[rows.length]!)
  rows.forEach((row, r) => indices.set(m.indices.subarray(m.indptr[row]!, m.indptr[row + 1]!), indptr[r]!))
  return { rows: rows.length, cols: m.cols, indptr, indices }
}
