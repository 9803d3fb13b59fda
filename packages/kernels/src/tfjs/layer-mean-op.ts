/** @file LightGCN's propagation on any backend: the mean over layers of a table spread along a graph. */

import * as tf from '@tensorflow/tfjs-core'
import { transposeCsr, type Csr } from '@indistinct/core'
import { rowSumsOf, sumRows } from './row-sums.ts'

/** Interactions (users, items) up to which they are held as a dense matrix, both ways: 128 MiB. */
const mostDense = 2 ** 24

export interface LayerMean {
  /** 1/(L + 1) * sum over l = 0 .. L of A^l x for x (users + items, K), as `layerMean` of @indistinct/kernels. */
  apply(x: tf.Tensor2D): tf.Tensor2D
  dispose(): void
}

/**
 * The propagation along `layers` of the graph of binary interactions (U, I), whose nodes are the users, then the items.
 * A product with the dense matrix is faster than one by gathered rows on every backend, as long as memory allows it.
 */
export function layerMeanOp(interactions: Csr, layers: number, most = mostDense): LayerMean {
  const { rows, cols } = interactions
  const { product, dispose } =
    layers === 0
      ? { product: (x: tf.Tensor2D) => x, dispose: () => {} }
      : rows * cols <= most
        ? denseProduct(interactions)
        : sparseProduct(interactions)
  return {
    apply: (x) =>
      tf.tidy(() => {
        let [layer, sum] = [x, x]
        for (let l = 0; l < layers; l++) {
          layer = product(layer)
          sum = tf.add(sum, layer)
        }
        return layers === 0 ? tf.clone(x) : tf.div(sum, layers + 1)
      }),
    dispose,
  }
}

interface Product {
  readonly product: (x: tf.Tensor2D) => tf.Tensor2D
  readonly dispose: () => void
}

/** 1 / sqrt(degree) of each user, then each item; 0 without interactions. */
function scales({ rows, cols, indptr, indices }: Csr): Float32Array {
  const degree = new Float32Array(rows + cols)
  for (let u = 0; u < rows; u++) degree[u] = indptr[u + 1]! - indptr[u]!
  for (const item of indices) degree[rows + item]!++
  return degree.map((count) => (count > 0 ? 1 / Math.sqrt(count) : 0))
}

function denseProduct(interactions: Csr): Product {
  const { rows, cols, indptr, indices } = interactions
  const scale = scales(interactions)
  const [byUser, byItem] = [new Float32Array(rows * cols), new Float32Array(rows * cols)]
  for (let u = 0; u < rows; u++) {
    for (const item of indices.subarray(indptr[u]!, indptr[u + 1]!))
      byUser[u * cols + item] = byItem[item * rows + u] = scale[u]! * scale[rows + item]!
  }
  // Both ways, since wasm is slow on a transposed operand.
  const [ofUsers, ofItems] = [tf.tensor2d(byUser, [rows, cols]), tf.tensor2d(byItem, [cols, rows])]
  return {
    product: (x) => {
      const [users, items] = [tf.slice(x, [0, 0], [rows, -1]), tf.slice(x, [rows, 0], [cols, -1])]
      return tf.concat([tf.matMul(ofUsers, items), tf.matMul(ofItems, users)], 0) as tf.Tensor2D
    },
    dispose: () => tf.dispose([ofUsers, ofItems]),
  }
}

function sparseProduct(interactions: Csr): Product {
  const { rows, cols, indptr, indices } = interactions
  const byItem = transposeCsr(interactions)
  const nodes = rows + cols
  const scale = tf.tensor2d(scales(interactions), [nodes, 1])
  const starts = new Int32Array(nodes + 1)
  starts.set(indptr)
  for (let i = 0; i <= cols; i++) starts[rows + i] = indices.length + byItem.indptr[i]!
  const entries = new Int32Array(2 * indices.length)
  indices.forEach((item, p) => (entries[p] = rows + item))
  entries.set(byItem.indices, indices.length)
  const neighbours = rowSumsOf(starts, entries, nodes)
  return {
    product: (x) => tf.mul(scale, sumRows(tf.mul(scale, x), neighbours)),
    dispose: () => {
      scale.dispose()
      neighbours.dispose()
    },
  }
}
