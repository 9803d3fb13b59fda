/** @file The two kinds of work an audit is made of, as plain data that names its attacker, and what does them. */

import type { Attacker } from '../attacker.ts'
import { namedAttackers } from '../fine-battery.ts'
import { protocols, type ProtocolName } from '../protocols/protocols.ts'
import type { InputName } from '../models/prepared-input.ts'
import { refitDeviations, type LabelledTable } from '../verdict/refit.ts'
import { scoreSplit, type NumberedSplit, type SplitScores } from '../protocols/scoring.ts'

export type AttackTask =
  | {
      readonly kind: 'split'
      readonly attacker: string
      readonly input: InputName
      readonly split: NumberedSplit
      readonly innerFolds: number
      readonly seed: number
    }
  | {
      readonly kind: 'refit'
      readonly attacker: string
      readonly input: InputName
      readonly protocol: ProtocolName
      readonly repeats: number
      readonly from: number
      readonly to: number
      readonly seed: number
    }

export type AttackTaskResult = SplitScores | Float64Array

/** @param attacker the one that the task names, unless it is one of `namedAttackers` */
export function runTask(
  table: LabelledTable,
  task: AttackTask,
  attacker: Attacker = namedAttackers[task.attacker]!.attacker,
): Promise<AttackTaskResult> {
  const { input, seed } = task
  switch (task.kind) {
    case 'split':
      return scoreSplit(table.embedding, table.codes, attacker, task.split, {
        classes: table.rowsOfClass.length,
        input,
        innerFolds: task.innerFolds,
        seed,
      })
    case 'refit':
      return refitDeviations(table, attacker, protocols[task.protocol], input, {
        seed,
        repeats: task.repeats,
        from: task.from,
        to: task.to,
      })
    default:
      throw new RangeError(
        `runTask: expected a split or a refit, got ${String((task satisfies never as AttackTask).kind)}`,
      )
  }
}
