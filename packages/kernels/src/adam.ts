/** @file Adam's update, one pass over parameters and moments. */

import { checkOptions } from '@indistinct/core'
import { openFrame } from './memory.ts'
import { runKernel } from './runtime.ts'

export interface AdamOptions {
  lr: number
  /** Default 0.9. */
  beta1?: number
  /** Default 0.999. */
  beta2?: number
  /** Default 1e-8. */
  epsilon?: number
  /** The number of this step, from 1. */
  step: number
  /** L2 coefficient: weightDecay * parameters is added to the gradient. Default 0. */
  weightDecay?: number
}

const valuesPerTask = 16_384
const serialBelow = 65_536

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1) in place on flat arrays of one length: `parameters`, and the
 * moments `m` and `v`, zero before the first step. Moments below 1e-30 in size become zero.
 * @throws RangeError when lengths differ or `step` is not a positive integer.
 */
export function adamStep(
  parameters: Float32Array,
  gradient: Float32Array,
  m: Float32Array,
  v: Float32Array,
  options: AdamOptions,
): void {
  checkOptions('adamStep', options, {
    lr: 'number',
    beta1: 'number',
    beta2: 'number',
    epsilon: 'number',
    step: 'number',
    weightDecay: 'number',
  })
  const { lr, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, step, weightDecay = 0 } = options
  const length = parameters.length
  if (gradient.length !== length || m.length !== length || v.length !== length) {
    throw new RangeError(
      `adamStep: expected four arrays of ${length}, got gradient ${gradient.length}, m ${m.length}, v ${v.length}`,
    )
  }
  if (!Number.isFinite(lr)) throw new RangeError(`adamStep: expected a finite lr, got ${lr}`)
  if (!Number.isInteger(step) || step < 1) throw new RangeError(`adamStep: expected a step from 1, got ${step}`)
  const frame = openFrame()
  const args = [
    frame.output(parameters, true),
    frame.input(gradient),
    frame.output(m, true),
    frame.output(v, true),
    length,
    lr / (1 - beta1 ** step),
    1 / Math.sqrt(1 - beta2 ** step),
    beta1,
    1 - beta1,
    beta2,
    1 - beta2,
    epsilon,
    weightDecay,
    valuesPerTask,
  ]
  runKernel('adam', Math.ceil(length / valuesPerTask), args, length < serialBelow)
  frame.close()
}
