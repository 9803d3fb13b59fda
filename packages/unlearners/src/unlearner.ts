/** @file What a method of the table of unlearners brings: how it unlearns, what it leaves, and words for people. */

import type { Json, Labels, Matrix } from '@indistinct/core'
import type { Fitted } from './fitted/fitted-unlearner.ts'
import { fitByRegression } from './fitted/regression-map.ts'
import type { TablesTask } from './tables-task.ts'
import type { Unlearned } from './unlearned.ts'

export interface Unlearner<Options> {
  readonly unlearn: (embedding: Matrix, labels: Labels, options?: Options) => Unlearned
  /** The same, and what applies it to other users. */
  readonly fit: (embedding: Matrix, labels: Labels, options?: Options) => Fitted
  /**
   * For methods that treat the tables of a model, or of a release, as one where nothing else is said: what becomes of
   * several, by name.
   */
  readonly together?: (task: TablesTask<Options>) => Record<string, Unlearned>
  /** For methods that always do, and know of derived tables themselves: what becomes of one or several. */
  readonly ofTables?: (task: TablesTask<Options>, derived: readonly string[]) => Record<string, Unlearned>
  /** For methods that move users without a label as everyone, by one rule. */
  readonly mapsEveryone?: true
  /** What `unlearn` uses where an option is left out. */
  readonly defaults: { readonly [option: string]: Json }
  /** Names of options beside these that a grid may give. None when absent. */
  readonly moreOptions?: readonly (keyof Options & string)[]
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
