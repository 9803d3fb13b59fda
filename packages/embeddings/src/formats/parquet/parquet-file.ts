/**
 * @file Parquet files as tables: vectors in one column of lists or one column a dimension, ids in a column of text or
 * whole numbers.
 */

import { badData } from '@indistinct/core'
import type { ByteSource } from '../../files/byte-source.ts'
import type { Values } from '../../numbers/dtype-bytes.ts'
import { looked } from '../../beside-vectors.ts'
import type { Dtype, PassThroughColumn } from '../../embedding-table.ts'
import { quoted } from '../../quoted.ts'
import { fromFloat16 } from '../../numbers/float16.ts'
import { idColumnOf, isIndexName } from '../../labels/id-column.ts'
import { mostInflated, mostTableRows } from './parquet-bounds.js'
import { openParquetFile } from './parquet-footer.ts'
import type { ParquetFile, ParquetGroup } from './parquet-contents.ts'
import type { DecodedColumn } from './parquet-pages.js'
import type { ParquetColumn } from './parquet-schema.ts'
import type { ParquetContainer, RowReader } from '../../table-container.ts'
import type { ParquetContents } from './parquet-contents.ts'
import { decodeLeaves, groupTexts, readsAsText } from './parquet-columns.ts'
import { likeIds, readIdColumn } from './parquet-id-column.ts'
import { dtypeOf, vectorColumns, type VectorOptions } from './parquet-vectors.ts'

export interface ParquetTable extends RowReader {
  readonly container: ParquetContainer
  readonly idColumn: string | undefined
  readIds(): string[] | undefined
  /** Columns that look like ids under other names than usual, where ids are none or an index of pandas. */
  maybeIds(): string[]
  /** The first values of `others`. */
  firstTexts(): PassThroughColumn[]
  /** Names of the dimensions, where each has a column. */
  readonly dimensions: readonly string[] | undefined
  /** Every column that is neither id nor dimension and has a text for each value; others travel within Parquet only. */
  readonly others: readonly ParquetColumn[]
}

/**
 * Opens the table of a Parquet file.
 * @param options.key name of the column of lists; default: the only one
 * @param options.dimensions names of the dimension columns, or one prefix ending in `*`
 * @param options.labels names of columns that hold labels, which are no dimensions unless they are asked for
 * @param options.idColumn default: `id` or `user`; false: none
 * @throws IndistinctError 'bad-data' naming column and row, or 'usage' where columns cannot be told.
 */
export function openParquet(
  source: ByteSource,
  options: VectorOptions & { readonly idColumn?: string | false | undefined } = {},
): ParquetTable {
  const file = openParquetFile(source)
  const header = file.columns.map(({ name }) => name)
  const byName = columnsByName(file, header, source.name)
  const idColumn = options.idColumn === false ? undefined : idColumnOf(header, options.idColumn, source.name)
  const vectors = vectorColumns(file, idColumn, options)
  const leaf = vectors[0]!.leaves[0]!
  const isList = leaf.maxRepetition > 0
  const dtype = dtypeOf(leaf)!
  const rows = file.groups.reduce((sum, group) => sum + group.rows, 0)
  if (rows === 0) throw badData(`${source.name}: expected at least one row, got none`)
  checkProportion(file, vectors, rows)
  let cached: { group: number; values: Values } | undefined
  const first = file.groups.findIndex((group) => group.rows > 0)
  // Rows of another length are named when they are read.
  const cols = isList
    ? Math.round(file.groups[first]!.chunk(vectors[0]!.firstLeaf).slots / file.groups[first]!.rows)
    : vectors.length
  const valuesOf = (g: number): Values => {
    if (cached?.group !== g) cached = { group: g, values: groupValues(file.groups[g]!, vectors, cols, dtype) }
    return cached.values
  }
  const contents: ParquetContents = { ...file, vectors }
  const isVector = new Set(vectors)
  const others = file.columns.filter((column) => column.name !== idColumn && !isVector.has(column))
  const texts = new Set(others.filter((column) => readsAsText(file, column)))
  return {
    rows,
    cols,
    dtype,
    idColumn,
    readIds: () => (idColumn === undefined ? undefined : readIdColumn(file, byName.get(idColumn)!)),
    maybeIds: () => (idColumn === undefined || isIndexName(idColumn) ? likeIds(file, [...texts]) : []),
    firstTexts: () => firstTexts(file, [...texts]),
    dimensions: isList ? undefined : vectors.map(({ name }) => name),
    others: [...texts],
    container: {
      ...contents,
      format: 'parquet',
      hasIds: idColumn !== undefined,
      withoutText: others.filter((column) => !texts.has(column)).map(({ name }) => name),
    },
    readRows(from, to, into) {
      let start = 0
      file.groups.forEach((group, g) => {
        const [a, b] = [Math.max(from, start), Math.min(to, start + group.rows)]
        if (a < b) into.set(valuesOf(g).subarray((a - start) * cols, (b - start) * cols), (a - from) * cols)
        start += group.rows
      })
    },
  }
}

