/** @file Any data set of the user's own: a CSV of interactions and, if wanted, a CSV of user attributes. */

import { badData, encodeLabels, usageError, type Labels } from '@indistinct/core'
import { assembleDataset } from '../assemble.ts'
import { CodeBook } from './code-book.ts'
import { readCsvRows } from './csv-rows.ts'
import type { Dataset } from '../dataset.ts'
import { quoted } from './integer-rows.ts'

export interface CsvOptions {
  /** Name of the data set in results. Default `csv`. */
  readonly name?: string
  /** Columns of the interactions file. Defaults `user` and `item`; no rating column. */
  readonly userColumn?: string
  readonly itemColumn?: string
  readonly ratingColumn?: string
  /** Column of the attributes file that holds the user id. Default: `userColumn`. */
  readonly attributesUserColumn?: string
  /** Columns of the attributes file to read. Default: all but the user id. */
  readonly attributes?: readonly string[]
  /** Default: a comma, in both files. */
  readonly delimiter?: string
  /** What to do with a user of the interactions without a row of attributes: stop (default), or leave it unlabelled. */
  readonly unknownUsers?: 'error' | 'unlabelled'
  /** How the files are called in errors. Defaults `interactions.csv` and `attributes.csv`. */
  readonly interactionsFile?: string
  readonly attributesFile?: string
}

/**
 * Reads interactions, one row each, and attributes, one row a user. Ids are text and are kept as they stand; users and
 * items get their codes in order of first appearance. Empty attribute fields are missing labels. Users that only the
 * attributes file knows are left out.
 * @throws IndistinctError 'bad-data' that names file, row and column; 'usage' for attributes without their file.
 */
export function readCsvDataset(
  files: { readonly interactions: Uint8Array; readonly attributes?: Uint8Array },
  options: CsvOptions = {},
): Dataset {
  const {
    name = 'csv',
    userColumn = 'user',
    itemColumn = 'item',
    ratingColumn,
    interactionsFile: file = 'interactions.csv',
  } = options
  const advice = 'correct the file, or name its columns'
  const layout = { file, ...(options.delimiter !== undefined && { delimiter: options.delimiter }), advice }
  const columns = ratingColumn === undefined ? [userColumn, itemColumn] : [userColumn, itemColumn, ratingColumn]
  const { rows, place } = readCsvRows(files.interactions, { ...layout, columns })
  const users = new CodeBook()
  const items = new CodeBook()
  const firstRow: number[] = []
  const pairUsers = new Int32Array(rows.length)
  const pairItems = new Int32Array(rows.length)
  const ratings = ratingColumn === undefined ? undefined : new Float32Array(rows.length)
  rows.forEach((values, r) => {
    const empty = [userColumn, itemColumn].find((_, c) => values[c] === '')
    if (empty !== undefined)
      throw badData(`${place(r)}, column ${empty}: expected an id, got an empty field; ${advice}`)
    pairUsers[r] = users.add(values[0]!)
    if (pairUsers[r] === firstRow.length) firstRow.push(r)
    pairItems[r] = items.add(values[1]!)
    if (!ratings) return
    const rating = values[2]!.trim() === '' ? NaN : Number(values[2])
    if (!Number.isFinite(rating))
      throw badData(`${place(r)}, column ${ratingColumn}: expected a number, got ${quoted(values[2]!)}; ${advice}`)
    ratings[r] = rating
  })
  const attributes = files.attributes
    ? readAttributes(files.attributes, users, (code) => place(firstRow[code]!), options)
    : {}
  if (!files.attributes && options.attributes)
    throw usageError(`readCsvDataset: expected an attributes file for ${options.attributes.join(', ')}, got none`)
  return assembleDataset({
    name,
    users: users.names,
    items: items.names,
    pairUsers,
    pairItems,
    ...(ratings && { ratings }),
    attributes,
  })
}

/** @param placeOf where the interactions file first names a user. */
function readAttributes(
  bytes: Uint8Array,
  users: CodeBook,
  placeOf: (code: number) => string,
  options: CsvOptions,
): Record<string, Labels> {
  const { attributesFile: file = 'attributes.csv', userColumn = 'user' } = options
  const idColumn = options.attributesUserColumn ?? userColumn
  const advice = 'correct the file, or name its columns'
  const layout = { file, ...(options.delimiter !== undefined && { delimiter: options.delimiter }), advice }
  const names =
    options.attributes ??
    readCsvRows(bytes, { ...layout, columns: [idColumn] }).header.filter((name) => name !== idColumn)
  if (names.length === 0)
    throw badData(`${file}, row 1: expected an attribute column beside ${quoted(idColumn)}, got none; ${advice}`)
  const { rows, place } = readCsvRows(bytes, { ...layout, columns: [idColumn, ...names] })
  const rowOf = new Map<string, number>()
  const values = names.map(() => new Array<string>(users.names.length).fill(''))
  rows.forEach(([id, ...fields], r) => {
    const before = rowOf.get(id!)
    if (before !== undefined)
      throw badData(
        `${place(r)}, column ${idColumn}: expected every user once, got ${quoted(id!)} again after ` +
          `${place(before)}; ${advice}`,
      )
    rowOf.set(id!, r)
    const code = users.get(id!)
    if (code !== undefined) fields.forEach((field, c) => (values[c]![code] = field))
  })
  const unknown = users.names.findIndex((id) => !rowOf.has(id))
  if (unknown >= 0 && options.unknownUsers !== 'unlabelled') {
    throw badData(
      `${placeOf(unknown)}, column ${userColumn}: expected a user of ${file}, got ${quoted(users.names[unknown]!)}; ` +
        'add a row for it (an empty field is a missing label), or ask for unknown users to be unlabelled',
    )
  }
  return Object.fromEntries(names.map((name, c) => [name, encodeLabels(values[c]!)]))
}
