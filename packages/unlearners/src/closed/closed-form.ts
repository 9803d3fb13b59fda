/** @file The common end of all closed forms: maps applied to the users they were fitted to. */

import { type Json, type Labels, type Matrix, type OptionKinds } from '@indistinct/core'
import { fittedUnlearner, presentClasses, type Fitted, type UserMap } from '../fitted/fitted-unlearner.ts'
import { unlearned, type TraceRow } from '../unlearned.ts'

/** What every closed form takes. */
export interface ClosedFormOptions {
  /** Called once, when users have moved. */
  readonly onPass?: (row: TraceRow) => void
}

/** Kinds of what every closed form takes. */
export const closedFormKinds: OptionKinds<ClosedFormOptions> = { onPass: 'function' }

/**
 * Applies `map` to the labelled rows of embedding (N, K). The one row of the trace has Eq. 7 as its loss, the squared
 * distance moved: what a closed form keeps least under its constraint.
 */
export function fittedInClosedForm(
  method: string,
  embedding: Matrix,
  labels: Labels,
  map: UserMap,
  parameters: { readonly [name: string]: Json },
  { onPass }: ClosedFormOptions,
): Fitted {
  const fitted = fittedUnlearner({
    method,
    parameters,
    classes: presentClasses(labels),
    columns: embedding.cols,
    map,
    exact: true,
  })
  const moved = fitted.apply(embedding, labels)
  const row = { pass: 1, loss: squaredDistance(embedding, moved) }
  onPass?.(row)
  const result = unlearned({ embedding: moved, method, parameters, trace: [row], passes: 1 })
  return Object.freeze({ ...fitted, unlearned: result })
}

/** ||a - b||_F^2 in float64. */
export function squaredDistance(a: Matrix, b: Matrix): number {
  let sum = 0
  for (let p = 0; p < a.data.length; p++) sum += (a.data[p]! - b.data[p]!) ** 2
  return sum
}
