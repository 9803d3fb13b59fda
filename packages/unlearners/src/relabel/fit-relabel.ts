/**
 * @file A relabelling together with its draw, by which the points of a later release are dealt as those of the first
 * were.
 */

import type { Labels, Matrix } from '@indistinct/core'
import { fittedUnlearner, presentClasses, type Fitted } from '../fitted/fitted-unlearner.ts'
import { flowMethod } from '../flow/calibrated-flow.ts'
import type { TablesTask } from '../tables-task.ts'
import { unlearnTablesBy } from '../unlearn-tables-by.ts'
import type { Unlearned } from '../unlearned.ts'
import { flowOfOne, relabel, relabelDefaults, relabelTables, type PointsOf, type RelabelOptions } from './relabel.ts'
import type { Unlearner } from '../unlearner.ts'

/**
 * `relabel`, and the draw that it made. `apply` deals other points of the same rows by that draw. To who sees both
 * releases they are one of two tables side by side, which is exact like one; a second draw would not be.
 */
export function fitRelabel(embedding: Matrix, labels: Labels, options: RelabelOptions = {}): Fitted {
  const { results, pointOf } = relabelTables({ table: embedding }, labels, flowOfOne, options)
  const result = results['table']!
  const { method, parameters } = result
  const map = { kind: 'dealt', pointOf } as const
  const fitted = fittedUnlearner({
    method,
    parameters,
    classes: presentClasses(labels),
    columns: embedding.cols,
    map,
    exact: false,
  })
  return Object.freeze({ ...fitted, unlearned: result })
}

/** Points of the tables of a model are made by the flow of all of them, derived tables apart. */
function relabelledTables(
  { tables, labels, options }: TablesTask<RelabelOptions>,
  derived: readonly string[],
): Record<string, Unlearned> {
  const flow: PointsOf = (users, shuffled, onPass) => {
    const walked = unlearnTablesBy(
      { name: 'flow', ...flowMethod },
      users,
      shuffled,
      { engine: 'kernels', ...(onPass && { onPass }) },
      { derived },
    )
    return Object.fromEntries(Object.entries(walked).map(([name, { embedding }]) => [name, embedding]))
  }
  return { ...relabelTables(tables, labels, flow, { ...options, unscored: derived }).results }
}

/** The method, as `relabel` in the table of unlearners. */
export const relabelMethod: Unlearner<RelabelOptions> = {
  unlearn: relabel,
  fit: fitRelabel,
  ofTables: relabelledTables,
  defaults: { ...relabelDefaults },
  description: 'points labelled anew by a secret draw: hides exactly from who holds the table',
}
