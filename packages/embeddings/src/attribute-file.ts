/** @file Attribute files: one label a user, in a CSV or Parquet file or in an array of an npz archive. */

import { badData, sha256, usageError } from '@indistinct/core'
import { bytesSource } from './byte-source.ts'
import { columnList } from './column-list.ts'
import { openCsv } from './csv-records.ts'
import { quoted } from './embedding-table.ts'
import { IdList, idColumnOf } from './ids.ts'
import { npzNames, readNpzText } from './npz.ts'
import { openParquetFile, parquetTexts } from './parquet-file.ts'
import { isText } from './parquet-text.ts'
import { wholeFile } from './read-table.ts'
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
 * Reads the column `attribute` of a CSV or Parquet file, or the array of that name of an npz archive, with its ids where
 * it has an id column. The file may be that of the table.
 * @param options.idColumn default: `id` or `user` where there is one
 * @throws IndistinctError 'usage' where a named column is missing, 'bad-data' on broken lines or repeated ids.
 */
export async function readAttribute(path: string, attribute: string, options: { readonly idColumn?: string | undefined } = {}): Promise<AttributeColumn> {
  refuseExtension(path)
  if (/\.safetensors$|\.npy$/i.test(path)) throw badData(`${path}: expected a CSV, Parquet or npz file of labels, which this format does not hold`)
  if (/\.parquet$/i.test(path)) return fromColumns(path, attribute, options.idColumn, parquetSide)
  if (/\.npz$/i.test(path)) return fromColumns(path, attribute, options.idColumn, npzSide)
  const { header, records, sha256 } = await openCsv(path)
  const { at, idAt } = attributePositions(header, attribute, options.idColumn, path)
  const list = new IdList(path)
  const values: string[] = []
  for await (const { line, cells } of records) {
    if (idAt >= 0) list.add(cells[idAt]!, line)
    values.push(cells[at]!)
  }
  if (values.length === 0) throw badData(`${path}: expected at least one line after the header, got none`)
  return { name: attribute, values, path, sha256: sha256(), ...(idAt >= 0 && { ids: list.ids }) }
}

/** Where the labels stand in a file with such a header, and where ids do, or -1. */
export function attributePositions(header: readonly string[], attribute: string, requested: string | undefined, path: string): { at: number; idAt: number } {
  const at = header.indexOf(attribute)
  if (at < 0) throw usageError(`${path}: there is no column ${quoted(attribute)}; the columns are ${columnList(header)}`)
  const idColumn = idColumnOf(header, requested, path)
  if (idColumn === attribute) throw usageError(`${path}: column ${quoted(attribute)} holds the ids; name another as the attribute`)
  return { at, idAt: idColumn === undefined ? -1 : header.indexOf(idColumn) }
}

interface ColumnSide {
  readonly header: readonly string[]
  values(at: number): string[]
}

function fromColumns(path: string, attribute: string, idColumn: string | undefined, open: (bytes: Uint8Array, path: string) => ColumnSide): AttributeColumn {
  const bytes = wholeFile(path)
  const { header, values: valuesAt } = open(bytes, path)
  const { at, idAt } = attributePositions(header, attribute, idColumn, path)
  const values = valuesAt(at)
  if (values.length === 0) throw badData(`${path}: expected at least one row, got none`)
  const digest = sha256(bytes)
  if (idAt < 0) return { name: attribute, values, path, sha256: digest }
  const list = new IdList(path)
  const ids = valuesAt(idAt)
  if (ids.length !== values.length) throw badData(`${path}: expected ${ids.length} labels, one for each id, got ${values.length}`)
  ids.forEach((id, i) => list.add(id, i + 1))
  return { name: attribute, values, path, sha256: digest, ids: list.ids }
}

function parquetSide(bytes: Uint8Array, path: string): ColumnSide {
  const file = openParquetFile(bytesSource(bytes, path))
  return {
    header: file.columns.map(({ name }) => name),
    values(at) {
      const column = file.columns[at]!
      const [leaf] = column.leaves
      if (!leaf || column.leaves.length > 1 || !isText(leaf)) throw badData(`${path}: column ${quoted(column.name)}: expected one label a user, as text, numbers, booleans or dates, got ${leaf?.type ?? 'a group'}`)
      return parquetTexts(file, column)
    },
  }
}

function npzSide(bytes: Uint8Array, path: string): ColumnSide {
  const source = bytesSource(bytes, path)
  const header = npzNames(source)
  return { header, values: (at) => readNpzText(source, header[at]!) }
}
