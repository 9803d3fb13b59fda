/** @file Kinds of cells of the paper's tables: how many lie in our intervals. */

import { beside, type Beside, type Measured } from '../reproduce/beside.ts'
import type { Group } from '../reproduce/groups.ts'
import { headlineFigure } from '../reproduce/series.ts'
import { attackers, qualityOf } from './cells-of.ts'

/** A measure of the paper, and its cells beside ours. */
interface CellKind {
  readonly title: string
  readonly cellsOf: (group: Group, method: string) => (Beside | undefined)[]
}

export const cellKinds: readonly CellKind[] = [
  attackKind('AUC', 'auc', 'auc'),
  attackKind('AUC beside balanced accuracy', 'balancedAccuracy', 'auc'),
  attackKind('accuracy', 'accuracy', 'accuracy'),
  attackKind('precision', 'precision', 'precision'),
  attackKind('recall', 'recall', 'recall'),
  { title: 'NDCG', cellsOf: (group, method) => qualityCells(group, method, 'NDCG') },
  { title: 'HR, any-hit', cellsOf: (group, method) => qualityCells(group, method, 'HR') },
]

function attackKind(
  title: string,
  figure: 'auc' | 'balancedAccuracy' | 'accuracy' | 'precision' | 'recall',
  paperMeasure: string,
): CellKind {
  return {
    title,
    cellsOf: (group, method) =>
      attackers.map((attacker) =>
        cellOf(group, method, {
          table: 'table-3',
          attacker,
          measure: title,
          paperMeasure,
          valuesOf: (model) => headlineFigure(model, attacker, figure),
        }),
      ),
  }
}

function qualityCells(group: Group, method: string, metric: 'NDCG' | 'HR'): (Beside | undefined)[] {
  return [5, 10].map((k) =>
    cellOf(group, method, {
      table: 'table-4',
      measure: `${metric}@${k}`,
      valuesOf: (model) => qualityOf(group, model.method, metric, k),
    }),
  )
}

function cellOf(
  group: Group,
  method: string,
  about: Pick<Measured, 'table' | 'attacker' | 'measure' | 'paperMeasure' | 'valuesOf'>,
): Beside | undefined {
  const model = group.models.find((each) => each.method === method)
  return (
    model &&
    beside({ ...about, dataset: group.dataset, recommender: group.recommender, digits: 4, better: 'low' }, model)
  )
}

/** How many of the cells of `methods` lie in our intervals. */
export function insideOf(groups: readonly Group[], methods: readonly string[], { cellsOf }: CellKind): string {
  const judged = groups
    .flatMap((group) => methods.flatMap((method) => cellsOf(group, method)))
    .flatMap((cell) => cell?.inInterval ?? [])
  return `${judged.filter(Boolean).length} of ${judged.length}`
}
