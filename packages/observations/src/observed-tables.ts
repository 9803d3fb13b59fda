/**
 * @file What someone who never sees an embedding learns of a user all the same: all its scores, or the items at the
 * top.
 */

import { checkOptions, type Matrix } from '@indistinct/core'
import {
  topK,
  type ScoreSource,
  type TrainedRecommender,
  type TrainingData,
  type UserTables,
} from '@indistinct/recommenders'
import { reducedScores, type ReducedScores } from './reduced-scores.ts'
import { surrogateItems, surrogateVectors } from './surrogate-vectors.ts'

export interface ObserveOptions {
  /** Length of the recommended lists (default 10). */
  readonly top?: number
  /** Columns of tables that cannot be exact (default 32). */
  readonly width?: number
  readonly seed: number
}

/** `exact` and `explained` are of tables that are reduced: a surrogate's is not. */
export interface ObservedTable extends Partial<Omit<ReducedScores, 'table'>> {
  readonly table: Matrix
  /** `scores`; for lists of ten `top-10`, and `top-10-surrogate` for vectors that a surrogate rebuilds from them. */
  readonly name: string
  /** What its rows are, for a reader. */
  readonly description: string
}

/**
 * Tables with a row for each user of `model`, made from what it shows and not from what it holds: the scores over all
 * items, and which items are recommended. `tables` replace user tables as in `topK`, `data` is what the model was
 * trained on. No label enters, so that an attack on them is one on any other table.
 */
export function observedTables(
  model: TrainedRecommender,
  tables: Partial<UserTables>,
  data: TrainingData,
  options: ObserveOptions,
): ObservedTable[] {
  checkOptions('observedTables', options, { top: 'number', width: 'number', seed: 'number' })
  const { top = 10, width = 32, seed } = options
  const scores = reducedScores(model.scores(tables), { width, seed })
  const items = topK(model, tables, data, top)
  const lists = reducedScores(listIndicators(items, data.users, data.items), { width, seed })
  const rebuilt = surrogateVectors(items, data.users, surrogateItems(data, { seed }))
  return [
    {
      name: 'scores',
      description: `the user's scores over all ${data.items} items${reductionText(scores)}`,
      ...scores,
    },
    {
      name: `top-${top}`,
      description: `which ${top} of ${data.items} items are recommended, seen ones left out${reductionText(lists)}`,
      ...lists,
    },
    {
      name: `top-${top}-surrogate`,
      description:
        `the user's vector of ${rebuilt.cols} numbers, rebuilt from those ${top} items by a surrogate: iALS, ` +
        'trained on the same interactions',
      table: rebuilt,
    },
  ]
}

/** Rows of ones at the items of each user's list and zeros elsewhere, (users, items); -1 in a list is no item. */
export function listIndicators(lists: Int32Array, users: number, items: number): ScoreSource {
  const k = lists.length / users
  return {
    users,
    items,
    block(from, to) {
      const out: Matrix = { rows: to - from, cols: items, data: new Float32Array((to - from) * items) }
      for (let p = from * k; p < to * k; p++)
        if (lists[p]! >= 0) out.data[(Math.floor(p / k) - from) * items + lists[p]!] = 1
      return out
    },
  }
}

function reductionText({ table, exact, explained }: ReducedScores): string {
  return exact
    ? `, as ${table.cols} numbers with the same distances`
    : `, as ${table.cols} principal components that hold ${(100 * explained).toFixed(0)} % of the variance`
}
