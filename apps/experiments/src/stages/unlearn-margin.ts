/** @file The regulariser of the authors' code in the unlearn stage: the order of each user's best 20 items, by a margin. */

import { matrix, usageError, type Json, type Labels, type Matrix } from '@indistinct/core'
import { scoreTopK } from '@indistinct/kernels'
import { margin, type Loss } from '@indistinct/losses'
import { readMatricesOf } from '../store/artifact-folder.ts'
import { readSplit } from '../store/prepared-data.ts'

const places = 20

interface Scored {
  /** The option's value as the grid gives it. */
  readonly kind: Json
  readonly table: string
  /** Users as trained (N, K). */
  readonly users: Matrix
  readonly labels: Labels
  /** Artifact folders. */
  readonly trained: string
  readonly prepared: string
}

/**
 * `margin` over each labelled user's best 20 items that are not in its training ratings, by the inner product of `users`
 * with the items of the same table. Users without a label have an empty list, and so do not move.
 *
 * Deviation: of NeuMF the GMF part's scores are kept, items weighted as its output layer weighs them; what the
 * perceptron adds to a score does not depend on this table.
 * @throws IndistinctError 'usage' for another regulariser, or a table that is not scored by inner product with stored items.
 */
export function marginRegulariser({ kind, table, users, labels, trained, prepared }: Scored): { name: 'margin'; loss: (theta: Matrix) => Loss } {
  if (kind !== 'margin') throw usageError(`expected regulariser "margin", got ${JSON.stringify(kind)}`)
  const items = itemsOf(table, readMatricesOf(trained, 'parameters'))
  const lists = scoreTopK(users, items, readSplit(prepared).train, places)
  labels.codes.forEach((code, user) => {
    if (code === -1) lists.fill(-1, user * places, (user + 1) * places)
  })
  return { name: 'margin', loss: (theta) => margin(theta, items, lists) }
}

function itemsOf(table: string, parameters: Record<string, Matrix>): Matrix {
  const { 'item-layer-0': layer0, 'item-gmf': gmf, 'output-weights': weights } = parameters
  if (table === 'layer-0' && layer0) return layer0
  if (table === 'gmf' && gmf && weights) return matrix(gmf.rows, gmf.cols, gmf.data.map((value, p) => value * weights.data[p % gmf.cols]!))
  throw usageError(`regulariser "margin": expected a table that scores by inner product with stored items (gmf, layer-0), got ${table}; name the tables with the option tables`)
}
