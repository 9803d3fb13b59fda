/** @file Sparse propagation as a differentiable operation. */

import * as tf from '@tensorflow/tfjs-core'
import { matrix, transposeCsr, type Csr } from '@indistinct/core'
import { propagate } from '../propagate.ts'
import { differentiable } from './differentiable.ts'

/** Transposes and row numbers are as large as the graph: one of each serves all steps over the same adjacency. */
const transposes = new WeakMap<Csr, Csr>()
const rowNumbers = new WeakMap<Csr, Int32Array>()

/**
 * A x (rows, K), with A (rows, cols) sparse and constant and x (cols, K); the gradient is A' dy. Sparse products run in
 * the package's own kernel on wasm, as gather and segment sum elsewhere.
 * @throws RangeError when the shapes do not fit.
 */
export function propagateOp(adjacency: Csr, x: tf.Tensor2D): tf.Tensor2D {
  if (x.shape[0] !== adjacency.cols) {
    throw new RangeError(`propagateOp: expected x (${adjacency.cols}, K), got (${x.shape.join(', ')})`)
  }
  return differentiable(x, (table) => ({
    value: product(adjacency, table),
    gradient: (dy) => product(transposeOf(adjacency), dy),
  }))
}

function product(a: Csr, x: tf.Tensor): tf.Tensor2D {
  const cols = x.shape[1]!
  if (tf.getBackend() === 'wasm') {
    const out = matrix(a.rows, cols)
    propagate(a, matrix(a.cols, cols, x.dataSync<'float32'>()), out)
    return tf.tensor2d(out.data, [a.rows, cols])
  }
  return tf.tidy(() => {
    const rows = tf.gather(x as tf.Tensor2D, tf.tensor1d(a.indices, 'int32'))
    const scaled: tf.Tensor2D = a.values ? tf.mul(rows, tf.tensor2d(a.values, [a.values.length, 1])) : rows
    return tf.unsortedSegmentSum(scaled, tf.tensor1d(rowsOf(a), 'int32'), a.rows)
  })
}

function transposeOf(a: Csr): Csr {
  let transpose = transposes.get(a)
  if (!transpose) transposes.set(a, (transpose = transposeCsr(a)))
  return transpose
}

/** The row of each entry. */
function rowsOf(a: Csr): Int32Array {
  let rows = rowNumbers.get(a)
  if (!rows) {
    rows = new Int32Array(a.indices.length)
    for (let i = 0; i < a.rows; i++) rows.fill(i, a.indptr[i]!, a.indptr[i + 1]!)
    rowNumbers.set(a, rows)
  }
  return rows
}
