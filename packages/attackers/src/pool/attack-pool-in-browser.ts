/** @file A pool of no threads but the one that asks: pages that hold a table run audits in a worker of their own. */

import { namedAttacker } from '../named-attackers.ts'
import type { LabelledTable } from '../verdict/refit.ts'
import type { AttackPool } from './attack-pool.ts'
import { atMost } from './at-most.ts'
import { runTask, type AttackTask, type AttackTaskResult } from './attack-task.ts'

export function openAttackPool(table: LabelledTable): AttackPool {
  return {
    run: atMost(1, (task: AttackTask): Promise<AttackTaskResult> => runTask(table, task, namedAttacker)),
    close() {},
  }
}
