/** @file The two kinds of work an audit is made of, as plain data that names its attackers, and what does them. */

import type { Attacker } from '../attacker.ts'
import { protocols, type ProtocolName } from '../protocols/protocols.ts'
import type { InputName } from '../models/prepared-input.ts'
import { refitDeviations, type LabelledTable } from '../verdict/refit.ts'
import { scoreSplit, type NumberedSplit, type SplitScores } from '../protocols/scoring.ts'

/** One split, attacked by all of `attacks`. */
export interface SplitTask {
  readonly kind: 'split'
  readonly attacks: readonly { readonly attacker: string; readonly input: InputName; readonly innerFolds: number }[]
  readonly split: NumberedSplit
  readonly seed: number
}

/** Relabellings from .. to - 1, each attacked by all of `attacks`. */
export interface RefitTask {
  readonly kind: 'refit'
  readonly attacks: readonly { readonly attacker: string; readonly input: InputName; readonly repeats: number }[]
  readonly protocol: ProtocolName
  readonly from: number
  readonly to: number
  readonly seed: number
}

export type AttackTask = SplitTask | RefitTask
/** Of each attack: its scores, or deviations under each relabelling. */
export type AttackTaskResult = readonly SplitScores[] | readonly Float64Array[]

/** @param attackerOf gives the attacker that a task names */
export function runTask(
  table: LabelledTable,
  task: AttackTask,
  attackerOf: (name: string) => Attacker,
): Promise<AttackTaskResult> {
  switch (task.kind) {
    case 'split':
      return scoreSplit(
        table.embedding,
        table.codes,
        task.attacks.map((attack) => ({ ...attack, attacker: attackerOf(attack.attacker) })),
        task.split,
        { classes: table.rowsOfClass.length, seed: task.seed },
      )
    case 'refit':
      return refitDeviations(
        table,
        task.attacks.map((attack) => ({ ...attack, attacker: attackerOf(attack.attacker) })),
        protocols[task.protocol],
        { seed: task.seed, from: task.from, to: task.to },
      )
    default:
      throw new RangeError(
        `runTask: expected a split or a refit, got ${String((task satisfies never as AttackTask).kind)}`,
      )
  }
}
