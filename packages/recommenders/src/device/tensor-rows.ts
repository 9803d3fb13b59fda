/** @file Small things that the losses on tensors share. */

import { tf } from '@indistinct/kernels/tfjs'

/** gradient (N, K) with a contribution to its first rows, where there is one. */
export function addRows(gradient: tf.Tensor2D, contribution: tf.Tensor2D | undefined): tf.Tensor2D {
  if (!contribution) return gradient
  const below = gradient.shape[0] - contribution.shape[0]
  const padded =
    below === 0
      ? contribution
      : tf.pad(contribution, [
          [0, below],
          [0, 0],
        ])
  return tf.add(gradient, padded)
}

/** gradient (N, K) + scale * uses (N) * table: that of scale/2 * ||row||^2 for every use of a row. */
export function addDecay(gradient: tf.Tensor2D, table: tf.Tensor2D, uses: Float32Array, scale: number): tf.Tensor2D {
  if (scale === 0) return gradient
  return tf.add(
    gradient,
    tf.mul(
      tf.tensor2d(
        uses.map((count) => scale * count),
        [uses.length, 1],
      ),
      table,
    ),
  )
}

/** How often each of `count` numbers is among `indices`. */
export function countsOf(indices: Int32Array, count: number): Float32Array {
  const counts = new Float32Array(count)
  for (const index of indices) counts[index]!++
  return counts
}

/** Indices as (n, 1) on the device. */
export function column(indices: Int32Array): tf.Tensor2D {
  return tf.tensor2d(indices, [indices.length, 1], 'int32')
}