function columnsByName(file: ParquetFile, header: readonly string[], name: string): Map<string, ParquetColumn> {
  const byName = new Map(file.columns.map((column) => [column.name, column]))
  if (byName.size < header.length) {
    const twice = header.find((each, j) => byName.get(each) !== file.columns[j])!
    throw badData(`${name}: column ${quoted(twice)} stands twice in the schema`)
  }
  return byName
}

/** The values of the first row group. */
function firstTexts(file: ParquetFile, columns: readonly ParquetColumn[]): PassThroughColumn[] {
  const group = file.groups.find(({ rows }) => rows > 0)!
  return columns.map((column) => ({ name: column.name, values: groupTexts(group, column).slice(0, looked) }))
}

/**
 * @throws IndistinctError 'bad-data' where the vectors would come to far more than the bytes of the file can stand for.
 */
function checkProportion(file: ParquetFile, vectors: readonly ParquetColumn[], rows: number): void {
  const { name, size } = file.source
  let [values, compressed] = [0, 0]
  for (const group of file.groups) {
    for (const { firstLeaf } of vectors) {
      const { slots, length } = group.chunk(firstLeaf)
      values += slots
      compressed += length
    }
  }
  const bytes = values * (dtypeOf(vectors[0]!.leaves[0]!) === 'f8' ? 8 : 4)
  if (rows <= mostTableRows(size) && bytes <= mostInflated(compressed)) return
  throw badData(
    `${name}: expected embeddings, got ${rows} rows of ${bytes} bytes in ${compressed} bytes of the file; is it ` +
      'a table of one repeated value? Write it without compression if it is right',
  )
}

/** The vectors of a row group, row-major. */
function groupValues(group: ParquetGroup, vectors: readonly ParquetColumn[], cols: number, dtype: Dtype): Values {
  const fail = (column: ParquetColumn, row: number, got: string): Error =>
    badData(
      `${group.source.name}: row ${group.firstRow + row} (from 0), column ${quoted(column.name)}: expected ` +
        `${column.leaves[0]!.maxRepetition > 0 ? `${cols} finite numbers` : 'a finite number'}, got ${got}; remove ` +
        'or repair the row',
    )
  const count = group.rows * cols
  const [only] = vectors
  if (only!.leaves[0]!.maxRepetition > 0) {
    const [decoded] = decodeLeaves(group, [only!])
    checkLists(decoded!, only!, group.rows, cols, fail)
    return numbers(decoded!, dtype)
  }
  const values = dtype === 'f8' ? new Float64Array(count) : new Float32Array(count)
  let j = 0
  for (const decoded of decodeLeaves(group, vectors)) {
    const column = vectors[j]!
    const empty = decoded.definition?.findIndex((level) => level < column.leaves[0]!.maxDefinition) ?? -1
    if (empty >= 0) throw fail(column, empty, 'null')
    const one = numbers(decoded, dtype)
    for (let i = 0; i < group.rows; i++) values[i * cols + j] = one[i]!
    j++
  }
  return values
}

/** Every row must be one list of `cols` values, none of them null. */
function checkLists(
  { definition, repetition, slots }: DecodedColumn,
  column: ParquetColumn,
  rows: number,
  cols: number,
  fail: (column: ParquetColumn, row: number, got: string) => Error,
): void {
  const highest = column.leaves[0]!.maxDefinition
  let row = -1
  let length = 0
  for (let s = 0; s <= slots; s++) {
    if (s === slots || repetition![s] === 0) {
      if (row >= 0 && length !== cols) throw fail(column, row, `${length}`)
      if (s === slots) break
      row++
      length = 0
    }
    if (row < 0) throw fail(column, 0, 'the rest of a row')
    if (definition![s]! < highest) throw fail(column, row, 'null or an empty list')
    length++
  }
  if (row + 1 !== rows) throw fail(column, Math.max(0, Math.min(row, rows - 1)), `${row + 1} lists for ${rows} rows`)
}

function numbers({ values }: DecodedColumn, dtype: Dtype): Values {
  if (dtype !== 'f2') return values as Values
  const bytes = values as Uint8Array
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) =>
    fromFloat16(bytes[2 * i]! | (bytes[2 * i + 1]! << 8)),
  )
}
