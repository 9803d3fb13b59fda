/** @file Checks of what is attacked, with messages for whoever brought the data. */

import { badData, checkLabels, checkMatrix, counted, labelledRows, type Labels, type Matrix } from '@indistinct/core'
import type { Protocol } from './protocol.ts'

export interface AttackData {
  /** Names of the classes that have users, in the order of codes below. */
  readonly classes: readonly string[]
  /** Code 0 .. C - 1 of each row among `classes`, -1 where the label is missing. */
  readonly codes: Int32Array
  /** Rows of each class, ascending. */
  readonly rowsOfClass: readonly Int32Array[]
  /** Users with a label. */
  readonly labelled: number
  /** Users without one, which are left out. */
  readonly leftOut: number
}

/**
 * @throws IndistinctError 'bad-data' when rows do not match, a value is not finite, all rows are equal, fewer than two
 * labels have users, or a label has too few for one of the protocols.
 */
export function attackData(embedding: Matrix, labels: Labels, protocols: readonly Protocol[]): AttackData {
  checkLabels('attack', labels)
  if (labels.codes.length !== embedding.rows) {
    throw badData(
      `the embedding has ${counted(embedding.rows, 'row')} and the attribute ` +
        `${counted(labels.codes.length, 'label')}: expected one ` +
        'label a row',
    )
  }
  checkValues(embedding)
  const rows = labelledRows(labels)
  const byCode: number[][] = labels.classes.map(() => [])
  for (const row of rows) byCode[labels.codes[row]!]!.push(row)
  const present = byCode.flatMap((members, code) => (members.length > 0 ? [code] : []))
  const classes = present.map((code) => labels.classes[code]!)
  if (classes.length < 2) {
    const found = classes.length === 0 ? 'none' : `only "${classes[0]}" (${counted(rows.length, 'user')})`
    throw badData(`an attack needs users of at least two labels, found ${found}`)
  }
  const rowsOfClass = present.map((code) => Int32Array.from(byCode[code]!))
  for (const protocol of protocols) {
    rowsOfClass.forEach((members, c) => {
      if (members.length >= protocol.smallestClass) return
      throw badData(
        `label "${classes[c]}" has ${members.length} user${members.length === 1 ? '' : 's'}, protocol ` +
          `${protocol.name} needs at least ` +
          `${protocol.smallestClass} of each label: leave that label's users unlabelled, merge it with another, ` +
          'or bring more users',
      )
    })
  }
  const codes = new Int32Array(embedding.rows).fill(-1)
  rowsOfClass.forEach((members, c) => members.forEach((row) => (codes[row] = c)))
  return { classes, codes, rowsOfClass, labelled: rows.length, leftOut: embedding.rows - rows.length }
}

/** @throws IndistinctError 'bad-data' on no rows or columns, values that are not finite, or rows that are all equal. */
export function checkValues(embedding: Matrix): void {
  checkMatrix('attack', embedding, 'an embedding')
  const { rows, cols, data } = embedding
  if (rows === 0 || cols === 0)
    throw badData(`the embedding is empty (${rows} x ${cols}): expected at least one row and column`)
  let varies = false
  for (let p = 0; p < data.length; p++) {
    const value = data[p]!
    if (!Number.isFinite(value)) {
      throw badData(
        `the embedding holds ${value} at row ${Math.floor(p / cols)}, column ${p % cols} (from 0): expected ` +
          'finite numbers',
      )
    }
    if (value !== data[p % cols]) varies = true
  }
  if (!varies && rows > 1) throw badData(`all ${rows} rows of the embedding are equal: there is nothing to attack`)
}
