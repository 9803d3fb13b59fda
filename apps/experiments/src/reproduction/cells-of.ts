/** @file What the claims are judged by: means and repetitions of the MovieLens models, beside the paper's cells. */

import { changeOfMeans, meanOf, movieLens } from '../paper/averages.ts'
import { paperCell } from '../paper/paper-tables.ts'
import { seedPairs } from '../reproduce/cells.ts'
import { groupsOf, inDataOrder, type Group } from '../reproduce/groups.ts'
import type { ModelSeries, ResultsFile } from '../reproduce/results-file.ts'
import { anyHit, headlineFigure, utilityFigure } from '../reproduce/series.ts'

export const attackers = ['mlp', 'xgb'] as const
export type Attacker = (typeof attackers)[number]

/** The paper's methods that hide something. */
export const hiding = ['u2u-r', 'd2d-r', 'retrain', 'adversarial'] as const

/** The data sets that the paper and we have in common, with each recommender. */
export function comparable(files: readonly ResultsFile[]): Group[] {
  return groupsOf(inDataOrder(files)).filter(
    ({ dataset, recommender }) => movieLens(dataset) && ['nmf', 'lightgcn'].includes(recommender),
  )
}

export function modelOf({ models, title }: Group, method: string): ModelSeries {
  const found = models.find((model) => model.method === method)
  if (!found)
    throw new RangeError(
      `reproduction: expected ${method} in ${title}, got ${models.map((model) => model.method).join(', ')}`,
    )
  return found
}

/** AUC on the paper's table, raw input, by repetition. */
export function aucsOf(group: Group, method: string, attacker: Attacker): readonly number[] {
  return given(headlineFigure(modelOf(group, method), attacker, 'auc'), `${group.title}, ${method}, ${attacker}`)
}

/** NDCG, or the any-hit ratio, at k by repetition. */
export function qualityOf(group: Group, method: string, metric: 'NDCG' | 'HR', k: number): readonly number[] {
  return given(
    utilityFigure(modelOf(group, method), metric, k, metric === 'NDCG' ? 'full ranking' : anyHit),
    `${group.title}, ${method}, ${metric}@${k}`,
  )
}

export function given<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new RangeError(`reproduction: expected figures of ${name}, got none`)
  return value
}

/** Change of the mean AUC over groups against the original, per cent, ours and of the paper's same cells. */
export function aucChange(
  groups: readonly Group[],
  method: string,
  attacker: Attacker,
): { ours: number; paper: number } {
  const means = groups.map((group) => meansInCommon(group, method, 'original', (of) => aucsOf(group, of, attacker)))
  const mean = (at: 0 | 1): number => meanOf(means.map((each) => each[at]))
  return {
    ours: 100 * (mean(0) / mean(1) - 1),
    paper: changeOfMeans({ table: 'table-3', method, attacker, measure: 'auc' }, movieLens),
  }
}

/** Mean change of NDCG or HR at 5 and 10 against the original over groups, per cent. */
export function qualityChange(groups: readonly Group[], method: string, metric: 'NDCG' | 'HR'): number {
  return meanOf(
    groups.flatMap((group) =>
      [5, 10].map((k) => {
        const [own, original] = meansInCommon(group, method, 'original', (of) => qualityOf(group, of, metric, k))
        return 100 * (own / original - 1)
      }),
    ),
  )
}

/** Seconds of one method for each second of another, ours and the paper's. */
export function timeRatio(group: Group, method: string, other: string): { ours: number; paper: number } {
  const { dataset, recommender } = group
  const seconds = (of: string): number =>
    given(
      paperCell({ table: 'table-5', dataset, recommender, method: of, measure: 'seconds' }),
      `${of} in the paper’s Table 5`,
    ).value
  const [own, others] = meansInCommon(group, method, other, (of) =>
    given(modelOf(group, of).cpuSeconds, `${group.title}, ${of}, processor seconds`),
  )
  return { ours: own / others, paper: seconds(method) / seconds(other) }
}

/** Means of `method` and of `other` over the repetitions that both have. */
function meansInCommon(
  group: Group,
  method: string,
  other: string,
  valuesOf: (method: string) => readonly number[],
): [number, number] {
  const pairs = seedPairs(modelOf(group, method), valuesOf(method), modelOf(group, other), valuesOf(other))
  return [meanOf(pairs.map(([own]) => own)), meanOf(pairs.map(([, others]) => others))]
}

export interface Win {
  /** Mean of the paired differences, first less second. */
  readonly difference: number
  /** Repetitions in which the first is better, of `n`. */
  readonly wins: number
  readonly n: number
}

/** `method` against `other`, repetition by repetition. */
export function against(
  group: Group,
  method: string,
  other: string,
  valuesOf: (method: string) => readonly number[],
  better: 'low' | 'high',
): Win {
  const pairs = seedPairs(modelOf(group, method), valuesOf(method), modelOf(group, other), valuesOf(other))
  const wins = pairs.filter(([own, others]) => (better === 'low' ? own < others : own > others)).length
  return { difference: meanOf(pairs.map(([own, others]) => own - others)), wins, n: pairs.length }
}

/** How far AUCs are from one half. */
export function leaksOf(group: Group, method: string, attacker: Attacker): number[] {
  return aucsOf(group, method, attacker).map((auc) => Math.abs(auc - 0.5))
}
