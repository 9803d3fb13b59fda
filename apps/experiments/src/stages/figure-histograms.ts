/**
 * @file Figure 4: every dimension of a user table by class, before and after one method, the larger classes drawn down.
 */

import { balancedHistograms, dimensionHistograms, type PaperFigure } from '@indistinct/report'
import type { Choice } from '@indistinct/stages'
import { readMatrixOf, readMatricesOf } from '../store/artifact-folder.ts'
import { headlineTable } from '../store/headline-table.ts'
import { readLabels } from '../store/prepared-data.ts'

interface Shown {
  readonly dataset: string
  readonly recommender: string
  readonly attribute: string
  readonly seed: number
  readonly method: Choice
  /** Artifact folders. */
  readonly prepared: string
  readonly original: string
  readonly after: string
}

/** Draws the paper's table, over as many users of each class as the smallest has. */
export function histogramFigure({
  dataset,
  recommender,
  attribute,
  seed,
  method,
  prepared,
  original,
  after,
}: Shown): PaperFigure {
  const table = headlineTable(recommender, Object.keys(readMatricesOf(original, 'tables')))
  const histograms = balancedHistograms(
    readMatrixOf(original, `tables/${table}`),
    readMatrixOf(after, `tables/${table}`),
    readLabels(prepared, attribute),
    { seed },
  )
  return dimensionHistograms(histograms, {
    title: `Dimensions of ${table} of ${recommender} on ${dataset} by ${attribute}, before and after ${method.name}`,
  })
}
