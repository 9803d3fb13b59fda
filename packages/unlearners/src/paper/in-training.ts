/** @file The table of methods that act during training, by the names that the command line and the grids use. */

import type { Json, Labels } from '@indistinct/core'
import { adversarialDefaults, adversaryRegulariser, type AdversarialOptions } from './adversarial.ts'
import type { Regulariser } from './regulariser.ts'
import { d2dRegulariser, retrainDefaults, type RetrainOptions } from './retrain.ts'

/**
 * A method that hands a recommender's training a regulariser; `labels` has a code for every user of the recommender.
 */
export interface InTrainingMethod<Options> {
  readonly regulariser: (labels: Labels, options?: Options) => Regulariser
  /** What `regulariser` uses where an option is left out. */
  readonly defaults: { readonly [option: string]: Json }
  /** One line, for help texts and tables. */
  readonly description: string
}

export interface InTrainingOptions {
  retrain: RetrainOptions
  adversarial: AdversarialOptions
}

export type InTrainingName = keyof InTrainingOptions

export const inTrainingMethods: { readonly [Name in InTrainingName]: InTrainingMethod<InTrainingOptions[Name]> } = {
  retrain: {
    regulariser: d2dRegulariser,
    defaults: retrainDefaults,
    description: "the paper's Retrain: MMD^2 between classes added to the recommendation loss, trained from scratch",
  },
  adversarial: {
    regulariser: adversaryRegulariser,
    defaults: adversarialDefaults,
    description: "the paper's Adv-InT: an adversary on every user table during training, its gradient reversed",
  },
}
