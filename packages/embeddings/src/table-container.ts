/** @file Tables inside files that hold more than one array or column: what is chosen, and what travels along. */

import { badData, usageError } from '@indistinct/core'
import type { ByteSource } from './files/byte-source.ts'
import { columnList } from './labels/column-list.ts'
import type { Values } from './numbers/dtype-bytes.ts'
import { quoted } from './quoted.ts'
import { shellWord } from './files/local-file.ts'
import type { ArrayLayout } from './formats/npy/npy-header.ts'
import type { ParquetContents } from './formats/parquet/parquet-contents.ts'
import { scaleMissing, type Dtype, type Quantisation } from './numbers/stored-type.ts'
import type { VectorText } from './formats/csv/vector-text.ts'
import type { ZipEntry } from './formats/npz/zip.ts'

interface Contents {
  readonly source: ByteSource
  /** Whether the ids of the rows are in the file. */
  readonly hasIds: boolean
}

/** An npy file: nothing but its layout. */
export interface NpyContainer {
  readonly format: 'npy'
  readonly hasIds: false
  readonly layout: ArrayLayout
}

/** A CSV file with whole vectors in the cells of one column. */
export interface CsvContainer {
  readonly format: 'csv'
  readonly hasIds: true
  readonly vectorColumn: string
  readonly vectorText: VectorText
}

/** A text of word2vec, or of GloVe, which has no line of counts. */
export interface Word2vecContainer {
  readonly format: 'word2vec'
  readonly hasIds: true
  readonly counted: boolean
}

/** An npz archive around a table. */
export interface NpzContainer extends Contents {
  readonly format: 'npz'
  readonly layout: ArrayLayout
  readonly entries: readonly ZipEntry[]
  readonly key: ZipEntry
  /** Names of the arrays that are neither the table nor its ids. */
  readonly others: readonly string[]
  /** Of those, the ones that hold floats for each row. */
  readonly othersOfNumbers: readonly string[]
}

/** A safetensors file around a table: the bytes of its tensor. */
export interface SafetensorsContainer extends Contents {
  readonly format: 'safetensors'
  readonly start: number
  readonly end: number
  /** Names of the tensors that are neither the table nor its ids. */
  readonly others: readonly string[]
  /** Of those, the ones that hold floats for each row. */
  readonly othersOfNumbers: readonly string[]
}

/** A Parquet file around a table. */
export interface ParquetContainer extends Contents, ParquetContents {
  readonly format: 'parquet'
  /** Columns whose values have no text: they travel within Parquet only. */
  readonly withoutText: readonly string[]
}

/** What a file holds beside the table, for writing the same format again with all of it unchanged. */
export type TableContainer =
  NpyContainer | CsvContainer | Word2vecContainer | NpzContainer | SafetensorsContainer | ParquetContainer

/** A table of which rows can be read by number. */
export interface RowReader {
  readonly rows: number
  readonly cols: number
  readonly dtype: Dtype
  /** What whole numbers stand for, where `dtype` is i1 or u1. */
  readonly quantisation?: Quantisation | undefined
  /** How the values lie in npy and npz files. */
  readonly layout?: ArrayLayout | undefined
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
  /** A matrix of whole numbers of 8 bits, which would be a table with a scale. */
  readonly needsScale: boolean
}

/**
 * The array that holds the table: the one asked for, or else the only matrix of floats; with a scale the only matrix of
 * whole numbers of 8 bits.
 * @throws IndistinctError 'usage' where the one asked for is not there, or several could be it; 'bad-data' where none
 * could.
 */
export function chooseArray<T extends Candidate>(
  candidates: readonly T[],
  key: string | undefined,
  path: string,
  scale?: number,
): T {
  if (key !== undefined) {
    const found = candidates.find(({ name }) => name === key)
    if (!found)
      throw usageError(
        `${path}: there is no array ${quoted(key)}; the arrays are ${columnList(candidates.map(({ name }) => name))}`,
      )
    return found
  }
  const whole = candidates.filter(({ needsScale }) => needsScale)
  const tables = scale === undefined ? candidates.filter(({ isTable }) => isTable) : whole
  if (tables.length === 1) return tables[0]!
  if (tables.length > 1) {
    // Of factors of users and of items, those of users are meant; but a name is no proof.
    const named = tables.filter(({ name }) => /user/i.test(name))
    const choice = named.length === 1 ? ` ${shellWord(named[0]!.name)}, if that is it` : ''
    throw usageError(`${path}: several arrays could be the table: ${listed(tables)}; choose one (--table-key${choice})`)
  }
  if (scale === undefined && whole.length > 0) throw scaleMissing(listed(whole), path)
  const expected =
    scale === undefined
      ? 'a matrix of float16, bfloat16, float32 or float64 values'
      : 'a matrix of int8 or uint8 values, since a scale is given'
  throw badData(`${path}: expected ${expected}, got ${candidates.length === 0 ? 'no arrays' : listed(candidates)}`)
}

function shortened(what: string): string {
  return what.length > 60 ? `${what.slice(0, 60)}…` : what
}

function listed(candidates: readonly Candidate[]): string {
  const shown = candidates
    .slice(0, 12)
    .map(({ name, what }) => `${quoted(name)} ${shortened(what)}`)
    .join(', ')
  return candidates.length > 12 ? `${shown} and ${candidates.length - 12} more` : shown
}
