/** @file Retrain and Adv-InT on the device: what they add to the gradients of a recommender that trains there. */

import type { Labels } from '@indistinct/core'
import type { AdversarialOptions } from '../paper/adversarial.ts'
import type { RetrainOptions } from '../paper/retrain.ts'
import { adversaryTensors } from './adversary-tensors.ts'
import { retrainTensors } from './retrain-tensors.ts'
import type { TensorRegulariser } from './tensor-regulariser.ts'

/** Options as their methods check them. */
export type InTrainingSetup =
  | { readonly method: 'retrain'; readonly labels: Labels; readonly options: RetrainOptions }
  | { readonly method: 'adversarial'; readonly labels: Labels; readonly options: AdversarialOptions }

export function regulariser(setup: InTrainingSetup): TensorRegulariser {
  return setup.method === 'retrain'
    ? retrainTensors(setup.labels, setup.options)
    : adversaryTensors(setup.labels, setup.options)
}
