/** @file What is trained: a loss with its gradient, what is added to it, and what came of training it. */

import type { Examples } from './device/examples.ts'
import type { ObjectiveSetup, RegulariserModule } from './device/objective-setup.ts'
import type { UserTables } from './user-tables.ts'

/**
 * An addition to the loss that knows user tables only: gradients by table name, each of its table's shape, with respect
 * to the loss as a mean over the batch. Tables are views of the present state and must not be written to or kept.
 */
export interface Regulariser {
  (userTables: UserTables, at: { readonly epoch: number; readonly step: number }): Partial<UserTables>
  /** The same on a device, for engine `tfjs`. */
  readonly device?: RegulariserModule
}

export interface History {
  readonly epochs: readonly { readonly epoch: number; readonly loss: number; readonly ndcg?: number }[]
  /** The epoch whose parameters were kept: the last one where there are no validation items. */
  readonly bestEpoch: number
  readonly bestNdcg?: number
  /** What trained it, where that was not the kernels. */
  readonly engine?: { readonly name: string; readonly backend: string }
}

/** An objective's counterpart on a device. */
export interface DeviceObjective {
  readonly setup: ObjectiveSetup
  /** What the epoch that was started passes over, in its order. */
  examples(): Examples
}

/** A loss over training interactions with its gradient, on flat parameters in kernel memory. */
export interface Objective {
  /** What an epoch passes over: training interactions, or users with all of theirs. */
  readonly examples: number
  /** The least that a batch below 1 stands for. */
  readonly smallestBatch: number
  readonly parameters: Float32Array
  /** Written by `step`; of the length of `parameters`. */
  readonly gradient: Float32Array
  /** Shuffles, and draws what the epoch needs. */
  startEpoch(epoch: number): void
  /**
   * Mean loss of interactions first .. last - 1 of the epoch, and its gradient. `regularise` is called once with the
   * user tables of this step, before the gradient goes back from them to the parameters.
   */
  step(first: number, last: number, regularise: ((userTables: UserTables) => Partial<UserTables>) | undefined): number
  /** NDCG@10 of the present parameters on the validation items, if there are any. */
  validate(): number | undefined
  /** The same on a device, for engine `tfjs`; without it the kernels alone train. */
  readonly device?: DeviceObjective
}
