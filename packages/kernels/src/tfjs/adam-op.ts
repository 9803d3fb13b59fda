/** @file Adam on tensors that stay on the device. */

import * as tf from '@tensorflow/tfjs-core'
import type { AdamOptions } from '../adam.ts'

/** Parameters with their moments. */
export interface AdamTensors {
  readonly parameters: readonly tf.Variable[]
  /** One step down `gradients`, of the shapes of the parameters; the caller keeps them. */
  step(gradients: readonly tf.Tensor[], options: AdamOptions): void
  dispose(): void
}

/**
 * Adam as `adamStep` has it (Kingma and Ba 2015, algorithm 1), on copies of `start`, which is disposed of. Moments are
 * not cut off below 1e-30.
 */
export function adamTensors(start: readonly tf.Tensor[]): AdamTensors {
  const variables = (values: readonly tf.Tensor[]): tf.Variable[] =>
    values.map((value) => {
      const variable = tf.variable(value)
      value.dispose()
      return variable
    })
  const zeros = (): tf.Tensor[] => parameters.map((each) => tf.zeros(each.shape))
  const parameters = variables(start)
  const [m, v] = [variables(zeros()), variables(zeros())]
  return {
    parameters,
    step(gradients, { lr, step, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }) {
      const rate = lr / (1 - beta1 ** step)
      const rootScale = 1 / Math.sqrt(1 - beta2 ** step)
      tf.tidy(() => {
        parameters.forEach((parameter, at) => {
          const given = gradients[at]!
          const gradient = weightDecay === 0 ? given : tf.add(given, tf.mul(weightDecay, parameter))
          m[at]!.assign(tf.add(tf.mul(beta1, m[at]!), tf.mul(1 - beta1, gradient)))
          v[at]!.assign(tf.add(tf.mul(beta2, v[at]!), tf.mul(1 - beta2, tf.square(gradient))))
          const root = tf.add(tf.mul(tf.sqrt(v[at]!), rootScale), epsilon)
          parameter.assign(tf.sub(parameter, tf.div(tf.mul(rate, m[at]!), root)))
        })
      })
    },
    dispose: () => tf.dispose([...parameters, ...m, ...v]),
  }
}
