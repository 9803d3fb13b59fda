/** @file What a method of the table of unlearners brings: how it unlearns, what it leaves, and words for people. */

import type { Json, Labels, Matrix } from '@indistinct/core'
import type { Fitted } from './fitted/fitted-unlearner.ts'
import { fitByRegression } from './fitted/regression-map.ts'
import type { Unlearned } from './unlearned.ts'

export interface Unlearner<Options> {
  readonly unlearn: (embedding: Matrix, labels: Labels, options?: Options) => Unlearned
  /** The same, and what applies it to other users. */
  readonly fit: (embedding: Matrix, labels: Labels, options?: Options) => Fitted
  /** What `unlearn` uses where an option is left out. */
  readonly defaults: { readonly [option: string]: Json }
  /** One line, for help texts and tables. */
  readonly description: string
}

/** For methods whose fit is the regression of what they did. */
export function stepwise<Options>(unlearn: Unlearner<Options>['unlearn']): Pick<Unlearner<Options>, 'unlearn' | 'fit'> {
  return {
    unlearn,
    fit: (embedding, labels, options) => fitByRegression(embedding, labels, unlearn(embedding, labels, options)),
  }
}
