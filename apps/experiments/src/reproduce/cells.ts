/** @file The columns that every measured figure has: mean, spread, interval, the paper's value, paired tests. */

import { meanEstimate, pairedTest } from '@indistinct/metrics'
import { paperValueOf, type PaperValue, type Stated } from '../paper-values.ts'
import { methodTitle } from './method-titles.ts'
import type { ModelSeries } from './results-file.ts'

export const dash = '–'

/** One measured quantity of every model of a (data set, recommender). */
export interface Measured {
  readonly table: PaperValue['table']
  readonly dataset: string
  readonly recommender: string
  readonly attacker?: string
  readonly measure: string
  readonly digits: number
  /** Which is better, for the choice of the best other method; `half`: the closest to one half. */
  readonly better: 'low' | 'high' | 'half'
  /** Values by repetition, or undefined where a model lacks the quantity. */
  readonly valuesOf: (model: ModelSeries) => readonly number[] | undefined
}

export const measuredColumns = [
  'mean',
  'sd',
  'n',
  '95 % interval',
  'paper',
  'difference',
  'p against original (t / Wilcoxon)',
  'p against best other (t / Wilcoxon)',
] as const

/** Cells of `measuredColumns` for `model` among `models`. */
export function measuredCells(measured: Measured, model: ModelSeries, models: readonly ModelSeries[]): string[] {
  const { digits, dataset, recommender, attacker, measure, table } = measured
  const values = measured.valuesOf(model)
  if (values === undefined || values.length === 0) return measuredColumns.map(() => dash)
  const { n, mean, deviation, lower, upper } = meanEstimate(values)
  const text = (value: number): string => value.toFixed(digits)
  // Student's interval knows no bounds; AUC, NDCG and hit ratios have two, seconds one.
  const top = table === 'table-5' ? Infinity : 1
  const paper = paperValueOf({
    table,
    dataset,
    recommender,
    method: model.method,
    measure,
    ...(attacker !== undefined && { attacker }),
  })
  const original = models.find(({ method }) => method === 'original')
  const best = bestOther(measured, model, models)
  return [
    text(mean),
    deviation === undefined ? dash : text(deviation),
    String(n),
    lower === undefined || upper === undefined ? dash : `[${text(Math.max(0, lower))}, ${text(Math.min(top, upper))}]`,
    dataset === 'lfm-2b-synthetic' ? 'data withdrawn' : paper ? statedText(paper.stated, digits) : dash,
    paper ? differenceText(paper.stated, mean, digits) : dash,
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
  const own = new Map(model.seeds.map((seed, at) => [seed, valuesOf(model)?.[at]]))
  const pairs = other.seeds.flatMap((seed, at) => {
    const pair = [own.get(seed), valuesOf(other)?.[at]] as const
    return pair[0] === undefined || pair[1] === undefined ? [] : [pair as readonly [number, number]]
  })
  const tested = pairedTest(
    pairs.map(([a]) => a),
    pairs.map(([, b]) => b),
  )
  return tested === undefined ? dash : `${pText(tested.t)} / ${pText(tested.wilcoxon)}`
}

function pText(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3)
}

export function statedText(stated: Stated, digits: number): string {
  switch (stated.kind) {
    case 'value':
      return stated.value.toFixed(digits)
    case 'range':
      return `${stated.from}–${stated.to}`
    case 'above':
      return `> ${stated.bound}`
    case 'chance':
      return 'at chance'
    default:
      throw new RangeError(`statedText: expected a known kind, got ${JSON.stringify(stated satisfies never)}`)
  }
}

/** Ours less the paper's; from the nearer end of a range or the bound, 0 inside. */
function differenceText(stated: Stated, mean: number, digits: number): string {
  const difference =
    stated.kind === 'value'
      ? mean - stated.value
      : stated.kind === 'range'
        ? mean < stated.from
          ? mean - stated.from
          : Math.max(0, mean - stated.to)
        : stated.kind === 'above'
          ? Math.min(0, mean - stated.bound)
          : mean - 0.5
  return `${difference > 0 ? '+' : ''}${difference.toFixed(digits)}`
}
