/** @file What a method that acts during training adds on a device. */

import type { tf } from '@indistinct/kernels/tfjs'

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
