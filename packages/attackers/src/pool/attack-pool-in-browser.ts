/** @file A pool of no threads but the one that asks: pages that hold a table run audits in a worker of their own. */

import type { LabelledTable } from '../verdict/refit.ts'
import type { AttackPool } from './attack-pool.ts'
import { runTask } from './attack-task.ts'

export function openAttackPool(table: LabelledTable): AttackPool {
  return { run: (task) => runTask(table, task), close() {} }
}
