/** @file Writing a table in the format that the file name says, with its ids. */

import { checkOptions, commitFiles, fileError, refuseExisting, stageFile, type StagedFile } from '@indistinct/core'
import { existsSync } from '@indistinct/core/platform'
import { tableFor } from './convert-table.ts'
import { csvChunks } from './formats/csv/csv-table.ts'
import type { EmbeddingTable } from './embedding-table.ts'
import { freeIdName } from './free-names.ts'
import { npyChunks } from './formats/npy/npy.ts'
import { npzEncoder } from './formats/npz/npz.ts'
import { parquetEncoder } from './formats/parquet/parquet-encode.ts'
import { safetensorsEncoder } from './formats/safetensors/safetensors.ts'
import type { TableEncoder } from './table-container.ts'
import { formatOf, idsBeside, isText } from './table-format.ts'
import { word2vecChunks } from './formats/word2vec/word2vec-text.ts'

/** A file as it was written. */
export interface WrittenFile {
  readonly path: string
  readonly sha256: string
}

/** Rows that go through an encoder at a time. */
const BLOCK = 1 << 16

/**
 * The files that writing `table` to `path` makes: the table and, where its ids are not row numbers and the file has no
 * place for them, `<path>.ids.csv` beside it.
 */
export function tableFiles(path: string, table: EmbeddingTable): string[] {
  return idsGoBeside(path, table) ? [path, idsBeside(path)] : [path]
}

function idsGoBeside(path: string, { container, idColumn, idType }: EmbeddingTable): boolean {
  const format = formatOf(path)
  if (idColumn === undefined || isText(format)) return false
  // What else is in a file is copied as it is, so ids that were beside it stay beside it.
  if (container?.format === format) return !container.hasIds
  return format === 'npy' || (format === 'safetensors' && idType === undefined)
}

/** Whether a table is written without ids of any kind. */
function hasNoIds(path: string, { container, idColumn }: EmbeddingTable): boolean {
  return !isText(formatOf(path)) && idColumn === undefined && !container?.hasIds
}

/**
 * Writes `table` as .npy, .npz, .csv, .tsv, .txt, .vec, .parquet or .safetensors, in its own dtype; each file appears
 * whole or not at all. Into the format that it came from, all that the file held beside the vectors is written again
 * unchanged. Returns the files, the table first.
 * @throws IndistinctError 'file' where a file is there already and `force` is not set, or cannot be written; 'bad-data'
 * where it has columns that the format cannot hold.
 */
export async function writeTable(
  path: string,
  table: EmbeddingTable,
  options: { readonly force?: boolean | undefined } = {},
): Promise<WrittenFile[]> {
  checkOptions('writeTable', options, { force: 'boolean' })
  const staged = stageTable(path, table, options)
  commitFiles([...staged].reverse())
  return staged.map(({ path, sha256 }) => ({ path, sha256 }))
}

/** The same files under temporary names, for a caller that names several files at once; the table first. */
export function stageTable(
  path: string,
  table: EmbeddingTable,
  options: { readonly force?: boolean | undefined } = {},
): StagedFile[] {
  const files = tableFiles(path, table)
  for (const file of files) refuseExisting(file, options.force)
  const beside = idsBeside(path)
  if (files.length === 1 && hasNoIds(path, table) && existsSync(beside)) {
    throw fileError(
      `${beside} names the rows of an earlier table, and would name those of this one, which have no ids; remove ` +
        'it, or write to another file',
    )
  }
  const replace = { replace: options.force === true }
  const staged = [stageFile(path, tableChunks(path, table), replace)]
  try {
    if (files[1] !== undefined)
      staged.push(stageFile(files[1], csvChunks({ ...table, idColumn: 'id', header: ['id'] }), replace))
    return staged
  } catch (error) {
    for (const file of staged) file.discard()
    throw error
  }
}

/** The bytes of the table's file, in pieces. */
export function tableChunks(path: string, given: EmbeddingTable): Iterable<Uint8Array> {
  const format = formatOf(path)
  const table = tableFor(path, given)
  const { matrix, dtype, quantisation, exact, idColumn, idType, columns, dimensions, header, container } = table
  const { rows, cols } = matrix
  const stored = { dtype, ...(quantisation && { quantisation }) }
  if (format === 'csv') return csvChunks(table, path.toLowerCase().endsWith('.tsv') ? '\t' : ',')
  if (format === 'word2vec') return word2vecChunks(table, path)
  if (format === 'npy')
    return npyChunks(
      [rows, cols],
      exact ?? matrix.data,
      stored,
      container?.format === 'npy' ? container.layout : undefined,
    )
  // An index of pandas in CSV has no name, and arrays need one.
  const idName = freeIdName(idColumn || 'id', new Set(columns.map((column) => column.name)))
  const ids = idColumn === undefined ? undefined : { name: idName, values: table.ids, type: idType }
  const text = [...(ids ? [ids] : []), ...columns]
  const fields = { rows, cols, ...stored }
  if (format === 'npz')
    return encoded(npzEncoder(container?.format === 'npz' ? { ...fields, container } : { ...fields, text }), table)
  if (format === 'safetensors') {
    const whole = ids?.type === undefined ? undefined : { ...ids, type: ids.type }
    return encoded(
      safetensorsEncoder(container?.format === 'safetensors' ? { ...fields, container } : { ...fields, ids: whole }),
      table,
    )
  }
  const named = (name: string): string => (name === idColumn ? idName : name)
  // Names that were made up for the dimensions of one array are no columns.
  return encoded(
    parquetEncoder(
      container?.format === 'parquet'
        ? { ...fields, container }
        : { ...fields, text, ...(header && { dimensions, header: header.map(named) }) },
    ),
    table,
  )
}

function* encoded(encoder: TableEncoder, { matrix, exact }: EmbeddingTable): Generator<Uint8Array> {
  const values = exact ?? matrix.data
  yield* encoder.start()
  const step = BLOCK * matrix.cols
  for (let at = 0; at < values.length; at += step) yield* encoder.rows(values.subarray(at, at + step))
  yield* encoder.end()
}
