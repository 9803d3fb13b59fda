/**
 * @file Embedding tables: one vector a user, under the user's id. A table is checked once, when it is made, so that
 * everything behind it may trust finite values, unique ids and rows that differ.
 */

import { badData, checkMatrix, type Matrix } from '@indistinct/core'
import { seenRounding } from './numbers/rounded-columns.ts'
import { dimensionNotes, type NotedTable } from './numbers/dimension-notes.ts'
import { seenDimensions } from './numbers/whole-dimensions.ts'
import { beyondRange, dtypeName, rounded, type Dtype, type Quantisation } from './numbers/stored-type.ts'
import type { TableContainer } from './table-container.ts'
import { quoted } from './quoted.ts'

export type { Dtype }

/** A column that is neither the id nor a dimension; it travels with its rows unchanged. */
export interface PassThroughColumn {
  readonly name: string
  readonly values: readonly string[]
}

/** File formats of tables; csv is tsv too, word2vec is GloVe too. */
export type TableFormat = 'npy' | 'npz' | 'csv' | 'word2vec' | 'parquet' | 'safetensors'

/** Where a table was read from; the digest is of the file's bytes as they were read. */
export interface TableSource {
  readonly path: string
  readonly format: TableFormat
  readonly sha256: string
}

export interface EmbeddingTable {
  /** One id a row (N), unique. */
  readonly ids: readonly string[]
  /** (N, K), finite. */
  readonly matrix: Matrix
  /** Type the values are written in. */
  readonly dtype: Dtype
  /** What whole numbers stand for, where `dtype` is i1 or u1. */
  readonly quantisation?: Quantisation
  /** The values in full, (N, K) row-major, where `dtype` is f8: `matrix` holds them rounded to float32. */
  readonly exact?: Float64Array
  /** Name of the id column; absent where ids are row numbers. */
  readonly idColumn?: string
  /** Arrays of its file that look like ids under other names than usual, where ids are row numbers. */
  readonly maybeIds?: readonly string[]
  /** Type of the ids where the file had whole numbers, as NumPy names it: <i8. */
  readonly idType?: string
  /** Names of the dimensions (K). */
  readonly dimensions: readonly string[]
  readonly columns: readonly PassThroughColumn[]
  /** Every column name in the order of the file; absent where the file has none. */
  readonly header?: readonly string[]
  /** What its file holds beside it, for writing the same format again; absent where there is nothing. */
  readonly container?: TableContainer
  /** What a reader of the results should know: where ids were found, constant dimensions. */
  readonly warnings: readonly string[]
  readonly source?: TableSource
}

export interface EmbeddingTableFields {
  readonly matrix: Matrix
  /** Default: row numbers from 0. */
  readonly ids?: readonly string[]
  /** Default: f8 where `exact` is given, f4 otherwise. */
  readonly dtype?: Dtype
  readonly quantisation?: Quantisation
  readonly exact?: Float64Array
  readonly idColumn?: string
  readonly maybeIds?: readonly string[]
  /** What a reader of the results should know, beside constant dimensions. */
  readonly notes?: readonly string[]
  readonly idType?: string
  /** Default: d0, d1, … */
  readonly dimensions?: readonly string[]
  readonly columns?: readonly PassThroughColumn[]
  readonly header?: readonly string[]
  readonly container?: TableContainer
  readonly source?: TableSource
  /** How error messages name the table. */
  readonly name?: string
}

/**
 * Makes a checked table.
 * @throws IndistinctError 'bad-data' on no rows, no dimensions, NaN or infinity, float64 that float32 cannot tell
 * apart, duplicate or empty ids, equal rows.
 * @throws RangeError when ids, names or columns do not fit the (N, K) of the matrix.
 */
