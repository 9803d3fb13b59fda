/** @file Rows of a table by index, with a gradient that every backend can compute. */

import * as tf from '@tensorflow/tfjs-core'
import { matrix } from '@indistinct/core'
import { scatterAdd } from '../scatter-add.ts'
import { differentiable } from './differentiable.ts'

/**
 * table[indices] (R, K) of a table (N, K). The gradient adds rows back by index: with the package's own kernel on wasm,
 * where tfjs has none for it and the gradient of `gather` fails, as a segment sum elsewhere.
 * @throws RangeError when an index is outside 0 .. N - 1, which the backends do not check.
 */
export function lookup(table: tf.Tensor2D, indices: Int32Array): tf.Tensor2D {
  const [rows, cols] = table.shape
  for (const index of indices) {
    if (!(index >= 0 && index < rows))
      throw new RangeError(`lookup: expected indices in 0 .. ${rows - 1}, got ${index}`)
  }
  return differentiable(table, (x) => ({
    value: tf.gather(x as tf.Tensor2D, tf.tensor1d(indices, 'int32')),
    gradient: (dy) => {
      if (tf.getBackend() !== 'wasm') {
        return tf.unsortedSegmentSum(tf.reshape(dy, [indices.length, cols]), tf.tensor1d(indices, 'int32'), rows)
      }
      const out = matrix(rows, cols)
      scatterAdd(indices, matrix(indices.length, cols, dy.dataSync<'float32'>()), out)
      return tf.tensor2d(out.data, [rows, cols])
    },
  }))
}
