/** @file A recommender's description in the train stage's artifact. */

import type { Json } from '@indistinct/core'

/** model.json; user tables and parameters lie beside it as matrices. */
export interface StoredModel {
  readonly name: string
  /** Every option of training, defaults filled in. */
  readonly options: { readonly [name: string]: Json }
  readonly userTables: readonly string[]
  /** Those of them that no score depends on. */
  readonly unscoredTables: readonly string[]
  /** What trained it, where that was not the kernels. */
  readonly engine?: { readonly name: string; readonly backend: string }
}
