/** @file A loss with its gradient on tensors, which stay on the device between steps. */

import type { tf } from '@indistinct/kernels/tfjs'
import type { Examples } from './examples.ts'

/** Tables by name, each (users, K of that table). */
export type TensorTables = Readonly<Record<string, tf.Tensor2D>>

/** What a regulariser adds to gradients: by table name, of its table's shape. */
export interface TensorRegulariser {
  (tables: TensorTables, at: { readonly epoch: number; readonly step: number }): Partial<TensorTables>
  /** Gives back what is held from step to step. */
  dispose?(): void
}

export interface StepTensors {
  /** Mean loss of the batch, without regularisation. */
  readonly loss: tf.Scalar
  /** By the parameters, in their order. */
  readonly gradients: readonly tf.Tensor2D[]
}

/** The counterpart of `Objective`: its step is called within `tf.tidy`, so that tensors in between are given back. */
export interface TensorObjective {
  /** Where the parameters lie in the flat ones: one after the other. */
  readonly shapes: readonly (readonly [rows: number, cols: number])[]
  step(
    parameters: readonly tf.Tensor2D[],
    batch: Examples,
    regularise: ((tables: TensorTables) => Partial<TensorTables>) | undefined,
  ): StepTensors
  dispose(): void
}

/** A loss on the propagated table (N, K), users, then items; see `GraphLoss`. */
export type GraphLossTensors = (
  table: tf.Tensor2D,
  batch: Examples,
) => {
  readonly loss: tf.Scalar
  /** By all rows (N, K). */
  readonly gradient: tf.Tensor2D
  /** How often the batch uses each row (N). */
  readonly uses: Float32Array
  readonly interactions: number
}
