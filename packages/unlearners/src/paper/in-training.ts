/** @file The table of methods that act during training, by the names that the command line and the grids use. */

import { adversarialMethod, type AdversarialOptions } from './adversarial.ts'
import type { InTrainingMethod } from './in-training-method.ts'
import { retrainMethod, type RetrainOptions } from './retrain.ts'

export interface InTrainingOptions {
  retrain: RetrainOptions
  adversarial: AdversarialOptions
}

export type InTrainingName = keyof InTrainingOptions

const methods = { retrain: retrainMethod, adversarial: adversarialMethod }

export const inTrainingMethods: { readonly [Name in InTrainingName]: InTrainingMethod<InTrainingOptions[Name]> } =
  methods
