/** @file Attribute files: a CSV with one line a user and the label of each. */

import { badData, usageError } from '@indistinct/core'
import { openCsv } from './csv-records.ts'
import { quoted } from './embedding-table.ts'
import { columnList, IdList, idColumnOf } from './ids.ts'
import { refuseExtension } from './refused-formats.ts'

/** One attribute of users, as a file has it. */
export interface AttributeColumn {
  readonly name: string
  /** One id a value; absent where the file has no id column and values go by position. */
  readonly ids?: readonly string[]
  /** Labels as text; the empty string is a missing one. */
  readonly values: readonly string[]
  readonly path: string
  /** Of the file's bytes, where there is a file. */
  readonly sha256?: string
}

/**
 * Reads the column `attribute` of a CSV file, with its ids where it has an id column.
 * @param options.idColumn default: `id` or `user` where there is one
 * @throws IndistinctError 'usage' where a named column is missing, 'bad-data' on broken lines or repeated ids.
 */
export async function readAttribute(path: string, attribute: string, options: { readonly idColumn?: string | undefined } = {}): Promise<AttributeColumn> {
  refuseExtension(path)
  const { header, records, sha256 } = await openCsv(path)
  const at = header.indexOf(attribute)
  if (at < 0) throw usageError(`${path}: there is no column ${quoted(attribute)}; the columns are ${columnList(header)}`)
  const idColumn = idColumnOf(header, options.idColumn, path)
  if (idColumn === attribute) throw usageError(`${path}: column ${quoted(attribute)} holds the ids; name another as the attribute`)
  const idAt = idColumn === undefined ? -1 : header.indexOf(idColumn)
  const list = new IdList(path)
  const values: string[] = []
  for await (const { line, cells } of records) {
    if (idAt >= 0) list.add(cells[idAt]!, line)
    values.push(cells[at]!)
  }
  if (values.length === 0) throw badData(`${path}: expected at least one line after the header, got none`)
  return { name: attribute, values, path, sha256: sha256(), ...(idAt >= 0 && { ids: list.ids }) }
}
