/**
 * @file Sums of rows by index on any backend: in one order, so that equal arguments give equal bytes. (wasm has no
 * segment sum, and that of a GPU adds in the order in which its threads come.) Rows are gathered eight at a time, and
 * the eights are added by a product with eight identities, until each sum is one row.
 */

import * as tf from '@tensorflow/tfjs-core'
import { differentiable } from './differentiable.ts'

const together = 8

/** Which rows of x (R, K) each sum adds. */
export interface RowSums {
  /** Of x, then of what came of the level before: rows to gather (8 sums, 1), one past the end for none. */
  readonly levels: readonly tf.Tensor2D[]
  /** R. */
  readonly inputs: number
  dispose(): void
}

/**
 * Sum n adds rows entries[indptr[n]] .. entries[indptr[n + 1] - 1] of x (R, K). The plan stays on the device until it
 * is disposed of.
 */
export function rowSumsOf(indptr: Int32Array, entries: Int32Array, inputs: number): RowSums {
  const sums = indptr.length - 1
  const levels: tf.Tensor2D[] = []
  let [starts, rows, size] = [indptr, entries, inputs]
  do {
    const next = new Int32Array(sums + 1)
    for (let n = 0; n < sums; n++)
      next[n + 1] = next[n]! + Math.max(1, Math.ceil((starts[n + 1]! - starts[n]!) / together))
    const indices = new Int32Array(next[sums]! * together).fill(size)
    for (let n = 0; n < sums; n++) indices.set(rows.subarray(starts[n]!, starts[n + 1]!), next[n]! * together)
    levels.push(tf.tensor2d(indices, [indices.length, 1], 'int32'))
    size = next[sums]!
    starts = next
    rows = Int32Array.from({ length: size }, (_, at) => at)
  } while (size > sums)
  return {
    levels,
    inputs,
    dispose: () => tf.dispose(levels as tf.Tensor2D[]),
  }
}

/** The plan that adds row r of x to sum indices[r] of `sums`. */
export function rowSumsBy(indices: Int32Array, sums: number): RowSums {
  const indptr = new Int32Array(sums + 1)
  for (const n of indices) indptr[n + 1]!++
  for (let n = 0; n < sums; n++) indptr[n + 1]! += indptr[n]!
  const entries = new Int32Array(indices.length)
  const at = indptr.slice()
  indices.forEach((n, r) => (entries[at[n]!++] = r))
  return rowSumsOf(indptr, entries, indices.length)
}

/** The sums (N, K) of rows of x (R, K). */
export function sumRows(x: tf.Tensor2D, plan: RowSums): tf.Tensor2D {
  const [rows, cols] = x.shape
  if (rows !== plan.inputs) throw new RangeError(`sumRows: expected x (${plan.inputs}, K), got (${rows}, ${cols})`)
  return tf.tidy(() => {
    const eight = tf.tile(tf.eye(cols), [together, 1])
    const none = tf.zeros([1, cols])
    return plan.levels.reduce((level, indices) => {
      const gathered = tf.gatherND(tf.concat([level, none], 0), indices)
      return tf.matMul(tf.reshape(gathered, [indices.shape[0] / together, together * cols]), eight) as tf.Tensor2D
    }, x)
  })
}

/** Rows of a table (N, K) by indices (R, 1). Indices are not checked. */
export function rowsAt(table: tf.Tensor2D, indices: tf.Tensor2D): tf.Tensor2D {
  // Not `gather`, which takes twenty times as long on wasm.
  return tf.gatherND(table, indices) as tf.Tensor2D
}

/**
 * `rowsAt` with a gradient: it adds rows back by `plan`, which is `rowSumsBy` of the same indices over the table's
 * rows.
 */
export function lookedUp(table: tf.Tensor2D, indices: tf.Tensor2D, plan: RowSums): tf.Tensor2D {
  return differentiable(table, (x) => ({
    value: rowsAt(x as tf.Tensor2D, indices),
    gradient: (dy) => sumRows(dy as tf.Tensor2D, plan),
  }))
}
