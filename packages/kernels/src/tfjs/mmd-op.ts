/** @file The MMD between two samples as a differentiable operation, in O(NK) memory on every backend. */

import * as tf from '@tensorflow/tfjs-core'
import { matrix } from '@indistinct/core'
import { rbfMmd } from '../rbf-mmd.ts'
import type { TwoSamples } from '../row-groups.ts'
import { differentiable } from './differentiable.ts'
import { mmdTensors } from './mmd-tensors.ts'

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
  return tf.tidy((): Result => {
    const { values, slope } = mmdTensors(theta as tf.Tensor2D, samples, options)
    return [tf.sum<tf.Scalar>(values), slope]
  })
}
