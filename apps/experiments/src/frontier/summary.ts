/** @file From measured rungs to the rows of the page: the worst attack under each protocol, and means over seeds. */

import { meanEstimate } from '@indistinct/metrics'
import type { Rung } from './cells.ts'
import type { Interval, Measured, MeasuredAttack } from './measure.ts'

/** What is committed of a measured rung: of its attacks on each table, the worst under each protocol. */
export interface Condensed extends Omit<Measured, 'attacks'> {
  /** How many attacks were run under each protocol, all tables together. */
  readonly attacked: { readonly [protocol: string]: number }
  readonly worst: readonly MeasuredAttack[]
}

/** One rung over the seeds of a model. */
export interface RungRow {
  readonly rung: Rung
  readonly seeds: readonly number[]
  /** The largest folded AUC over tables and attacks, under each protocol. */
  readonly leak: { readonly [protocol: string]: Leak }
  readonly ndcg: number
  readonly change?: Interval
  readonly passes?: number
  readonly seconds?: number
}

export interface Leak extends Interval {
  /** Mean over seeds of the folded AUC that this attack would show as significant four times in five. */
  readonly smallestDetectable: number
}

export interface ModelRows {
  readonly dataset: string
  readonly recommender: string
  readonly factors: number
  /** Whether training was tuned; a price is compared with that of the same training. */
  readonly tuned: boolean
  /** Attacks under each protocol, all tables together. */
  readonly attacked: { readonly [protocol: string]: number }
  readonly rows: readonly RungRow[]
}

export function condensed({ attacks, ...measured }: Measured): Condensed {
  const groups = new Map<string, MeasuredAttack>()
  const attacked: { [protocol: string]: number } = {}
  const byTable = [...attacks].sort((a, b) => (a.table < b.table ? -1 : a.table > b.table ? 1 : 0))
  for (const attack of byTable) {
    const key = `${attack.table}/${attack.protocol}`
    const known = groups.get(key)
    attacked[attack.protocol] = (attacked[attack.protocol] ?? 0) + 1
    if (!known || attack.foldedAuc.value > known.foldedAuc.value) groups.set(key, attack)
  }
  return { ...measured, attacked, worst: [...groups.values()] }
}

/** Rows by model, in the order in which they come. */
export function modelRows(measured: readonly Condensed[]): ModelRows[] {
  const models = new Map<string, Condensed[]>()
  for (const each of measured) {
    const key = [each.cell.dataset, each.cell.recommender, each.cell.factors, each.cell.tuned ?? false].join('/')
    models.set(key, [...(models.get(key) ?? []), each])
  }
  return [...models.values()].map((of) => {
    const { dataset, recommender, factors, tuned = false } = of[0]!.cell
    const rungs = [...new Set(of.map(({ rung }) => rung))]
    return {
      dataset,
      recommender,
      factors,
      tuned,
      attacked: of[0]!.attacked,
      rows: rungs.map((rung) =>
        rungRow(
          rung,
          of.filter((each) => each.rung === rung),
        ),
      ),
    }
  })
}

function rungRow(rung: Rung, runs: readonly Condensed[]): RungRow {
  const mean = (valueOf: (run: Condensed) => number): number =>
    runs.reduce((sum, run) => sum + valueOf(run) / runs.length, 0)
  const protocols = [...new Set(runs.flatMap(({ worst }) => worst.map(({ protocol }) => protocol)))]
  const [first] = runs
  return {
    rung,
    seeds: runs.map(({ cell }) => cell.seed),
    leak: Object.fromEntries(
      protocols.map((protocol) => [protocol, leakOf(runs.map((run) => worstOf(run, protocol)))]),
    ),
    ndcg: mean(({ ndcg }) => ndcg),
    ...(first!.change && {
      change: overSeeds(runs.map(({ change }) => change!)),
      passes: mean(({ passes }) => passes!),
      seconds: mean(({ seconds }) => seconds!),
    }),
  }
}

function worstOf({ worst }: Condensed, protocol: string): MeasuredAttack {
  return worst
    .filter((attack) => attack.protocol === protocol)
    .reduce((most, attack) => (attack.foldedAuc.value > most.foldedAuc.value ? attack : most))
}

function leakOf(worst: readonly MeasuredAttack[]): Leak {
  return {
    ...overSeeds(worst.map(({ foldedAuc }) => foldedAuc)),
    smallestDetectable: worst.reduce((sum, attack) => sum + attack.smallestDetectable / worst.length, 0),
  }
}

/** Student's interval of the mean over seeds; of a single seed its own interval, which is that over users. */
function overSeeds(values: readonly Interval[]): Interval {
  if (values.length === 1) return values[0]!
  const { mean, lower, upper } = meanEstimate(values.map(({ value }) => value))
  return { value: mean, lower: lower!, upper: upper! }
}
