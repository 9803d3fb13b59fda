/** @file The rows of each class, which every loss over labels sums over. */

import type { Labels, Matrix } from '@indistinct/core'

/**
 * Rows of each class that has users, ascending, in the order of `labels.classes`; classes without users and rows
 * without a label (code -1) are left out.
 * @throws RangeError when the labels do not fit theta's rows or a code names no class.
 */
export function classRows(caller: string, theta: Matrix, labels: Labels): Int32Array[] {
  const { classes, codes } = labels
  if (codes.length !== theta.rows) {
    throw new RangeError(`${caller}: expected one label for each of the ${theta.rows} rows, got ${codes.length}`)
  }
  const rows: number[][] = classes.map(() => [])
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!
    if (code === -1) continue
    const members = rows[code]
    if (members === undefined) {
      throw new RangeError(`${caller}: expected a label code from -1 to ${classes.length - 1} in row ${i}, got ${code}`)
    }
    members.push(i)
  }
  return rows.filter((members) => members.length > 0).map((members) => Int32Array.from(members))
}
