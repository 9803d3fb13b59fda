/** @file What a run of the grid `frontier` made of a model: its price, and all attacks on each of its rungs. */

import { join } from 'node:path'
import type { Json } from '@indistinct/core'
import { expandGrid, type StageNode } from '@indistinct/stages'
import type { TraceRow } from '@indistinct/unlearners'
import { timingOf } from '../nx/grid-results.ts'
import type { GridRun } from '../nx/nx-run.ts'
import { madeIn } from '../nx/run-outcome.ts'
import { readJsonOf } from '../store/artifact-folder.ts'
import type { StoredAttack, UtilityFigure } from '../store/results.ts'
import { frontierOf, type Cell, type Rung } from './cells.ts'

export interface Interval {
  readonly value: number
  readonly lower: number
  readonly upper: number
}

export interface MeasuredAttack {
  readonly table: string
  readonly attacker: string
  readonly protocol: string
  readonly input: string
  readonly auc: number
  readonly foldedAuc: Interval
  readonly smallestDetectable: number
}

export interface Measured {
  readonly cell: Cell
  readonly rung: Rung
  /** NDCG@10 on test items over the full ranking, of all users. */
  readonly ndcg: number
  /** Less the original's, over it; the interval is that of the paired bootstrap of users. */
  readonly change?: Interval
  /** Passes over all users, those of each table and those of all side by side; none for the original. */
  readonly passes?: number
  /** Processor seconds of unlearning on one thread. */
  readonly seconds?: number
  readonly attacks: readonly MeasuredAttack[]
}

/** What `run` made of one model and its `rungs`, the artifacts below `root`. */
export function measuredRungs(
  run: GridRun,
  { cell, rungs }: { cell: Cell; rungs: readonly Rung[] },
  root: string,
): Measured[] {
  const { models } = expandGrid(frontierOf([{ cell, rungs }]))
  const titles: readonly Rung[] = ['original', ...rungs.filter((rung) => rung !== 'original')]
  const made = madeIn(run)
  return models.flatMap((model, at): Measured[] => {
    if (![model.evaluate, ...model.attacks.map(({ node }) => node)].every(made)) return []
    const of = (node: StageNode): string => join(root, node.root)
    const { value: ndcg, change } = figureOf(of(model.evaluate))
    const share = (value: number): number => value / figureOf(of(models[0]!.evaluate)).value
    const attacks = model.attacks.flatMap(({ node }) => readJsonOf<StoredAttack[]>(of(node), 'attack').map(attackOf))
    return [
      {
        cell,
        rung: titles[at]!,
        ndcg,
        ...(model.unlearn && {
          change: { value: share(change!.value), lower: share(change!.lower), upper: share(change!.upper) },
          passes: passesOf(readJsonOf<{ [table: string]: History }>(of(model.unlearn), 'unlearn')),
          seconds: timingOf(of(model.unlearn)).cpuSeconds!,
        }),
        attacks,
      },
    ]
  })
}

function attackOf({
  table,
  attacker,
  protocol,
  input,
  auc,
  foldedAuc,
  smallestDetectable,
}: StoredAttack): MeasuredAttack {
  const { value, lower, upper } = foldedAuc
  return { table, attacker, protocol, input, auc: auc.value, foldedAuc: { value, lower, upper }, smallestDetectable }
}

function figureOf(evaluated: string): UtilityFigure {
  return readJsonOf<UtilityFigure[]>(evaluated, 'utility').find(
    ({ metric, k, group }) => metric === 'NDCG' && k === 10 && group === undefined,
  )!
}

interface History {
  readonly passes: number
  readonly parameters: { readonly [name: string]: Json }
  readonly trace: readonly TraceRow[]
}

/** Passes over tables side by side are in the history of each, after its own, and counted once. */
function passesOf(history: { readonly [table: string]: History }): number {
  // Tables that follow from others take no pass of their own.
  const results = Object.values(history).filter(({ passes }) => passes > 0)
  const [first] = results
  // Every run starts with stage 0, the table's own first.
  const shared =
    first!.parameters['together'] === undefined
      ? 0
      : first!.passes - first!.trace.findIndex(({ stage }, pass) => stage === 0 && pass > 0)
  return results.reduce((sum, { passes }) => sum + passes, 0) - (results.length - 1) * shared
}