export function embeddingTable(fields: EmbeddingTableFields): EmbeddingTable {
  const {
    matrix,
    exact,
    quantisation,
    idColumn,
    idType,
    maybeIds,
    notes = [],
    columns = [],
    header,
    container,
    source,
    name = source?.path ?? 'table',
  } = fields
  checkMatrix('embeddingTable', matrix, 'a matrix')
  const { rows, cols } = matrix
  if (rows === 0) throw badData(`${name}: expected at least one row, got none`)
  if (cols === 0) throw badData(`${name}: expected at least one dimension, got none`)
  const ids = fields.ids ?? Array.from({ length: rows }, (_, i) => String(i))
  const dimensions = fields.dimensions ?? Array.from({ length: cols }, (_, j) => `d${j}`)
  const dtype = fields.dtype ?? (exact ? 'f8' : 'f4')
  checkShape({ ...fields, ids, dimensions })
  checkIds(ids, name)
  checkFinite(matrix, exact, ids, dimensions, name)
  const ofDimensions = checkedDimensions(matrix, exact, {
    name,
    dimensions,
    named: fields.dimensions !== undefined && container?.format !== 'csv',
    anyValues: source === undefined || quantisation !== undefined,
  })
  return {
    ids,
    matrix,
    dtype,
    dimensions,
    columns,
    warnings: [...notes, ...ofDimensions],
    ...(quantisation && { quantisation }),
    ...(exact && { exact }),
    ...(idColumn !== undefined && { idColumn }),
    ...(idType !== undefined && { idType }),
    ...(maybeIds && maybeIds.length > 0 && { maybeIds }),
    ...(header && { header }),
    ...(container && { container }),
    ...(source && { source }),
  }
}

function checkShape({
  matrix: { rows, cols },
  ids,
  dimensions,
  exact,
  columns = [],
}: EmbeddingTableFields & Pick<EmbeddingTable, 'ids' | 'dimensions'>): void {
  if (ids.length !== rows) throw new RangeError(`embeddingTable: expected ${rows} ids, got ${ids.length}`)
  if (dimensions.length !== cols)
    throw new RangeError(`embeddingTable: expected ${cols} dimension names, got ${dimensions.length}`)
  if (exact && exact.length !== rows * cols)
    throw new RangeError(`embeddingTable: expected ${rows * cols} exact values, got ${exact.length}`)
  for (const column of columns) {
    if (column.values.length !== rows)
      throw new RangeError(`embeddingTable: expected ${rows} values of ${column.name}, got ${column.values.length}`)
  }
}

/** Lines on the dimensions of `m`. @throws IndistinctError 'bad-data' where nothing tells its rows apart. */
function checkedDimensions({ rows, cols, data }: Matrix, exact: Float64Array | undefined, table: NotedTable): string[] {
  const { name, dimensions } = table
  if (exact) {
    const rounding = seenRounding(cols)
    rounding.see(data, exact)
    rounding.check(dimensions, name)
  }
  const seen = seenDimensions(cols)
  seen.see(data, exact)
  const constant = seen.constant()
  // One row is no sign of anything: a new user comes alone.
  if (rows === 1) return []
  if (constant.length < cols) return dimensionNotes(seen, constant, table)
  throw badData(
    `${name}: all ${rows} rows are equal; expected embeddings that differ between users (was the model trained?)`,
  )
}

/**
 * The table with new vectors (N, K) under the same ids and columns. A float64 value whose float32 rounding did not
 * change keeps all its digits, so rows that a method left alone come back bit for bit. Values are rounded to types that
 * are narrower than float32.
 */
