/** @file Which definitions give figures of the paper's size: every one of them against the paper's originals. */

import { paperCell } from '../paper/paper-tables.ts'
import type { CandidateSet } from './candidates.ts'
import { cutoffs, type Measured, relevances, userSets } from './measured.ts'
import type { HitRatioDefinition, NdcgDefinition } from './measures.ts'
import type { SplitName } from './splits.ts'

/** What one trained recommender gave, as artifacts/definitions keeps it. */
export interface MeasuredModel {
  readonly dataset: string
  readonly recommender: string
  readonly split: SplitName
  readonly rows: readonly Measured[]
}

/** What stands under the paper's names @5 and @10. */
export type Pair = readonly [five: number, ten: number]

/** One setting with the definitions that come closest in it. */
export interface Closest {
  readonly split: SplitName
  readonly candidates: CandidateSet
  readonly relevance: keyof typeof relevances
  readonly users: keyof typeof userSets
  readonly cutoffs: Pair
  readonly ndcg?: NdcgDefinition
  readonly hr?: HitRatioDefinition
  /** Largest ratio of a figure to the paper's, or of the paper's to it, over data sets and recommenders. */
  readonly factor: number
  /** By `<data set>/<recommender>`: NDCG at both cut-offs, then HR, as far as the setting names them. */
  readonly values: Readonly<Record<string, readonly number[]>>
}

/** Figures lie within a tenth of the paper's, either way. */
export const ofItsSize = 1.1

/** One definition of one metric in one setting, over the models. */
interface Candidate extends Closest {
  readonly setting: string
}

/** Definitions of `metric` with the paper's cut-offs, or with any two where `anyCutoffs`; the closest first. */
export function closestOf(metric: 'NDCG' | 'HR', models: readonly MeasuredModel[], anyCutoffs = false): Candidate[] {
  const pairs: Pair[] = anyCutoffs
    ? cutoffs.flatMap((five, at) => cutoffs.slice(at + 1).map((ten): Pair => [five, ten]))
    : [[5, 10]]
  const byDefinition = new Map<string, { split: SplitName; row: Measured; values: Map<string, readonly number[]> }>()
  for (const { dataset, recommender, split, rows } of models) {
    for (const row of rows) {
      if (row.metric !== metric) continue
      const key = [split, row.candidates, row.relevance, row.users, row.name].join(' | ')
      const own = byDefinition.get(key) ?? { split, row, values: new Map() }
      own.values.set(`${dataset}/${recommender}`, row.values)
      byDefinition.set(key, own)
    }
  }
  const expected = new Set(models.map(({ dataset, recommender }) => `${dataset}/${recommender}`)).size
  const found = [...byDefinition.values()].flatMap(({ split, row, values }) =>
    values.size < expected ? [] : pairs.map((pair) => candidateOf(metric, split, row, values, pair)),
  )
  return found.sort((a, b) => a.factor - b.factor)
}

function candidateOf(
  metric: 'NDCG' | 'HR',
  split: SplitName,
  { name, candidates, relevance, users }: Measured,
  all: ReadonlyMap<string, readonly number[]>,
  pair: Pair,
): Candidate {
  const values = Object.fromEntries(
    [...all].map(([model, own]) => [model, pair.map((k) => own[cutoffs.indexOf(k as (typeof cutoffs)[number])]!)]),
  )
  const factors = Object.entries(values).flatMap(([model, own]) =>
    own.map((value, at) => factorOf(value, originalOf(model, `${metric}@${[5, 10][at]!}`))),
  )
  return {
    split,
    candidates,
    relevance,
    users,
    cutoffs: pair,
    ...(metric === 'NDCG' ? { ndcg: name as NdcgDefinition } : { hr: name as HitRatioDefinition }),
    factor: Math.max(...factors),
    values,
    setting: [split, candidates, relevance, users, ...pair].join(' | '),
  }
}

/** Both metrics in one setting, under the definition of each that comes closest in it; the closest first. */
export function closestTogether(models: readonly MeasuredModel[], anyCutoffs = false): Closest[] {
  const best = new Map<string, Candidate>()
  for (const candidate of closestOf('NDCG', models, anyCutoffs))
    if (!best.has(candidate.setting)) best.set(candidate.setting, candidate)
  const seen = new Set<string>()
  const together = closestOf('HR', models, anyCutoffs).flatMap(({ setting, ...hr }) => {
    const ndcg = best.get(setting)
    if (!ndcg || seen.has(setting)) return []
    seen.add(setting)
    const values = Object.fromEntries(
      Object.entries(ndcg.values).map(([model, own]) => [model, [...own, ...hr.values[model]!]]),
    )
    return [{ ...hr, ndcg: ndcg.ndcg!, factor: Math.max(hr.factor, ndcg.factor), values }]
  })
  return together.sort((a, b) => a.factor - b.factor)
}

/** The paper's figure of the original. */
export function originalOf(model: string, measure: string): number {
  const [dataset, recommender] = model.split('/') as [string, string]
  const cell = paperCell({ table: 'table-4', dataset, recommender, method: 'original', measure })
  if (!cell) throw new RangeError(`originalOf: expected a model of the paper, got ${model}, ${measure}`)
  return cell.value
}

function factorOf(value: number, paper: number): number {
  return value > 0 ? Math.max(value / paper, paper / value) : Infinity
}
