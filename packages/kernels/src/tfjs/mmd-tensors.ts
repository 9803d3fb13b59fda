/** @file The MMD between two samples by blocks of rows with plain operations: O(NK) memory on every backend. */

import * as tf from '@tensorflow/tfjs-core'
import { checkedBandwidth } from '../rbf-mmd.ts'
import { rowGroups, type TwoSamples } from '../row-groups.ts'
import { rowsAt } from './row-sums.ts'

/** Entries of one block of the kernel matrix: 32 MiB, of which about ten exist at once. */
const blockEntries = 2 ** 23

/** n rows of theta (N, K) have a weight. */
export interface MmdTensors {
  /** Each row's part of MMD^2 (n, 1). */
  readonly values: tf.Tensor2D
  /** Each row's sum of the kernel over the n rows, itself included (n, 1). */
  readonly totals: tf.Tensor2D
  /** d MMD^2 / d theta (N, K), the bandwidth held constant. */
  readonly slope: tf.Tensor2D
  readonly bandwidth: tf.Scalar
}

/**
 * w'Kw for the rows of theta (N, K) of two samples or with weights w: kernels, bandwidth and errors are those of
 * `rbfMmd`. To be called within `tf.tidy`.
 */
export function mmdTensors(
  theta: tf.Tensor2D,
  samples: TwoSamples | Float32Array,
  options: { bandwidth?: number } = {},
): MmdTensors {
  const { rows, weights } = weightedRows(theta.shape[0], samples)
  const bandwidth = checkedBandwidth(options.bandwidth)
  const n = rows.length
  const ids = tf.tensor2d(rows, [n, 1], 'int32')
  const gathered = rowsAt(theta, ids)
  const x = tf.sub<tf.Tensor2D>(gathered, tf.mean(gathered, 0, true))
  const norms = tf.sum<tf.Tensor2D>(tf.square(x), 1, true)
  // The smallest positive bandwidth stands in for zero, where all rows are equal and every kernel is 1.
  const b =
    bandwidth !== undefined
      ? tf.scalar(bandwidth)
      : tf.maximum<tf.Scalar>(tf.mul(tf.sum<tf.Scalar>(norms), 2 / (n - 1)), 1e-30)
  const w = tf.tensor2d(weights, [n, 1])
  const across = tf.transpose(norms)
  const height = Math.max(1, Math.floor(blockEntries / n))
  const parts: [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D][] = []
  for (let from = 0; from < n; from += height) {
    const count = Math.min(height, n - from)
    parts.push(tf.tidy(() => blockOf({ x, w, norms, across, b }, from, count)))
  }
  const [values, totals, slopes] = [0, 1, 2].map((part) =>
    parts.length > 1
      ? tf.concat(
          parts.map((each) => each[part]!),
          0,
        )
      : parts[0]![part]!,
  ) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D]
  return { values, totals, slope: tf.scatterND(ids, slopes, theta.shape) as tf.Tensor2D, bandwidth: b }
}

interface Whole {
  /** Centred rows (n, K). */
  readonly x: tf.Tensor2D
  /** (n, 1) */
  readonly w: tf.Tensor2D
  /** Squared lengths (n, 1), and the same as (1, n). */
  readonly norms: tf.Tensor2D
  readonly across: tf.Tensor2D
  readonly b: tf.Scalar
}

/** Values, totals and slopes of `count` rows. */
function blockOf(
  { x, w, norms, across, b }: Whole,
  from: number,
  count: number,
): [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D] {
  const xi = tf.slice(x, [from, 0], [count, -1])
  const wi: tf.Tensor2D = tf.slice(w, [from, 0], [count, 1])
  const inner = tf.matMul(xi, x, false, true)
  const own: tf.Tensor2D = tf.slice(norms, [from, 0], [count, 1])
  const distances = tf.relu(tf.sub(tf.add(own, across), tf.mul(2, inner)) as tf.Tensor2D)
  const t1 = tf.exp(tf.div(distances, tf.mul(-4, b)))
  const t2 = tf.square(t1)
  const t4 = tf.square(t2)
  const t8 = tf.square(t4)
  const t16 = tf.square(t8)
  const k = tf.addN([t1, t2, t4, t8, t16])
  const q = tf.addN([t1, tf.mul(2, t2), tf.mul(4, t4), tf.mul(8, t8), tf.mul(16, t16)])
  const c = tf.mul(q, tf.matMul(wi, w, false, true))
  const slope = tf.sub<tf.Tensor2D>(tf.mul(tf.sum(c, 1, true), xi), tf.matMul(c as tf.Tensor2D, x))
  const sums: tf.Tensor2D = tf.sum(k, 1, true)
  return [tf.mul(wi, tf.matMul(k as tf.Tensor2D, w)), sums, tf.neg(tf.div(slope, b) as tf.Tensor2D)]
}

function weightedRows(count: number, samples: TwoSamples | Float32Array): { rows: Int32Array; weights: Float32Array } {
  const groups = rowGroups(count, samples)
  const rows = Int32Array.from(groups.flatMap((group) => [...group.rows]))
  const weights = Float32Array.from(
    groups.flatMap(({ rows, weight, relative }) => Array.from(rows, (i) => (relative ? relative[i]! : weight))),
  )
  return { rows, weights }
}
