/**
 * @file A batch that names few of many users and items is one of a smaller model, which has their rows alone: the
 * first layer and its gradient are products over all rows of the tables, and would be computed for rows that no sample
 * reads.
 */

import { nmfLayout, type NmfBatch, type NmfShape } from './nmf-layout.ts'

/** Worth its copies where the tables have so many times the rows that a batch can name. */
const worthwhile = 8

export interface FewRows {
  /** Of the model that has the named rows alone. */
  readonly shape: NmfShape
  /** The same samples, by the places of their users and items in `shape`. */
  readonly batch: NmfBatch
  /** Copies the parameters of the whole model to those of the small one. */
  gather(whole: Float32Array, few: Float32Array): void
  /** Copies gradients back; rows that no sample names get 0. */
  scatter(few: Float32Array, whole: Float32Array): void
}

/** Undefined where the batch may name a good part of the rows. Rows stay in their order, and sums over them too. */
export function fewRows(shape: NmfShape, batch: NmfBatch): FewRows | undefined {
  const { users, positives, negatives } = batch
  if ((users.length + positives.length + negatives.length) * worthwhile > shape.users + shape.items) return undefined
  const ofUsers = places(shape.users, [users])
  const ofItems = places(shape.items, [positives, negatives])
  const small: NmfShape = { ...shape, users: ofUsers.named.length, items: ofItems.named.length }
  const [from, to] = [nmfLayout(shape), nmfLayout(small)]
  const tables = [ofUsers, ofItems, ofUsers, ofItems].map(({ named }, t) => ({
    named,
    cols: to[t]!.cols,
    from: from[t]!.offset,
    to: to[t]!.offset,
  }))
  // Behind the tables lie the layers, which both models have alike.
  const layers = { from: from[tables.length]!.offset, to: to[tables.length]!.offset }
  return {
    shape: small,
    batch: { users: ofUsers.of(users), positives: ofItems.of(positives), negatives: ofItems.of(negatives) },
    gather(whole, few) {
      for (const { named, cols, from, to } of tables)
        named.forEach((row, at) => few.set(whole.subarray(from + row * cols, from + (row + 1) * cols), to + at * cols))
      few.set(whole.subarray(layers.from), layers.to)
    },
    scatter(few, whole) {
      whole.fill(0)
      for (const { named, cols, from, to } of tables)
        named.forEach((row, at) => whole.set(few.subarray(to + at * cols, to + (at + 1) * cols), from + row * cols))
      whole.set(few.subarray(layers.to), layers.from)
    },
  }
}

/** The rows that `lists` name, ascending, and a translation of their numbers to places among these. */
function places(rows: number, lists: readonly Int32Array[]): { named: Int32Array; of(list: Int32Array): Int32Array } {
  const place = new Int32Array(rows)
  const named = Int32Array.from(new Set(lists.flatMap((list) => [...list]))).sort()
  named.forEach((row, at) => (place[row] = at))
  return { named, of: (list) => list.map((row) => place[row]!) }
}
