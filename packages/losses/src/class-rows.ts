/** @file The rows of each class, which every loss over labels sums over. */

import { checkLabels, checkMatrix, type Labels, type Matrix } from '@indistinct/core'

/**
 * Rows of each class that has users, ascending, in the order of `labels.classes`; classes without users and rows
 * without a label (code -1) are left out.
 * @throws RangeError when theta is no matrix, the labels do not fit its rows, or a code names no class.
 */
export function classRows(caller: string, theta: Matrix, labels: Labels): Int32Array[] {
  checkMatrix(caller, theta, 'an embedding')
  checkLabels(caller, labels)
  const { classes, codes } = labels
  if (codes.length !== theta.rows) {
    throw new RangeError(`${caller}: expected one label for each of the ${theta.rows} rows, got ${codes.length}`)
  }
  const rows: number[][] = classes.map(() => [])
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] !== -1) rows[codes[i]!]!.push(i)
  }
  return rows.filter((members) => members.length > 0).map((members) => Int32Array.from(members))
}
