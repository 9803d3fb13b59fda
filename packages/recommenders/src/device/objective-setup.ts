/** @file What an objective on a device is opened with: no tensors, since declarations of the package reach it. */

import type { Csr } from '@indistinct/core'
import type { NmfShape } from '@indistinct/kernels'

export interface LightGcnSetup {
  /** (U, I) */
  readonly train: Csr
  readonly factors: number
  readonly layers: number
  readonly loss: 'bpr' | 'softmax'
  readonly l2: number
}

export interface NmfSetup {
  readonly shape: NmfShape
  readonly l2: number
  readonly gmfOutput: 'trained' | 'one'
}

/** What an objective runs as there. */
export type ObjectiveSetup =
  | { readonly objective: 'lightgcn'; readonly setup: LightGcnSetup }
  | { readonly objective: 'nmf'; readonly setup: NmfSetup }

/** A module that exports `regulariser(setup)`, a `TensorRegulariser` or a promise of one. */
export interface RegulariserModule {
  readonly module: string
  readonly setup: object
  /** Names that the regulariser knows tables by, by those of the objective; it sees these alone. Default: all. */
  readonly names?: Readonly<Record<string, string>>
}
