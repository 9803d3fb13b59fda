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

/** `onKernels` with its part for devices, the program at `module`, which is opened with `setup`. */
export function withDevice(onKernels: Regulariser, module: URL, setup: object): Regulariser {
  return Object.assign(onKernels, { device: { module: module.href, setup } })
}
