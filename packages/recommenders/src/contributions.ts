/** @file What a regulariser adds to gradients. */

import type { Matrix } from '@indistinct/core'
import type { UserTables } from './user-tables.ts'

/** gradient += contribution, where a regulariser gave one. */
export function addContribution(gradient: Matrix, contribution: Matrix | undefined): void {
  if (!contribution) return
  for (let i = 0; i < gradient.data.length; i++) gradient.data[i]! += contribution.data[i]!
}

/**
 * What a regulariser returned for `tables`.
 * @throws RangeError when it names another table or a gradient has not the shape of its table.
 */
export function checkedContributions(tables: UserTables, given: Partial<UserTables>): Partial<UserTables> {
  for (const [name, gradient] of Object.entries(given)) {
    const own = tables[name]
    if (!own) throw new RangeError(`regulariser: expected gradients of ${Object.keys(tables).join(', ')}, got ${name}`)
    if (gradient && (gradient.rows !== own.rows || gradient.cols !== own.cols)) {
      throw new RangeError(
        `regulariser: expected a gradient (${own.rows}, ${own.cols}) of table ${name}, got (${gradient.rows}, ` +
          `${gradient.cols})`,
      )
    }
  }
  return given
}
