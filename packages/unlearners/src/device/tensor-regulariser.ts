/** @file What a method that acts during training adds on a device. */

import type { Labels } from '@indistinct/core'
import type { tf } from '@indistinct/kernels/tfjs'

/** Options as the method checks them. */
export interface InTrainingSetup<Options> {
  readonly labels: Labels
  readonly options: Options
}

type Tables = Readonly<Record<string, tf.Tensor2D>>

/** `Regulariser` on tensors, called within `tf.tidy`. */
export interface TensorRegulariser {
  (tables: Tables, at: { readonly epoch: number; readonly step: number }): Partial<Tables>
  /** Gives back what is held from step to step. */
  dispose?(): void
}

export function rowsOf({ shape }: tf.Tensor2D): number {
  return shape[0]
}
