/**
 * @file The scores of a recommender over all items, block by block: a table of users by items need never be in memory
 * whole.
 */

import type { Matrix } from '@indistinct/core'
import { gemmNT } from '@indistinct/kernels'

/** Scores (N, I), such as rank items for users. */
export interface ScoreSource {
  readonly users: number
  readonly items: number
  /** Scores of users `from` to `to` (exclusive) over all items, (to - from, I). */
  block(from: number, to: number): Matrix
  /** Present where scores are inner products: users (N, K) and items (I, K). */
  readonly factors?: { readonly users: Matrix; readonly items: Matrix }
}

/** Inner products of users (N, K) and items (I, K). */
export function innerProducts(users: Matrix, items: Matrix): ScoreSource {
  if (users.cols !== items.cols)
    throw new RangeError(`innerProducts: expected items of ${users.cols} columns, got ${items.cols}`)
  return {
    users: users.rows,
    items: items.rows,
    factors: { users, items },
    block(from, to) {
      const out: Matrix = { rows: to - from, cols: items.rows, data: new Float32Array((to - from) * items.rows) }
      gemmNT(
        { rows: to - from, cols: users.cols, data: users.data.subarray(from * users.cols, to * users.cols) },
        items,
        out,
      )
      return out
    },
  }
}
