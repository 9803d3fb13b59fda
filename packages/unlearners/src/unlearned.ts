/** @file What every unlearner returns. */

import { badData, type Json, type Matrix } from '@indistinct/core'

/** One line of an unlearner's history: the pass, counted from 1, and what it saw before it moved users. */
export interface TraceRow {
  readonly pass: number
  readonly loss: number
  readonly [quantity: string]: number
}

/** The result of unlearning one table: frozen, and independent of the table that went in. */
export interface Unlearned {
  /** The new (N, K) table; rows without a label are as they were, bit for bit, unless all rows were smoothed. */
  readonly embedding: Matrix
  /** Name of the method, as in the `unlearners` table. */
  readonly method: string
  /** Every parameter that was used, defaults included, and what was measured at the end. */
  readonly parameters: { readonly [name: string]: Json }
  readonly trace: readonly TraceRow[]
  /** Evaluations of the loss over all users. */
  readonly passes: number
}

/**
 * Freezes a result; the embedding's values stay in a typed array, which cannot be frozen.
 * @throws IndistinctError 'bad-data' where a value left the range of float32.
 */
export function unlearned(result: Unlearned): Unlearned {
  const { cols, data } = result.embedding
  for (let p = 0; p < data.length; p++) {
    if (!Number.isFinite(data[p]!)) {
      throw badData(
        `${result.method}: row ${Math.floor(p / cols)}, column ${p % cols} (both from 0) would become ${data[p]!}: ` +
          'values are too near the largest of float32, 3.4e38; divide the table by a constant first, such as 1e30',
      )
    }
  }
  return Object.freeze({
    ...result,
    embedding: Object.freeze(result.embedding),
    parameters: Object.freeze(result.parameters),
    trace: Object.freeze(result.trace.map((row) => Object.freeze(row))),
  })
}
