/** @file What a regressor is: an attacker of a number, such as an age, where `Attacker` is one of labels. */

import type { Matrix } from '@indistinct/core'

export interface Regressor {
  readonly name: string
  /** Whether predictions stay the same when each dimension is shifted and scaled: see `Attacker`. */
  readonly scaleFree: boolean
  /**
   * Fits to features x (N, K) and the values of its rows. Several sets of values (B of N each) are fitted apart from
   * one another: a permutation test asks for hundreds over the same rows, and what depends on the rows alone is done
   * once.
   */
  fit(x: Matrix, values: readonly Float64Array[], options: { readonly seed: number }): Promise<FittedRegressor>
}

export interface FittedRegressor {
  /** Predicted values of rows x (M, K), for each set that was fitted (B of M). */
  predict(x: Matrix): Promise<Float64Array[]>
}
