/** @file Maps for everybody and the table that they make, as `fit` gives them: to be kept, and for users who come. */

import type { Json, Labels, Matrix } from '@indistinct/core'
import { fittedUnlearner, presentClasses, type Fitted } from '../fitted/fitted-unlearner.ts'
import { unlearned, type TraceRow } from '../unlearned.ts'
import type { BlindMap } from './blind-map.ts'

/** @param moved the embedding (N, K) that `maps` make */
export function fittedBlind(
  moved: Matrix,
  labels: Labels,
  maps: readonly BlindMap[],
  parameters: { readonly [name: string]: Json },
  trace: readonly TraceRow[],
): Fitted {
  const fitted = fittedUnlearner({
    method: 'blind',
    parameters,
    classes: presentClasses(labels),
    columns: moved.cols,
    map: { kind: 'blind', maps },
    exact: true,
  })
  const passes = Math.max(1, trace.length)
  return Object.freeze({
    ...fitted,
    unlearned: unlearned({ embedding: moved, method: 'blind', parameters, trace, passes }),
  })
}
