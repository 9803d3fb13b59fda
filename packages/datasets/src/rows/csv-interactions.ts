/** @file Interactions from a CSV of the user's own: each row is a pair of user and item, with a rating if asked for. */

import { badData, usageError } from '@indistinct/core'
import { CodeBook } from './code-book.ts'
import type { CsvOptions } from './csv-options.ts'
import { readCsvRows } from './csv-rows.ts'
import { checkId, idDoubts } from './id-doubts.ts'
import { quoted } from './integer-rows.ts'

export interface CsvInteractions {
  readonly users: CodeBook
  readonly items: CodeBook
  /** Codes of the pairs in file order, duplicates and all. */
  readonly pairUsers: Int32Array
  readonly pairItems: Int32Array
  readonly ratings?: Float32Array
  /** What is to be known of the file, a sentence each. */
  readonly notes: readonly string[]
  /** Where the file first names a user. */
  placeOf(code: number): string
}

const advice = 'correct the file, or name its columns'

export function readCsvInteractions(bytes: Uint8Array, options: CsvOptions): CsvInteractions {
  const { userColumn = 'user', itemColumn = 'item', ratingColumn, delimiter } = options
  const { interactionsFile: file = 'interactions.csv' } = options
  if (userColumn === itemColumn)
    throw usageError(`readCsvDataset: expected a column of users and one of items, got ${quoted(userColumn)} for both`)
  const columns = ratingColumn === undefined ? [userColumn, itemColumn] : [userColumn, itemColumn, ratingColumn]
  const layout = { file, columns, ...(delimiter !== undefined && { delimiter }), advice }
  const { header, rows, place } = readCsvRows(bytes, layout)
  const [users, items] = [new CodeBook(), new CodeBook()]
  const firstRow: number[] = []
  let knownItems = 0
  const pairUsers = new Int32Array(rows.length)
  const pairItems = new Int32Array(rows.length)
  rows.forEach(([user, item], r) => {
    pairUsers[r] = users.add(user!)
    if (pairUsers[r] === firstRow.length) {
      checkId(user!, () => `${place(r)}, column ${userColumn}`, advice)
      firstRow.push(r)
    }
    pairItems[r] = items.add(item!)
    if (pairItems[r] === knownItems) {
      checkId(item!, () => `${place(r)}, column ${itemColumn}`, advice)
      knownItems++
    }
  })
  return {
    users,
    items,
    pairUsers,
    pairItems,
    ...(ratingColumn !== undefined && { ratings: ratingsOf(rows, (r) => `${place(r)}, column ${ratingColumn}`) }),
    notes: [
      ...unreadNote(header.filter((column) => !columns.includes(column) && column !== '')),
      ...idDoubts('users', users.names),
      ...idDoubts('items', items.names),
    ],
    placeOf: (code) => place(firstRow[code]!),
  }
}

/** The third of the columns of `rows`. */
function ratingsOf(rows: readonly (readonly string[])[], place: (r: number) => string): Float32Array {
  return Float32Array.from(rows, ([, , text], r) => {
    const rating = text!.trim() === '' ? NaN : Number(text)
    if (!Number.isFinite(rating)) throw badData(`${place(r)}: expected a number, got ${quoted(text!)}; ${advice}`)
    return rating
  })
}

function unreadNote(columns: readonly string[]): string[] {
  if (columns.length === 0) return []
  const names = columns.map((column) => quoted(column)).join(', ')
  return [`every pair of user and item counts as one interaction, whatever its ${names}`]
}
