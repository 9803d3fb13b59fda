/** @file BPR (Rendle et al. 2009): each training interaction against one unseen item, drawn anew every epoch. */

import type { Csr } from '@indistinct/core'
import { bprGradient, type Triplets } from '@indistinct/kernels'
import { epochOrder } from '../epoch-order.ts'
import type { GraphLoss } from './graph-loss.ts'

/** A batch counts training interactions. @param train (U, I) */
export function bprLoss(train: Csr, seed: number): GraphLoss {
  const order = epochOrder(train, 1, seed)
  const triplets = (first: number, last: number): Triplets => ({
    users: order.users.subarray(first, last),
    positives: order.positives.subarray(first, last),
    negatives: order.negatives.subarray(first, last),
  })
  return {
    examples: order.count,
    smallestBatch: 1024,
    startEpoch: (epoch) => order.draw(epoch),
    all: () => triplets(0, order.count),
    looksAtFew(first, last, rows) {
      if (4 * (last - first) >= rows.length) return false
      markRows(rows, triplets(first, last), train.rows)
      return true
    },
    gradient: (first, last, table, gradient, uses) => ({
      loss: bprGradient(table, triplets(first, last), train.rows, gradient, uses),
      interactions: last - first,
    }),
    release: () => order.release(),
  }
}

/** Sets `rows` to 1 for users and items that take part in a triplet, to 0 for others. */
function markRows(rows: Int32Array, { users, positives, negatives }: Triplets, firstItem: number): void {
  rows.fill(0)
  for (let s = 0; s < users.length; s++) {
    rows[users[s]!] = 1
    rows[firstItem + positives[s]!] = 1
    rows[firstItem + negatives[s]!] = 1
  }
}
