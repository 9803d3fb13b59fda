/** @file What a method that acts during training hands to a recommender's trainer. */

import type { Matrix } from '@indistinct/core'

/**
 * Gradients by table name, with respect to the mean loss of a batch. This is the hook of @indistinct/recommenders,
 * restated: code that acts after training must not depend on how recommenders train, nor be rerun when they change.
 */
export type Regulariser = (
  userTables: Readonly<Record<string, Matrix>>,
  at: { readonly epoch: number; readonly step: number },
) => Partial<Readonly<Record<string, Matrix>>>
