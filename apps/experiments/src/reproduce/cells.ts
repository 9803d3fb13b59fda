/** @file The columns that every measured figure has: mean, spread, interval, the paper's value, paired tests. */

import { meanEstimate, pairedTest } from '@indistinct/metrics'
import { beside, type Beside, type Measured } from './beside.ts'
import { methodTitle } from './method-titles.ts'
import type { ModelSeries } from './results-file.ts'

export const dash = '–'

/** Columns of a figure beside the paper's. */
export const besideColumns = ['mean', 'sd', 'n', '95 % interval', 'paper', 'difference', 'paper in interval'] as const

export const measuredColumns = [
  ...besideColumns,
  'p against original (t / Wilcoxon)',
  'p against best other (t / Wilcoxon)',
] as const

/** Cells of `besideColumns`. */
export function besideCells({ digits, table }: Pick<Measured, 'digits' | 'table'>, cell: Beside | undefined): string[] {
  if (cell === undefined) return besideColumns.map(() => dash)
  const { ours, n, deviation, lower, upper, paper, difference } = cell
  const text = (value: number): string => value.toFixed(digits)
  // Student's interval knows no bounds; AUC, NDCG and hit ratios have two, seconds one.
  const top = table === 'table-5' ? Infinity : 1
  return [
    text(ours),
    deviation === undefined ? dash : text(deviation),
    n === undefined ? dash : String(n),
    lower === undefined || upper === undefined ? dash : `[${text(Math.max(0, lower))}, ${text(Math.min(top, upper))}]`,
    paper?.printed ?? dash,
    difference === undefined ? dash : signed(difference, digits),
    insideText(cell),
  ]
}

function insideText({ paper, inInterval }: Beside): string {
  if (paper?.otherDataset !== undefined) return 'other data'
  return inInterval === undefined ? dash : inInterval ? 'yes' : 'no'
}

export function signed(value: number, digits: number): string {
  const text = value.toFixed(digits)
  return Number(text) > 0 ? `+${text}` : Number(text) === 0 ? (0).toFixed(digits) : text
}

/** Cells of `measuredColumns` for `model` among `models`. */
export function measuredCells(measured: Measured, model: ModelSeries, models: readonly ModelSeries[]): string[] {
  const cell = beside(measured, model)
  if (cell === undefined) return measuredColumns.map(() => dash)
  const original = models.find(({ method }) => method === 'original')
  const best = bestOther(measured, model, models)
  return [
    ...besideCells(measured, cell),
    original && model !== original ? pairedText(measured, model, original) : dash,
    best && model.method !== 'original' ? `${pairedText(measured, model, best)} (${methodTitle(best.method)})` : dash,
  ]
}

/** The method other than `model` and the original whose mean is best. */
function bestOther(
  { valuesOf, better }: Measured,
  model: ModelSeries,
  models: readonly ModelSeries[],
): ModelSeries | undefined {
  const others = models.flatMap((other) => {
    const values = valuesOf(other)
    return other === model || other.method === 'original' || values === undefined || values.length === 0
      ? []
      : [{ other, mean: meanEstimate(values).mean }]
  })
  const cost = (mean: number): number => (better === 'low' ? mean : better === 'high' ? -mean : Math.abs(mean - 0.5))
  return others.sort((a, b) => cost(a.mean) - cost(b.mean))[0]?.other
}

/** p of both tests over the repetitions that both have. */
function pairedText({ valuesOf }: Measured, model: ModelSeries, other: ModelSeries): string {
  const pairs = seedPairs(model, valuesOf(model), other, valuesOf(other))
  const tested = pairedTest(
    pairs.map(([a]) => a),
    pairs.map(([, b]) => b),
  )
  return tested === undefined ? dash : `${pText(tested.t)} / ${pText(tested.wilcoxon)}`
}

/** Values of the repetitions that both have, by seed. */
export function seedPairs(
  model: ModelSeries,
  values: readonly number[] | undefined,
  other: ModelSeries,
  others: readonly number[] | undefined,
): (readonly [number, number])[] {
  const own = new Map(model.seeds.map((seed, at) => [seed, values?.[at]]))
  return other.seeds.flatMap((seed, at) => {
    const pair = [own.get(seed), others?.[at]] as const
    return pair[0] === undefined || pair[1] === undefined ? [] : [pair as readonly [number, number]]
  })
}

function pText(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3)
}
