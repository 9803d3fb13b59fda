/** @file What a method that acts during training hands to a recommender's trainer. */

import type { Matrix } from '@indistinct/core'

/**
 * Gradients by table name, with respect to the mean loss of a batch. This is the hook of @indistinct/recommenders,
 * restated: code that acts after training must not depend on how recommenders train, nor be rerun when they change.
 */
export interface Regulariser {
  (
    userTables: Readonly<Record<string, Matrix>>,
    at: { readonly epoch: number; readonly step: number },
  ): Partial<Readonly<Record<string, Matrix>>>
  /** The same on a device: a module that exports `regulariser(setup)`, for recommenders that train there. */
  readonly device?: { readonly module: string; readonly setup: object }
}

/** `onKernels` with its part for devices, which `setup` (an `InTrainingSetup`) tells what to do. */
export function withDevice(onKernels: Regulariser, setup: object): Regulariser {
  const module = new URL('../device/in-training-program.js', import.meta.url).href
  return Object.assign(onKernels, { device: { module, setup } })
}
