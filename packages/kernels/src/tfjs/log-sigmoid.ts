/** @file The logarithm of the sigmoid, whose gradient tfjs cannot compute. */

import * as tf from '@tensorflow/tfjs-core'

/** log(1 / (1 + exp(-x))), element by element, without overflow. */
export function logSigmoid<T extends tf.Tensor>(x: T): T {
  return tf.neg(tf.softplus(tf.neg(x)))
}
