/** @file Reading a table by the format that its file name says. */

import { badData, checkOptions, usageError, type OptionKinds } from '@indistinct/core'
import { existsSync, mostBytes, realpathSync } from '@indistinct/core/platform'
import { bytesSource, fileSource, readBytes, sourceSha256, type ByteSource } from './files/byte-source.ts'
import { requireRereadable } from './files/open-file.ts'
import { readCsvTable } from './formats/csv/csv-table.ts'
import { embeddingTable, type EmbeddingTable } from './embedding-table.ts'
import { readIds } from './labels/ids.ts'
import { readNpyFile } from './formats/npy/npy.ts'
import { openNpz } from './formats/npz/npz.ts'
import { openParquet } from './formats/parquet/parquet-file.ts'
import { parquetTexts } from './formats/parquet/parquet-columns.ts'
import { fileOrPartsSource } from './formats/parquet/parquet-parts.ts'
import { openSafetensors } from './formats/safetensors/safetensors.ts'
import { idsBeside, inputFormat, isText } from './table-format.ts'
import type { TableFormat } from './embedding-table.ts'
import { readWord2vec } from './formats/word2vec/word2vec-text.ts'

export interface ReadTableOptions {
  /**
   * File that names the rows of a table without ids; default: `<path>.ids.csv` where it is there, as `writeTable` names
   * it. Without either a row's number, from 0, is its id.
   */
  readonly ids?: string | undefined
  /** Id column of a table or of the ids file; default: the one of a usual name, see `idColumnOf`. */
  readonly idColumn?: string | undefined
  /** Dimension columns of a CSV or Parquet table; see {@link readCsvTable}. */
  readonly dimensions?: readonly string[] | undefined
  /** Columns of a CSV or Parquet table that hold labels, and are no dimensions unless `dimensions` names them. */
  readonly labels?: readonly string[] | undefined
  /** Which array of an npz or safetensors file, or which column of lists of a Parquet file; default: the only one. */
  readonly key?: string | undefined
  /** Of a table of int8 or uint8: a whole number q stands for scale * (q - zeroPoint). */
  readonly scale?: number | undefined
  /** Default: 0. */
  readonly zeroPoint?: number | undefined
}

const readKinds: OptionKinds<ReadTableOptions> = {
  ids: 'string',
  idColumn: 'string',
  dimensions: 'list',
  labels: 'list',
  key: 'string',
  scale: 'number',
  zeroPoint: 'number',
}

/** The format of `path`, once `options` are known to fit it. */
function checkedFormat(path: string, options: ReadTableOptions): TableFormat {
  checkOptions('readTable', options, readKinds)
  const format = inputFormat(path)
  if (options.key !== undefined && (format === 'npy' || isText(format))) {
    throw badData(`${path}: a ${format} file holds one table; a key chooses in npz, safetensors and Parquet files only`)
  }
  if ((options.scale !== undefined || options.zeroPoint !== undefined) && (isText(format) || format === 'parquet')) {
    throw usageError(
      `${path}: a scale is for tables of int8 and uint8 in npy, npz and safetensors files; leave out --scale and ` +
        '--zero-point',
    )
  }
  return format
}

/**
 * Reads an embedding table (N, K) from a .npy, .npz, .csv, .tsv, .txt, .vec, .parquet or .safetensors file, or from a
 * folder of Parquet parts.
 * @throws IndistinctError 'bad-data' with the place and the way out, 'usage' where the table cannot be told from other
 * arrays or columns, or 'file' where the file cannot be read.
 */
export async function readTable(path: string, options: ReadTableOptions = {}): Promise<EmbeddingTable> {
  const format = checkedFormat(path, options)
  if (isText(format)) {
    // Commands read a table again, or take labels from it.
    requireRereadable(path)
    if (options.ids !== undefined)
      throw badData(`${path}: a table of text has its own ids; an ids file goes with a table that has none`)
    return format === 'csv' ? readCsvTable(path, options) : readWord2vec(path)
  }
  if (format === 'npy') {
    const { shape, dtype, quantisation, layout, data, sha256 } = await readNpyFile(path, options)
    if (shape.length !== 2)
      throw badData(`${path}: expected a matrix of one row a user, got shape (${shape.join(', ')})`)
    const [rows, cols] = shape as [number, number]
    const { ids, notes } = await namedRows(path, rows, options, false)
    return embeddingTable({
      notes,
      matrix: { rows, cols, data: data instanceof Float32Array ? data : Float32Array.from(data) },
      dtype,
      ...(quantisation && { quantisation }),
      container: { format, hasIds: false, layout },
      source: { path, format, sha256 },
      ...(data instanceof Float64Array && { exact: data }),
      ...(ids && { ids, idColumn: options.idColumn ?? 'id' }),
    })
  }
  // Parquet is decoded in another thread, from the file itself.
  const source = format === 'parquet' ? fileOrPartsSource(path) : bytesSource(wholeFile(path), path)
  try {
    const opened = openContainer(source, format, options)
    const { rows, cols, dtype, quantisation } = opened
    const { ids: given, notes } = await namedRows(path, rows, options, opened.idColumn !== undefined)
    const ids = given ?? opened.readIds()
    const idColumn = given ? (options.idColumn ?? 'id') : opened.idColumn
    const idType = given || !('idType' in opened) ? undefined : opened.idType
    const data = dtype === 'f8' ? new Float64Array(rows * cols) : new Float32Array(rows * cols)
    opened.readRows(0, rows, data)
    return embeddingTable({
      matrix: { rows, cols, data: data instanceof Float32Array ? data : Float32Array.from(data) },
      dtype,
      ...(quantisation && { quantisation }),
      container: { ...opened.container, source: source.later?.() ?? source, ...(given && { hasIds: false }) },
      source: { path, format, sha256: sourceSha256(source) },
      ...(data instanceof Float64Array && { exact: data }),
      ...(ids ? { ids, idColumn: idColumn! } : { maybeIds: opened.maybeIds() }),
      ...(idType !== undefined && { idType }),
      notes: [...notes, ...partsNotes(source, ids !== undefined)],
      ...('others' in opened && parquetColumnsOf(opened)),
    })
  } finally {
    source.close()
  }
}

