/** @file Values by repetition out of a series: of one attack, of the worst of several, of one measure of quality. */

import { headlineTable } from '../store/headline-table.ts'
import type { AttackFigure, ModelSeries } from './results-file.ts'

/** Of the attack that the paper makes: on its table, raw input. */
export function headlineFigure(
  model: ModelSeries,
  attacker: string,
  figure: AttackFigure,
): readonly number[] | undefined {
  const own = model.attacks.filter((attack) => attack.attacker === attacker && attack.input === 'raw')
  const table =
    own.length === 0
      ? undefined
      : headlineTable(
          model.recommender,
          own.map((attack) => attack.table),
        )
  return own.find((attack) => attack.table === table)?.figures[figure]
}

/** Largest folded AUC over user tables and forms of input, repetition by repetition. */
export function worstFolded(model: ModelSeries, attacker: string): number[] | undefined {
  const lists = model.attacks
    .filter((attack) => attack.attacker === attacker)
    .flatMap(({ figures }) => (figures.foldedAuc ? [figures.foldedAuc] : []))
  if (lists.length === 0) return undefined
  return model.seeds.map((_, at) => Math.max(...lists.map((list) => list[at]!)))
}

export const anyHit = 'full ranking, any-hit'

/** Of NDCG or a hit ratio at k under a named definition. */
export function utilityFigure(
  model: Pick<ModelSeries, 'utility'>,
  metric: string,
  k: number,
  definition: string,
): readonly number[] | undefined {
  return model.utility.find((each) => each.metric === metric && each.k === k && each.definition === definition)?.values
}
