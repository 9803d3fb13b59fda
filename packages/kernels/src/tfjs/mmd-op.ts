/** @file The MMD between two samples as a differentiable operation, in O(NK) memory on every backend. */

import * as tf from '@tensorflow/tfjs-core'
import { matrix } from '@indistinct/core'
import { checkedBandwidth, rbfMmd, rowGroups, type TwoSamples } from '../rbf-mmd.ts'
import { differentiable } from './differentiable.ts'

/** Entries of one block of the kernel matrix: 32 MiB, of which about ten exist at once. */
const blockEntries = 2 ** 23

/**
 * MMD^2 (scalar) of the rows theta (N, K) of two samples, or w'Kw under weights w (N): the five kernels, bandwidth and
 * errors of `rbfMmd`. The bandwidth follows theta but is constant to the gradient, unless it is given.
 * Computed by `rbfMmd` on wasm, and by blocks of rows with plain operations elsewhere.
 */
export function mmdOp(
  theta: tf.Tensor2D,
  samples: TwoSamples | Float32Array,
  options: { bandwidth?: number } = {},
): tf.Scalar {
  return differentiable(theta, (x) => {
    const [value, slope] = tf.getBackend() === 'wasm' ? byKernel(x, samples, options) : byBlocks(x, samples, options)
    return { value, saved: [slope], gradient: (dy, [kept]) => tf.mul(dy, kept!) }
  })
}

type Result = [value: tf.Scalar, slope: tf.Tensor]

function byKernel(x: tf.Tensor, samples: TwoSamples | Float32Array, options: { bandwidth?: number }): Result {
  const [rows, cols] = x.shape as [number, number]
  const { value, gradient } = rbfMmd(matrix(rows, cols, x.dataSync<'float32'>()), samples, options)
  return [tf.scalar(value), tf.tensor2d(gradient!.data, [rows, cols])]
}

function byBlocks(theta: tf.Tensor, samples: TwoSamples | Float32Array, options: { bandwidth?: number }): Result {
  const { rows, weights } = weightedRows(theta.shape[0]!, samples)
  const bandwidth = checkedBandwidth(options.bandwidth)
  const n = rows.length
  return tf.tidy((): Result => {
    const ids = tf.tensor1d(rows, 'int32')
    const gathered = tf.gather(theta, ids)
    const x = tf.sub(gathered, tf.mean(gathered, 0, true))
    const norms = tf.sum(tf.square(x), 1, true)
    // The smallest positive bandwidth stands in for zero, where all rows are equal and every kernel is 1.
    const b = bandwidth !== undefined ? tf.scalar(bandwidth) : tf.maximum(tf.mul(tf.sum(norms), 2 / (n - 1)), 1e-30)
    const w = tf.tensor2d(weights, [n, 1])
    const across = tf.transpose(norms)
    let value = tf.scalar(0)
    const parts: tf.Tensor[] = []
    const height = Math.max(1, Math.floor(blockEntries / n))
    for (let from = 0; from < n; from += height) {
      const count = Math.min(height, n - from)
      const [added, part] = tf.tidy((): Result => {
        const xi = tf.slice(x, [from, 0], [count, -1])
        const wi = tf.slice(w, [from, 0], [count, 1])
        const distances = tf.relu(
          tf.sub(tf.add(tf.slice(norms, [from, 0], [count, 1]), across), tf.mul(2, tf.matMul(xi, x, false, true))),
        )
        const t1 = tf.exp(tf.div(distances, tf.mul(-4, b)))
        const t2 = tf.square(t1)
        const t4 = tf.square(t2)
        const t8 = tf.square(t4)
        const t16 = tf.square(t8)
        const k = tf.addN([t1, t2, t4, t8, t16])
        const q = tf.addN([t1, tf.mul(2, t2), tf.mul(4, t4), tf.mul(8, t8), tf.mul(16, t16)])
        const c = tf.mul(q, tf.matMul(wi, w, false, true))
        const slope = tf.sub(tf.mul(tf.sum(c, 1, true), xi), tf.matMul(c, x))
        return [tf.sum<tf.Scalar>(tf.mul(wi, tf.matMul(k, w))), tf.neg(tf.div(slope, b))]
      })
      value = tf.add(value, added)
      parts.push(part)
    }
    const gradient = parts.length > 1 ? tf.concat(parts, 0) : parts[0]!
    return [value, tf.scatterND(tf.reshape(ids, [n, 1]), gradient, theta.shape)]
  })
}

function weightedRows(count: number, samples: TwoSamples | Float32Array): { rows: Int32Array; weights: Float32Array } {
  const groups = rowGroups(count, samples)
  const rows = Int32Array.from(groups.flatMap((group) => [...group.rows]))
  const weights = Float32Array.from(
    groups.flatMap(({ rows, weight, relative }) => Array.from(rows, (i) => (relative ? relative[i]! : weight))),
  )
  return { rows, weights }
}
