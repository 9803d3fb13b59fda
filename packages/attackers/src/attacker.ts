/** @file What an attacker is: something fitted to users with known labels that then scores other users. */

import type { Matrix } from '@indistinct/core'
import type { RowProducts } from './models/row-products.ts'

export interface AttackerOptions {
  /** Number of classes C. */
  readonly classes: number
  /** The same seed fits the same attacker. */
  readonly seed: number
}

export interface Attacker {
  readonly name: string
  /**
   * Whether scores stay the same when each dimension is shifted and scaled, as those of trees do. Such attackers are
   * not run a second time on standardised input.
   */
  readonly scaleFree: boolean
  /** Fits to features x (N, K) and codes 0 .. C - 1 (N), each class occurring. */
  fit(x: Matrix, codes: Int32Array, options: AttackerOptions): Promise<FittedAttacker>
  /**
   * Scores (M, C) of asked rows after a fit to known ones, from inner products alone: of attackers to whom it does not
   * matter how dimensions are turned. Taken where known rows are fewer than dimensions; the same up to rounding.
   */
  readonly ofProducts?: (products: RowProducts, codes: Int32Array, options: AttackerOptions) => Matrix
}

export interface FittedAttacker {
  /** Class probabilities (N, C) of rows x (N, K). */
  scores(x: Matrix): Promise<Matrix>
}
