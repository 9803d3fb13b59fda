/** @file Tables inside files that hold more than one array or column: what is chosen, and what travels along. */

import { usageError } from '@indistinct/core'
import type { ByteSource } from './byte-source.ts'
import { columnList } from './column-list.ts'
import type { Values } from './dtype-bytes.ts'
import { type Dtype, quoted } from './embedding-table.ts'
import type { ParquetContents } from './parquet-file.ts'
import type { ZipEntry } from './zip.ts'

interface Contents {
  readonly source: ByteSource
  /** Whether the ids of the rows are in the file. */
  readonly hasIds: boolean
}

/** An npz archive around a table. */
export interface NpzContainer extends Contents {
  readonly format: 'npz'
  readonly entries: readonly ZipEntry[]
  readonly key: ZipEntry
}

/** A safetensors file around a table: the bytes of its tensor. */
export interface SafetensorsContainer extends Contents {
  readonly format: 'safetensors'
  readonly start: number
  readonly end: number
}

/** A Parquet file around a table. */
export interface ParquetContainer extends Contents, ParquetContents {
  readonly format: 'parquet'
  /** Columns whose values have no text: they travel within Parquet only. */
  readonly withoutText: readonly string[]
}

/** What a file holds beside the table, for writing the same format again with all of it unchanged. */
export type TableContainer = NpzContainer | SafetensorsContainer | ParquetContainer

/** A table of which rows can be read by number. */
export interface RowReader {
  readonly rows: number
  readonly cols: number
  readonly dtype: Dtype
  /** Fills `into` with rows from <= i < to, row-major; float64 is rounded where `into` is float32. */
  readRows(from: number, to: number, into: Values): void
}

/** A table as it is written front to back, in pieces of bytes. */
export interface TableEncoder {
  start(): Iterable<Uint8Array>
  /** The next rows. */
  rows(values: Values): Iterable<Uint8Array>
  end(): Iterable<Uint8Array>
}

/** An array that could be the table. */
export interface Candidate {
  readonly name: string
  /** As messages show it: "<f4 (943, 16)". */
  readonly what: string
  readonly isTable: boolean
}

/**
 * The array that holds the table: the one asked for, or else the only matrix of floats.
 * @throws IndistinctError 'usage' where the one asked for is not there, or several could be it.
 */
export function chooseArray<T extends Candidate>(candidates: readonly T[], key: string | undefined, path: string): T {
  const listed = (some: readonly T[]): string => some.slice(0, 12).map(({ name, what }) => `${quoted(name)} ${what}`).join(', ') + (some.length > 12 ? ` and ${some.length - 12} more` : '')
  if (key !== undefined) {
    const found = candidates.find(({ name }) => name === key)
    if (!found) throw usageError(`${path}: there is no array ${quoted(key)}; the arrays are ${columnList(candidates.map(({ name }) => name))}`)
    return found
  }
  const tables = candidates.filter(({ isTable }) => isTable)
  if (tables.length === 1) return tables[0]!
  if (tables.length === 0) throw usageError(`${path}: expected a matrix of float16, float32 or float64 values, got ${candidates.length === 0 ? 'no arrays' : listed(candidates)}`)
  throw usageError(`${path}: several arrays could be the table: ${listed(tables)}; choose one (--table-key)`)
}
