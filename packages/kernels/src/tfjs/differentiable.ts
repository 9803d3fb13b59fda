/** @file One-input operations with a gradient of their own. */

import * as tf from '@tensorflow/tfjs-core'

interface Forward<T> {
  readonly value: T
  /** Kept until the gradient is taken. */
  readonly saved?: tf.Tensor[]
  /** d loss / d x from dy = d loss / d value. */
  readonly gradient: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor
}

/** Applies `forward` to x, and its `gradient` where tfjs differentiates through it. */
export function differentiable<T extends tf.Tensor>(x: tf.Tensor, forward: (x: tf.Tensor) => Forward<T>): T {
  const op = tf.customGrad<T>((...inputs) => {
    const [input, save] = inputs as [tf.Tensor, tf.GradSaveFunc]
    const { value, saved, gradient } = forward(input)
    if (saved) save(saved)
    return { value, gradFunc: (dy: T, kept: tf.Tensor[]) => gradient(dy, kept) }
  })
  return op(x)
}
