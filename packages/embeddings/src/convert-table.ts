/** @file A table in another format than it came in: what that format holds, and what of the table it does not. */

import { badData } from '@indistinct/core'
import { columnList } from './labels/column-list.ts'
import type { EmbeddingTable, TableFormat } from './embedding-table.ts'
import { dtypeName } from './numbers/stored-type.ts'
import { formatHolds, formatOf } from './table-format.ts'

/**
 * The table as the file at `path` will hold it: of the type that values have there, without what else its own file
 * held.
 * @throws IndistinctError 'bad-data' where a column has no text, which other formats than its own need.
 */
export function tableFor(path: string, table: EmbeddingTable): EmbeddingTable {
  const format = formatOf(path)
  const { container, quantisation, header, ...others } = table
  // A column of whole vectors is one in CSV alone; elsewhere its name would stand for no column.
  const rest = { ...others, ...(header && !(container?.format === 'csv' && format !== 'csv') && { header }) }
  if (container?.format === 'parquet' && format !== 'parquet' && container.withoutText.length > 0) {
    throw badData(
      `${path}: column ${JSON.stringify(container.withoutText[0])} of the table has no text form; ` +
        'write a .parquet file, which keeps it',
    )
  }
  const own = container?.format === format ? { container } : {}
  if (formatHolds(format, rest.dtype)) return { ...rest, ...own, ...(quantisation && { quantisation }) }
  return { ...rest, ...own, dtype: 'f4' }
}

/** What a reader of the file at `path` will not find there of `table`, or find changed; a line each. */
export function notesOnFormat(path: string, table: EmbeddingTable): string[] {
  const format = formatOf(path)
  const { container, dtype, columns } = table
  const notes: string[] = []
  if (!formatHolds(format, dtype)) {
    notes.push(
      `${path}: values of ${dtypeName(dtype)} are written as float32, since ${name(format)} holds no ` +
        `${dtypeName(dtype)}`,
    )
  }
  if (columns.length > 0 && (format === 'npy' || format === 'safetensors' || format === 'word2vec')) {
    notes.push(
      `${path}: ${name(format)} has no place for the table's columns ` +
        `${columnList(columns.map((column) => column.name))}: they are not written`,
    )
  }
  const left =
    container && container.format !== format && (container.format === 'npz' || container.format === 'safetensors')
      ? container.others
      : []
  if (left.length > 0) notes.push(`${path}: the other arrays of the table's file are not written: ${columnList(left)}`)
  return notes
}

function name(format: TableFormat): string {
  const names: Readonly<Record<TableFormat, string>> = {
    npy: 'an npy file',
    npz: 'an npz archive',
    csv: 'text',
    word2vec: 'text',
    parquet: 'Parquet',
    safetensors: 'a safetensors file',
  }
  return names[format]
}
