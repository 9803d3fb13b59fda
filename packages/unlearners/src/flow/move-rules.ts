/**
 * @file What every displacement of a table goes through, so that a move is one of a point and not of a label: a linear
 * map of displacements.
 */

import type { Matrix } from '@indistinct/core'

/** Of some columns of a table: a table of its own, or one of several side by side. */
export interface MoveRule {
  readonly firstColumn: number
  readonly columns: number
  /** Rows that move as one. No row is in two groups. */
  readonly groups: readonly Int32Array[]
  /** Columns, from `firstColumn` on, along which nobody moves. */
  readonly held: readonly number[]
}

/**
 * Puts in the place of every row of `moves` (N, K) the mean over its group, and 0 in held columns. Of all displacements
 * that keep groups together it is the nearest one; for a gradient it is the steepest descent among them, by the labels
 * of the group in their shares.
 */
export function keepRules(moves: Matrix, rules: readonly MoveRule[]): void {
  const { rows, cols, data } = moves
  for (const { firstColumn, columns, groups, held } of rules) {
    for (const k of held) for (let i = 0; i < rows; i++) data[i * cols + firstColumn + k] = 0
    const mean = new Float64Array(columns)
    for (const members of groups) {
      mean.fill(0)
      for (const row of members) for (let k = 0; k < columns; k++) mean[k]! += data[row * cols + firstColumn + k]!
      for (let k = 0; k < columns; k++) mean[k]! /= members.length
      for (const row of members) data.set(mean, row * cols + firstColumn)
    }
  }
}
