/** @file Figure 2: attack AUC and NDCG@10 over alpha, for every method that has one, with the mean over seeds. */

import { meanEstimate } from '@indistinct/metrics'
import { tradeOffFigure, type PaperFigure, type TradeOffMeasure } from '@indistinct/report'
import type { Choice } from '@indistinct/stages'
import { readJsonOf } from '../store/artifact-folder.ts'
import { headlineTable } from '../store/headline-table.ts'
import type { StoredAttack, UtilityFigure } from '../store/results.ts'

interface Shown {
  readonly dataset: string
  readonly recommender: string
  readonly attribute: string
  readonly models: readonly { readonly seed: number; readonly method?: Choice }[]
  /** `<model>/evaluate` and `<model>/attack/<n>` -> artifact folder. */
  readonly upstream: { readonly [role: string]: string }
}

interface Point {
  readonly method?: Choice
  readonly values: ReadonlyMap<string, number>
}

/**
 * Draws AUCs on the paper's table, raw input, and NDCG@10; models without an alpha, the original apart, are left out.
 */
export function tradeOff({ dataset, recommender, attribute, models, upstream }: Shown): PaperFigure {
  const points = models.map(({ method }, at): Point => ({
    ...(method && { method }),
    values: valuesOf(upstream, at, recommender),
  }))
  const measures = [...new Set(points.flatMap(({ values }) => [...values.keys()]))].map((name): TradeOffMeasure => ({
    name,
    kind: name.startsWith('AUC') ? 'auc' : 'utility',
  }))
  const estimatesOf = (chosen: readonly Point[]) =>
    measures.map(({ name }) => estimate(chosen.flatMap(({ values }) => values.get(name) ?? [])))
  const alphaOf = ({ method }: Point): number | undefined => method?.options?.['tradeOff'] as number | undefined
  const names = [...new Set(points.flatMap((point) => (alphaOf(point) === undefined ? [] : [point.method!.name])))]
  const series = names.map((name) => {
    const own = points.filter(({ method }) => method?.name === name)
    const alphas = [...new Set(own.flatMap((point) => alphaOf(point) ?? []))]
    return {
      name,
      points: alphas.map((alpha) => ({ alpha, values: estimatesOf(own.filter((point) => alphaOf(point) === alpha)) })),
    }
  })
  const originals = points.filter(({ method }) => method === undefined)
  return tradeOffFigure({
    title: `Unlearning ${attribute} in ${recommender} on ${dataset}, over alpha`,
    measures,
    series,
    baseline: { name: 'original', values: estimatesOf(originals) },
  })
}

function valuesOf(upstream: Shown['upstream'], at: number, recommender: string): Map<string, number> {
  const values = new Map<string, number>()
  for (let a = 0; upstream[`${at}/attack/${a}`] !== undefined; a++) {
    const attacks = readJsonOf<StoredAttack[]>(upstream[`${at}/attack/${a}`]!, 'attack')
    const table = headlineTable(
      recommender,
      attacks.map((attack) => attack.table),
    )
    const shown = attacks.find((attack) => attack.table === table && attack.input === 'raw')
    if (shown) values.set(`AUC of ${shown.attacker}`, shown.auc.value)
  }
  const ndcg = readJsonOf<UtilityFigure[]>(upstream[`${at}/evaluate`]!, 'utility').find(
    ({ metric, k, group }) => metric === 'NDCG' && k === 10 && group === undefined,
  )
  if (ndcg) values.set('NDCG@10', ndcg.value)
  return values
}

function estimate(values: readonly number[]): { value: number; low?: number; high?: number } | undefined {
  if (values.length === 0) return undefined
  const { mean, lower, upper } = meanEstimate(values)
  return { value: mean, ...(lower !== undefined && upper !== undefined && { low: lower, high: upper }) }
}
