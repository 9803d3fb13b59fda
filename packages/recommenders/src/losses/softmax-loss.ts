/**
 * @file The multinomial likelihood of each user's items under the softmax of his scores over all items, as Mult-VAE has
 * it (Liang et al. 2018), on inner products. Nothing is sampled: every item that a user has not seen is a negative.
 */

import { gatherRows, matrix, randomStream, shuffle, type Csr } from '@indistinct/core'
import { allocate, gemmNN, gemmNT, gemmTN, release } from '@indistinct/kernels'
import type { GraphLoss } from './graph-loss.ts'

/** Scores that are held at once: 4 MB of them. */
const mostScores = 1 << 20

/**
 * -log softmax(u)_i, mean over the training interactions (u, i) of a batch. A batch counts users, each with all his
 * interactions; an interaction uses its user and its item. @param train (U, I) @param factors K
 */
export function softmaxLoss(train: Csr, factors: number, seed: number): GraphLoss {
  const { rows: users, cols: items } = train
  const degree = (user: number): number => train.indptr[user + 1]! - train.indptr[user]!
  const active = Int32Array.from({ length: users }, (_, u) => u).filter((u) => degree(u) > 0 && degree(u) < items)
  const most = Math.max(1, Math.min(active.length, Math.floor(mostScores / items)))
  const scores = allocate(most * items)
  const slopes = allocate(most * factors)
  let order = active
  return {
    examples: active.length,
    smallestBatch: 32,
    startEpoch(epoch) {
      order = shuffle(active.slice(), randomStream(seed, 'order of users', epoch))
    },
    all: () => ({ users: order }),
    looksAtFew: () => false,
    gradient(first, last, table, gradient, uses) {
      const batch = order.subarray(first, last)
      const split = users * factors
      const itemTable = matrix(items, factors, table.data.subarray(split))
      const itemGradient = matrix(items, factors, gradient.data.subarray(split))
      gradient.data.fill(0)
      uses.fill(0)
      let interactions = 0
      for (const user of batch) {
        uses[user] = degree(user)
        interactions += degree(user)
        for (let p = train.indptr[user]!; p < train.indptr[user + 1]!; p++) uses[users + train.indices[p]!]!++
      }
      let loss = 0
      for (let at = 0; at < batch.length; at += most) {
        const some = batch.subarray(at, at + most)
        const rows = gatherRows(table, some)
        const block = matrix(some.length, items, scores.subarray(0, some.length * items))
        const slope = matrix(some.length, factors, slopes.subarray(0, some.length * factors))
        gemmNT(rows, itemTable, block)
        some.forEach((user, r) => {
          const own = train.indices.subarray(train.indptr[user]!, train.indptr[user + 1]!)
          loss += rowGradient(block.data.subarray(r * items, (r + 1) * items), own, 1 / interactions)
        })
        gemmNN(block, itemTable, slope)
        some.forEach((user, r) =>
          gradient.data.set(slope.data.subarray(r * factors, (r + 1) * factors), user * factors),
        )
        gemmTN(block, rows, itemGradient, { accumulate: true })
      }
      return { loss: loss / interactions, interactions }
    },
    release() {
      release(scores)
      release(slopes)
    },
  }
}

/**
 * Replaces one user's scores by the gradient by them, times `share`; returns the sum of the losses of the items `own`.
 */
function rowGradient(scores: Float32Array, own: Int32Array, share: number): number {
  let highest = -Infinity
  for (let j = 0; j < scores.length; j++) if (scores[j]! > highest) highest = scores[j]!
  let loss = 0
  for (const item of own) loss -= scores[item]! - highest
  let sum = 0
  for (let j = 0; j < scores.length; j++) sum += scores[j] = Math.exp(scores[j]! - highest)
  const scale = (own.length * share) / sum
  for (let j = 0; j < scores.length; j++) scores[j]! *= scale
  for (const item of own) scores[item]! -= share
  return loss + own.length * Math.log(sum)
}
