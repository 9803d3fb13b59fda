/** @file What an experiment protocol fixes. */

import type { Choice, Options } from '@indistinct/stages'

export interface ExperimentProtocol {
  readonly name: string
  /** One sentence for the head of a table. */
  readonly title: string
  /** Options by recommender; one that is not named trains as it does by default. */
  readonly recommenders: { readonly [recommender: string]: Options }
  /**
   * Whether recommenders train as tuned for the data set (settings/tuned.json, K = 16) where nothing else is said of
   * them.
   */
  readonly tuned: boolean
  /** Options by method, in the order of tables; one that is not named acts as it does by default. */
  readonly methods: { readonly [method: string]: Options }
  readonly attackers: readonly Choice[]
  readonly attacks: readonly Choice[]
  readonly epochBy: 'validation' | 'test'
  /** The values of alpha in Figure 2. */
  readonly alphas: readonly number[]
}
