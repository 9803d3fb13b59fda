/** @file The training interactions of one epoch, in random order, with their negatives. */

import { randomStream, type Csr } from '@indistinct/core'
import { allocateInt32, release, sampleUnseen } from '@indistinct/kernels'

/**
 * Interactions of the present epoch, in kernel memory: negative n of interaction e is negatives[e * perPositive + n].
 */
export interface EpochOrder {
  readonly count: number
  readonly users: Int32Array
  readonly positives: Int32Array
  readonly negatives: Int32Array
  /** A new order and new negatives, both from the seed and the epoch alone. */
  draw(epoch: number): void
  release(): void
}

/** Users who have seen every item have no negatives: their interactions are left out. */
export function epochOrder(train: Csr, perPositive: number, seed: number): EpochOrder {
  const pairUsers = new Int32Array(train.indices.length)
  const pairItems = new Int32Array(train.indices.length)
  let count = 0
  for (let u = 0; u < train.rows; u++) {
    const row = train.indices.subarray(train.indptr[u]!, train.indptr[u + 1]!)
    if (row.length === train.cols) continue
    pairUsers.fill(u, count, count + row.length)
    pairItems.set(row, count)
    count += row.length
  }
  const seen = { ...train, indptr: copied(train.indptr), indices: copied(train.indices) }
  const users = allocateInt32(count)
  const positives = allocateInt32(count)
  const negatives = allocateInt32(count * perPositive)
  return {
    count,
    users,
    positives,
    negatives,
    draw(epoch) {
      const random = randomStream(seed, 'order', epoch)
      users.set(pairUsers.subarray(0, count))
      positives.set(pairItems.subarray(0, count))
      for (let e = count - 1; e > 0; e--) {
        const other = random.integer(e + 1)
        const user = users[e]!
        const item = positives[e]!
        users[e] = users[other]!
        positives[e] = positives[other]!
        users[other] = user
        positives[other] = item
      }
      sampleUnseen(users, seen, perPositive, randomStream(seed, 'negatives', epoch), negatives)
    },
    release() {
      for (const array of [seen.indptr, seen.indices, users, positives, negatives]) release(array)
    },
  }
}

function copied(array: Int32Array): Int32Array {
  const copy = allocateInt32(array.length)
  copy.set(array)
  return copy
}