/** Which order the rows of parts have, where they are told apart by it alone. */
function partsNotes({ name, parts }: ByteSource, hasIds: boolean): string[] {
  if (!parts || hasIds) return []
  return [
    `rows of ${name} have no ids, and are numbered through its ${parts.length} parts in the order of their ` +
      'names, part-2 before part-10',
  ]
}

/**
 * The ids of the file that names the rows: the one that is given, or that `writeTable` left beside a table without ids.
 */
async function namedRows(
  path: string,
  rows: number,
  options: ReadTableOptions,
  hasIds: boolean,
): Promise<{ ids?: string[]; notes: string[] }> {
  const file = options.ids ?? (hasIds ? undefined : findIdsBeside(path))
  if (file === undefined) return { notes: [] }
  const ids = await readIds(file, file === options.ids ? options.idColumn : undefined)
  if (ids.length !== rows)
    throw badData(`${file}: expected ${rows} ids, one for each row of ${path}, got ${ids.length}`)
  return { ids, notes: file === options.ids ? [] : [`rows of ${path} are named by ${file}`] }
}

/** The file beside a table that names its rows, where it is there; beside a link that of what it leads to will do. */
export function findIdsBeside(path: string): string | undefined {
  const beside = idsBeside(path)
  if (existsSync(beside)) return beside
  const target = existsSync(path) ? idsBeside(realpathSync.native(path)) : beside
  return existsSync(target) ? target : undefined
}

/** The ids that `writeTable` left beside a table without ids, where they are there. */
export async function readIdsBeside(path: string, rows: number): Promise<string[] | undefined> {
  return (await namedRows(path, rows, {}, false)).ids
}

/** The table of a file that may hold more. */
export function openContainer(
  source: ByteSource,
  format: 'npz' | 'parquet' | 'safetensors',
  options: ReadTableOptions,
) {
  const { key, dimensions, labels, scale, zeroPoint } = options
  // Of an ids file, the name is of its column.
  const idColumn = options.ids === undefined ? options.idColumn : false
  if (format === 'npz') return openNpz(source, { key, idColumn, scale, zeroPoint })
  if (format === 'safetensors') return openSafetensors(source, { key, idColumn, scale, zeroPoint })
  return openParquet(source, { key, dimensions, labels, idColumn })
}

function parquetColumnsOf({ container, others, dimensions, idColumn }: ReturnType<typeof openParquet>) {
  const columns = others.map((column) => ({ name: column.name, values: parquetTexts(container, column) }))
  // Names of dimensions that stand in one column of lists are made up, and so is a header for them.
  if (!dimensions) return { columns }
  const named = new Set([
    ...dimensions,
    ...columns.map(({ name }) => name),
    ...(idColumn === undefined ? [] : [idColumn]),
  ])
  return { columns, dimensions, header: container.columns.map(({ name }) => name).filter((name) => named.has(name)) }
}

/** The bytes of a file. @throws IndistinctError 'bad-data' where it is larger than what memory addresses. */
function wholeFile(path: string): Uint8Array {
  const source = fileSource(path)
  try {
    if (source.size > mostBytes)
      throw badData(
        `${path}: ${source.size} bytes are more than can be held in memory at once; use a file of its own for ` +
          'the table, such as .npy',
      )
    return readBytes(source, 0, source.size)
  } catch (cause) {
    // Node 22 and later address more than there is.
    if (!(cause instanceof RangeError)) throw cause
    throw badData(
      `${path}: there is no memory for its ${source.size} bytes; use a file of its own for the table, such as .npy`,
      { cause },
    )
  } finally {
    source.close()
  }
}
