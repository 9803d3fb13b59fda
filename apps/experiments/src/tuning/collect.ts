/** @file From the artifacts of a run to its points and yardsticks: what was made, whatever else failed. */

import { join } from 'node:path'
import type { ModelCell, Options, StageNode } from '@indistinct/stages'
import type { Interval } from '../frontier/measure.ts'
import type { GridRun } from '../nx/nx-run.ts'
import { madeIn } from '../nx/run-outcome.ts'
import { readJsonOf } from '../store/artifact-folder.ts'
import type { StoredAttack, UtilityFigure } from '../store/results.ts'
import { factorsOf, type MeasuredPoint } from './choose.ts'

/** A recommender without user tables on the split of a data set. */
export interface MeasuredYardstick {
  readonly dataset: string
  readonly name: string
  /** NDCG@10 on the test items. */
  readonly test: Interval
}

/** The flow on a tuned model. */
export interface MeasuredFlow extends Pick<MeasuredPoint, 'dataset' | 'recommender' | 'factors'> {
  /** The largest folded AUC over user tables, forms of input and attackers, under five folds. */
  readonly before: Interval
  readonly after: Interval
  /** Test NDCG@10 less the model's own, with the paired interval, over the latter. */
  readonly price: Interval
}

interface History {
  readonly epochs: readonly unknown[]
  readonly bestEpoch: number
  readonly bestNdcg: number
}

export function pointsOf({ expanded, outcomes }: GridRun, workspaceRoot: string): MeasuredPoint[] {
  const made = madeIn({ outcomes })
  return expanded.models
    .filter(({ train, evaluate }) => made(train) && made(evaluate))
    .map(({ dataset, recommender, train, evaluate, smoothed }) => {
      const { options } = train.parameters['recommender'] as { options: Options }
      const { epochs, bestEpoch, bestNdcg } = readJsonOf<History>(join(workspaceRoot, train.root), 'history')
      const after = smoothed && made(smoothed) ? ndcgOf(smoothed, workspaceRoot) : undefined
      return {
        dataset,
        recommender,
        factors: factorsOf(recommender, options),
        options,
        validation: rounded(bestNdcg),
        bestEpoch,
        epochs: epochs.length,
        test: intervalOf(ndcgOf(evaluate, workspaceRoot)),
        ...(after && { smoothed: { ndcg: rounded(after.value), change: intervalOf(after.change!) } }),
      }
    })
}

export function yardsticksOf({ expanded, outcomes }: GridRun, workspaceRoot: string): MeasuredYardstick[] {
  return expanded.yardsticks
    .filter(({ evaluate }) => madeIn({ outcomes })(evaluate))
    .map(({ dataset, yardstick, evaluate }) => ({
      dataset,
      name: yardstick.name,
      test: intervalOf(ndcgOf(evaluate, workspaceRoot)),
    }))
}

export function flowsOf({ expanded, outcomes }: GridRun, workspaceRoot: string): MeasuredFlow[] {
  const made = madeIn({ outcomes })
  const worst = (model: ModelCell): Interval =>
    intervalOf(
      model.attacks
        .flatMap(({ node }) =>
          readJsonOf<StoredAttack[]>(join(workspaceRoot, node.root), 'attack').map(({ foldedAuc }) => foldedAuc),
        )
        .reduce((most, each) => (each.value > most.value ? each : most)),
    )
  return expanded.models.flatMap((model) => {
    const original = expanded.models.find(({ method, train }) => !method && train.id === model.train.id)!
    if (
      !model.method ||
      ![model, original].every(({ evaluate, attacks }) => made(evaluate) && attacks.every(({ node }) => made(node)))
    )
      return []
    const { options } = model.train.parameters['recommender'] as { options: Options }
    const { value, change } = ndcgOf(model.evaluate, workspaceRoot)
    const share = (difference: number): number => difference / (value - change!.value)
    return [
      {
        dataset: model.dataset,
        recommender: model.recommender,
        factors: factorsOf(model.recommender, options),
        before: worst(original),
        after: worst(model),
        price: intervalOf({ value: share(change!.value), lower: share(change!.lower), upper: share(change!.upper) }),
      },
    ]
  })
}

function ndcgOf({ root }: StageNode, workspaceRoot: string): UtilityFigure {
  return readJsonOf<UtilityFigure[]>(join(workspaceRoot, root), 'utility').find(
    ({ metric, k, group }) => metric === 'NDCG' && k === 10 && group === undefined,
  )!
}

const intervalOf = ({ value, lower, upper }: Interval): Interval => ({
  value: rounded(value),
  lower: rounded(lower),
  upper: rounded(upper),
})

/** Six digits: more than another split would repeat. */
const rounded = (value: number): number => Number(value.toFixed(6))
