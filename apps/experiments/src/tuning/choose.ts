/** @file What is measured of a training under one set of options, and which of them are chosen: by validation alone. */

import type { Interval } from '../frontier/measure.ts'
import type { Options } from '@indistinct/stages'

/** One point of the grid, trained and evaluated. */
export interface MeasuredPoint {
  readonly dataset: string
  readonly recommender: string
  /** Dimensions K of each user table. */
  readonly factors: number
  /** What was asked for; other options are the recommender's defaults. */
  readonly options: Options
  /** NDCG@10 on the validation items, the best of all looks at them, by which training stopped too. */
  readonly validation: number
  readonly bestEpoch: number
  readonly epochs: number
  /** NDCG@10 on the test items, of all users: printed, and used for nothing. */
  readonly test: Interval
  /** The same with user tables smoothed, and its change; measured of defaults and of what was chosen. */
  readonly smoothed?: { readonly ndcg: number; readonly change: Interval }
}

/** It is tuned by the same rule, and is a default of nothing. */
export const yardstick = 'ials'

/** Points of the same data set, recommender and K compete. */
export function nameOf({
  dataset,
  recommender,
  factors,
}: Pick<MeasuredPoint, 'dataset' | 'recommender' | 'factors'>): string {
  return `${dataset}/${recommender}/${factors}`
}

/** Of each data set, recommender and K the point with the best validation NDCG@10, the first among equals. */
export function chosenPoints(points: readonly MeasuredPoint[]): MeasuredPoint[] {
  const best = new Map<string, MeasuredPoint>()
  for (const point of points) {
    const known = best.get(nameOf(point))
    if (known === undefined || point.validation > known.validation) best.set(nameOf(point), point)
  }
  return [...best.values()]
}

/** Whether `options` say no more than the dimensions. */
export function isDefault(options: Options): boolean {
  const { gmf, hidden } = options as { gmf?: number; hidden?: readonly number[] }
  const own = Object.keys(options).filter((name) => !['factors', 'gmf', 'mlp', 'hidden'].includes(name))
  return own.length === 0 && (hidden === undefined || hidden.join() === [2 * gmf!, gmf, gmf! / 2].join())
}

/** Dimensions K of each user table under the options of a point, which names them. */
export function factorsOf(recommender: string, options: Options): number {
  const factors = options[recommender === 'nmf' ? 'gmf' : 'factors']
  if (typeof factors !== 'number')
    throw new RangeError(
      `tuning: expected the number of dimensions in the options of ${recommender}, got ${JSON.stringify(options)}`,
    )
  return factors
}
