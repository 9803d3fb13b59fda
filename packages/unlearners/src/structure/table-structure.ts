/**
 * @file Fine structure of a table, in which the way that users move would show: equal rows, lattices, users near to one
 * another.
 */

import type { Json, Matrix } from '@indistinct/core'
import { columnLattices, roundToLattices, type ColumnLattice } from './column-lattice.ts'
import { equalRows } from './equal-rows.ts'
import type { MoveRule } from '../flow/move-rules.ts'

export interface TableStructure {
  readonly columns: number
  /** Rows that are one point. */
  readonly equal: readonly Int32Array[]
  readonly lattices: readonly ColumnLattice[]
  /** A row of each distinct point. */
  readonly points: Int32Array
}

/** What `rows` of theta (N, K), those that are to move, have of it. */
export function tableStructure(theta: Matrix, rows: Int32Array): TableStructure {
  const equal = equalRows(theta, rows)
  const again = new Set(equal.flatMap((members) => [...members.subarray(1)]))
  const points = rows.filter((row) => !again.has(row))
  return { columns: theta.cols, equal, lattices: columnLattices(theta, points), points }
}

/**
 * The rules for tables side by side, by their structure, and `groups` of rows of each that move as one in the place of
 * its equal rows.
 */
export function rulesOf(
  structures: readonly TableStructure[],
  groups: readonly (readonly Int32Array[])[] = structures.map(({ equal }) => equal),
): MoveRule[] {
  let firstColumn = 0
  return structures.flatMap(({ columns, lattices }, t) => {
    const first = firstColumn
    firstColumn += columns
    const held = lattices.flatMap((own) => (own.kind === 'held' ? [own.column] : []))
    return groups[t]!.length === 0 && held.length === 0
      ? []
      : [{ firstColumn: first, columns, groups: groups[t]!, held }]
  })
}

/** Rounds moved rows of theta back to its lattices, in place: rows of a table that did not move at all are left. */
export function backOnLattices(
  theta: Matrix,
  rows: Int32Array,
  { equal, lattices }: TableStructure,
  seed: number,
): void {
  roundToLattices(theta, rows, equal, lattices, seed)
}

/** What is said of it in parameters and sidecars. */
export function structureJson({ equal, lattices }: TableStructure): { readonly [name: string]: Json } {
  const users = equal.reduce((sum, members) => sum + members.length, 0)
  return {
    ...(equal.length > 0 && {
      duplicates: {
        points: equal.length,
        users,
        largest: equal.reduce((most, members) => Math.max(most, members.length), 0),
      },
    }),
    ...(lattices.length > 0 && {
      lattice: lattices.map((own) =>
        own.kind === 'held'
          ? { column: own.column, held: true, share: own.share }
          : { column: own.column, step: own.step, offset: own.offset },
      ),
    }),
  }
}
