/**
 * @file Results of the grid `holds` as they are committed: of each holding the strongest attacker, and the price by
 * group.
 */

import { join } from 'node:path'
import { canonicalJson, type Json } from '@indistinct/core'
import type { ModelCell } from '@indistinct/stages'
import type { GridRun } from '../nx/nx-run.ts'
import { madeIn } from '../nx/run-outcome.ts'
import { readJsonOf } from '../store/artifact-folder.ts'
import { holdings, type HeldAttack, type Holding, type UtilityFigure } from '../store/results.ts'

export const holdsSchema = 'indistinct.holds/1'

export interface HoldsResults {
  readonly schema: typeof holdsSchema
  readonly rows: readonly HoldsRow[]
}

/** One method on one model. */
export interface HoldsRow {
  readonly dataset: string
  readonly attribute: string
  readonly recommender: string
  /** Options of the recommender, as the grid names them. */
  readonly training: Json
  readonly seed: number
  /** `original` without unlearning. */
  readonly method: string
  readonly options: Json
  /** Why the method gave no table: it would have done harm. Such a row has nothing else. */
  readonly refused?: string
  readonly leaks: readonly Leak[]
  /** NDCG@10 of all users and of each class. */
  readonly price: readonly Pick<UtilityFigure, 'group' | 'users' | 'value' | 'lower' | 'upper' | 'change'>[]
}

/** The largest folded AUC of all attackers with one holding, with or without the tables. */
export type Leak = Pick<HeldAttack, 'holding' | 'alone' | 'attacker' | 'auc' | 'foldedAuc' | 'smallestDetectable'>

/** Rows of what `run` made, or refused, with its artifacts below `root`. */
export function holdsRows(
  { expanded, outcomes, exitCodes }: Pick<GridRun, 'expanded' | 'outcomes' | 'exitCodes'>,
  root: string,
): HoldsRow[] {
  const made = madeIn({ outcomes })
  return expanded.models.flatMap((model): HoldsRow[] => {
    const about = aboutOf(model)
    const { held, evaluate, unlearn } = model
    if (unlearn && exitCodes.get(unlearn.id) === harmCode)
      return [{ ...about, refused: reasonIn(outcomes.get(unlearn.id)?.output ?? ''), leaks: [], price: [] }]
    if (!held || !made(held) || !made(evaluate)) return []
    const price = readJsonOf<UtilityFigure[]>(join(root, evaluate.root), 'utility').filter(
      ({ metric, k }) => metric === 'NDCG' && k === 10,
    )
    return [
      {
        ...about,
        leaks: strongest(readJsonOf<HeldAttack[]>(join(root, held.root), 'held')),
        price: price.map(({ group, users, value, lower, upper, change }) => ({
          users,
          value,
          lower,
          upper,
          ...(group !== undefined && { group }),
          ...(change && { change }),
        })),
      },
    ]
  })
}

/** Exit code of a stage that would have done harm. */
const harmCode = 5

/** What a row is of. */
export type HoldsRowName = Omit<HoldsRow, 'leaks' | 'price' | 'refused'>

export function aboutOf({ dataset, attribute, recommender, seed, method, train }: ModelCell): HoldsRowName {
  const training = (train.parameters['recommender'] as { readonly options: Json }).options
  return {
    dataset,
    attribute,
    recommender,
    training,
    seed,
    method: method?.name ?? 'original',
    options: (method?.options ?? {}) as Json,
  }
}

/** The line that says so among all that the stage printed. */
function reasonIn(output: string): string {
  const lines = output
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('>'))
  return lines.find((line) => line.includes('unlearn by')) ?? lines.at(-1) ?? ''
}

export function strongest(attacks: readonly HeldAttack[]): Leak[] {
  return holdings.flatMap((holding: Holding) =>
    [true, false].flatMap((alone) => {
      const these = attacks.filter((each) => each.holding === holding && each.alone === alone)
      if (these.length === 0) return []
      const { attacker, auc, foldedAuc, smallestDetectable } = these.reduce((most, each) =>
        each.foldedAuc.value > most.foldedAuc.value ? each : most,
      )
      return [{ holding, alone, attacker, auc, foldedAuc, smallestDetectable }]
    }),
  )
}

/** `made` in the place of the rows of the same method on the same model. */
export function mergeRows(known: readonly HoldsRow[], made: readonly HoldsRow[]): HoldsRow[] {
  const fresh = new Map(made.map((row) => [keyOf(row), row]))
  const kept = known.map((row) => fresh.get(keyOf(row)) ?? row)
  const old = new Set(known.map(keyOf))
  return [...kept, ...made.filter((row) => !old.has(keyOf(row)))]
}

/** What tells rows apart. */
export function keyOf({ dataset, attribute, recommender, training, seed, method, options }: HoldsRowName): string {
  return canonicalJson([dataset, attribute, recommender, training, seed, method, options])
}

/** The method as --methods takes it, which has commas between methods: `flow smooth 10`. */
export function askedAs(row: Pick<HoldsRowName, 'method' | 'options'>): string {
  return titleOf(row).replaceAll(',', '')
}

/** The method with those of its options that people should see: `flow, smooth 10`. */
export function titleOf({ method, options }: Pick<HoldsRowName, 'method' | 'options'>): string {
  const { steps, smooth } = options as { readonly steps?: number; readonly smooth?: number }
  return [method, ...(steps === undefined ? [] : [`${steps} steps`]), ...(smooth ? [`smooth ${smooth}`] : [])].join(
    ', ',
  )
}