export function withMatrix(table: EmbeddingTable, matrix: Matrix): EmbeddingTable {
  const { rows, cols } = table.matrix
  if (matrix.rows !== rows || matrix.cols !== cols) {
    throw new RangeError(`withMatrix: expected ${rows} x ${cols}, got ${matrix.rows} x ${matrix.cols}`)
  }
  let exact: Float64Array | undefined
  if (table.exact) {
    exact = new Float64Array(matrix.data)
    for (let p = 0; p < exact.length; p++) if (matrix.data[p] === table.matrix.data[p]) exact[p] = table.exact[p]!
  }
  const { ids, dtype, quantisation, idColumn, idType, dimensions, columns, header, container } = table
  return embeddingTable({
    ids,
    matrix: dtype === 'f4' || dtype === 'f8' ? matrix : stored(matrix, table),
    dtype,
    ...(quantisation && { quantisation }),
    dimensions,
    columns,
    name: 'withMatrix',
    ...(exact && { exact }),
    ...(idColumn !== undefined && { idColumn }),
    ...(idType !== undefined && { idType }),
    ...(header && { header }),
    ...(container && { container }),
  })
}

/** The values as the file holds them, so that what is audited is what is written. */
function stored(m: Matrix, table: EmbeddingTable): Matrix {
  const { ids, dimensions, dtype } = table
  const data = m.data.map((value) => rounded(value, table))
  for (let p = 0; p < data.length; p++) {
    if (Number.isFinite(data[p]) || !Number.isFinite(m.data[p])) continue
    const i = Math.floor(p / m.cols)
    throw badData(
      `withMatrix: row ${i} (from 0, id ${quoted(ids[i]!)}), column ${dimensions[p - i * m.cols]!}: ${m.data[p]} ` +
        `is beyond the range of ${dtypeName(dtype)}; convert the table to float32 first`,
    )
  }
  return { rows: m.rows, cols: m.cols, data }
}

/**
 * What rounding to the type of the file does to `matrix`, the new vectors of `table`, where it does anything: a line
 * for people. Rows that did not move hold what the file holds already.
 */
export function notesOnRounding(table: EmbeddingTable, matrix: Matrix): string[] {
  const { dtype } = table
  if (dtype === 'f4' || dtype === 'f8') return []
  let [largest, squares, changed, clipped] = [0, 0, 0, 0]
  for (const value of matrix.data) {
    const rest = Math.abs(rounded(value, table) - value)
    if (beyondRange(value, table)) clipped++
    if (rest === 0) continue
    changed++
    squares += rest * rest
    largest = Math.max(largest, rest)
  }
  if (changed === 0) return []
  const rms = Math.sqrt(squares / changed)
  const by = `by ${rms.toPrecision(2)} in root mean square and ${largest.toPrecision(2)} at most`
  const ends = clipped > 0 ? `; ${clipped} of them lay beyond its range and were set to the end of it` : ''
  return [
    `${changed} of ${matrix.data.length} values were rounded to ${dtypeName(dtype)}, the type of the table, ` +
      `${by}${ends}`,
  ]
}

/** @throws IndistinctError 'bad-data' on an empty or repeated id. */
export function checkIds(ids: readonly string[], name: string): void {
  const rowOfId = new Map<string, number>()
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!
    if (id === '') throw badData(`${name}: row ${i} (from 0): expected an id, got an empty cell`)
    const first = rowOfId.get(id)
    if (first !== undefined) {
      throw badData(`${name}: id ${quoted(id)} stands in rows ${first} and ${i} (from 0); expected one row a user`)
    }
    rowOfId.set(id, i)
  }
}

function checkFinite(
  m: Matrix,
  exact: Float64Array | undefined,
  ids: readonly string[],
  dimensions: readonly string[],
  name: string,
): void {
  const { data, cols } = m
  for (let p = 0; p < data.length; p++) {
    if (Number.isFinite(data[p])) continue
    const i = Math.floor(p / cols)
    const got = exact && Number.isFinite(exact[p]) ? `${exact[p]}, beyond the range of float32` : String(data[p])
    throw badData(
      `${name}: row ${i} (from 0, id ${quoted(ids[i]!)}), column ${dimensions[p - i * cols]!}: expected a finite ` +
        `number, got ${got}; ` +
        'remove or repair the row',
    )
  }
}
