/** @file What a method that acts during training brings: its regulariser, and words for people. */

import type { Json, Labels } from '@indistinct/core'
import type { Regulariser } from './regulariser.ts'

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
