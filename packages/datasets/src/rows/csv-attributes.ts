/** @file Attributes of users from a CSV of the user's own, joined by id with the users of the interactions. */

import { badData, counted, encodeLabels, spellingHint, type Labels } from '@indistinct/core'
import type { CodeBook } from './code-book.ts'
import type { CsvOptions } from './csv-options.ts'
import { readCsvRows } from './csv-rows.ts'
import { checkId } from './id-doubts.ts'
import { quoted } from './integer-rows.ts'

export interface CsvAttributes {
  readonly attributes: Readonly<Record<string, Labels>>
  /** What is to be known of the join, a sentence each. */
  readonly notes: readonly string[]
}

const advice = 'correct the file, or name its columns'

/** @param placeOf where the interactions file first names a user. */
export function readCsvAttributes(
  bytes: Uint8Array,
  users: CodeBook,
  placeOf: (code: number) => string,
  options: CsvOptions,
): CsvAttributes {
  const { attributesFile: file = 'attributes.csv', userColumn = 'user', attributesUserColumn = userColumn } = options
  const layout = { file, ...(options.delimiter !== undefined && { delimiter: options.delimiter }), advice }
  // A column without a name is what became of an index of pandas.
  const names =
    options.attributes ??
    readCsvRows(bytes, { ...layout, columns: [attributesUserColumn] }).header.filter(
      (name) => name !== attributesUserColumn && name !== '',
    )
  if (names.length === 0)
    throw badData(
      `${file}, row 1: expected an attribute column beside ${quoted(attributesUserColumn)}, got none; ${advice}`,
    )
  const { rows, place } = readCsvRows(bytes, { ...layout, columns: [attributesUserColumn, ...names] })
  const rowOf = new Map<string, number>()
  const values = names.map(() => new Array<string>(users.names.length).fill(''))
  rows.forEach(([id, ...fields], r) => {
    checkId(id!, () => `${place(r)}, column ${attributesUserColumn}`, advice)
    const before = rowOf.get(id!)
    if (before !== undefined)
      throw badData(
        `${place(r)}, column ${attributesUserColumn}: expected every user once, got ${quoted(id!)} again after ` +
          `${place(before)}; ${advice}`,
      )
    rowOf.set(id!, r)
    const code = users.get(id!)
    if (code !== undefined) fields.forEach((field, c) => (values[c]![code] = field))
  })
  return {
    attributes: Object.fromEntries(names.map((name, c) => [name, encodeLabels(values[c]!)])),
    notes: joinNotes(file, users, rowOf, placeOf, options),
  }
}

/** @throws IndistinctError 'bad-data' for users without a row, unless some have one and others may be unlabelled. */
function joinNotes(
  file: string,
  users: CodeBook,
  rowOf: ReadonlyMap<string, number>,
  placeOf: (code: number) => string,
  { userColumn = 'user', unknownUsers }: CsvOptions,
): string[] {
  const unknown = users.names.filter((id) => !rowOf.has(id))
  const count = `${unknown.length} of ${counted(users.names.length, 'user')}`
  if (unknown.length > 0 && (unknownUsers !== 'unlabelled' || unknown.length === users.names.length)) {
    const ids = [...rowOf.keys()]
    const hint = spellingHint(unknown, ids)
    const remedy =
      hint !== ''
        ? 'write ids in one way in both files'
        : unknown.length === users.names.length
          ? 'name the columns of user ids'
          : 'add a row for each (an empty field is a missing label), or take them as unlabelled: unknownUsers, on ' +
            'the command line --unknown-users unlabelled'
    throw badData(
      `${placeOf(users.get(unknown[0]!)!)}, column ${userColumn}: expected a user of ${file}, got ` +
        `${quoted(unknown[0]!)}: ${count} have no row there, and its ids are ` +
        `${ids.slice(0, 3).map(quoted).join(', ')}${ids.length > 3 ? ', …' : ''}${hint}; ${remedy}`,
    )
  }
  const idle = [...rowOf.keys()].filter((id) => users.get(id) === undefined).length
  return [
    ...(unknown.length > 0 ? [`${count} have no row of attributes and are taken as unlabelled`] : []),
    ...(idle > 0 ? [`${idle} of ${counted(rowOf.size, 'user')} with attributes left out: without interactions`] : []),
  ]
}
