/** @file What LightGCN trains with: a loss on the propagated tables of users and items, one above the other. */

import type { Matrix } from '@indistinct/core'
import type { Examples } from '../device/examples.ts'

export interface GraphLoss {
  /** What an epoch passes over, and a batch counts. */
  readonly examples: number
  /** The least that a share of an epoch stands for. */
  readonly smallestBatch: number
  startEpoch(epoch: number): void
  /** All examples of the epoch, in its order. */
  all(): Examples
  /**
   * Sets `rows` (N) to 1 for those that the loss of the batch looks at and returns true where they are few; else false.
   */
  looksAtFew(first: number, last: number, rows: Int32Array): boolean
  /**
   * Mean loss of examples first .. last - 1 of the epoch on `table` (N, K): users, then items. Writes `gradient` (N, K)
   * by all rows, and in `uses` (N) how often the batch uses each.
   */
  gradient(
    first: number,
    last: number,
    table: Matrix,
    gradient: Matrix,
    uses: Int32Array,
  ): { readonly loss: number; readonly interactions: number }
  release(): void
}
