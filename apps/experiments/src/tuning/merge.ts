/** @file Results of a run among those of earlier ones. */

import { canonicalJson, type Json } from '@indistinct/core'
import type { MeasuredPoint } from './choose.ts'
import { tunedDatasets } from './grids.ts'
import type { TuningResults } from './page.ts'

/** `points`, those with a twin among `smoothed` with what was measured of it. */
export function withSmoothed(points: readonly MeasuredPoint[], smoothed: readonly MeasuredPoint[]): MeasuredPoint[] {
  const key = ({ dataset, recommender, options }: MeasuredPoint): string =>
    canonicalJson([dataset, recommender, options] as Json)
  const known = new Map(smoothed.map((point) => [key(point), point]))
  return points.map((point) => known.get(key(point)) ?? point)
}

/** `known` with the rows of data sets that `own` has points of replaced, in the order of the grid. */
export function merged(known: TuningResults, own: Omit<TuningResults, 'schema'>): TuningResults {
  const made = new Set(own.points.map(({ dataset }) => dataset))
  const together = <T extends { readonly dataset: string }>(before: readonly T[], after: readonly T[]): T[] => {
    const rows = [...before.filter(({ dataset }) => !made.has(dataset)), ...after]
    const order = new Set([...tunedDatasets, ...rows.map(({ dataset }) => dataset)])
    return [...order].flatMap((name) => rows.filter(({ dataset }) => dataset === name))
  }
  return {
    schema: known.schema,
    points: together(known.points, own.points),
    yardsticks: together(known.yardsticks, own.yardsticks),
    flows: together(known.flows, own.flows),
  }
}
