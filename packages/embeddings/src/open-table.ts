/** @file Tables that are read and written block by block, for those that are larger than memory. */

import { badData, bytesOf, createFile, refuseExisting, type StagedFile, usageError } from '@indistinct/core'
import { fileSource, readBytes, sourceSha256 } from './files/byte-source.ts'
import { besideVectors, type BesideVectors } from './beside-vectors.ts'
import { decodeValues, encodeValues, itemSize, type Values } from './numbers/dtype-bytes.ts'
import type { PassThroughColumn, TableFormat } from './embedding-table.ts'
import { quoted } from './quoted.ts'
import { readColumns } from './formats/npy/npy.ts'
import { checkNpy, describeNpy, npyDescr, npyHeaderBytes } from './formats/npy/npy-header.ts'
import { npzEncoder } from './formats/npz/npz.ts'
import { parquetEncoder } from './formats/parquet/parquet-encode.ts'
import { fileOrPartsSource } from './formats/parquet/parquet-parts.ts'
import { openContainer, type ReadTableOptions } from './read-table.ts'
import { safetensorsEncoder } from './formats/safetensors/safetensors.ts'
import type { RowReader, TableContainer, TableEncoder } from './table-container.ts'
import { formatHolds, formatOf, inputFormat, isText } from './table-format.ts'
import { dtypeName, type AskedScale, type Dtype, type Quantisation, type StoredType } from './numbers/stored-type.ts'

/** A table on disk whose rows are read by number. */
export interface TableReader extends RowReader {
  readonly path: string
  readonly format: TableFormat
  /** What else the file holds. */
  readonly container?: TableContainer
  /** The ids that the file holds, or undefined where rows have numbers only; all of them are held in memory. */
  readIds(): string[] | undefined
  /** Name of the column or array of ids, where there is one; it may be an index of pandas that only counts rows. */
  readonly idColumn?: string | undefined
  /** Names of the dimensions, where each has a column. */
  readonly dimensions?: readonly string[] | undefined
  /** Arrays and columns that look like ids under other names than usual, where the file has no ids. */
  maybeIds(): string[]
  /** What else the file holds for each row, by the first rows. */
  beside(): BesideVectors
  /** Of the whole file, which is read for it. */
  sha256(): string
  close(): void
}

/**
 * Opens a table without reading its rows: .npy and .safetensors, and the stored arrays of .npz, where they lie, Parquet
 * row group by row group. A deflated array of .npz is inflated into memory. Values are finite or refused when they are
 * read; that ids are unique and rows differ is not checked.
 * @throws IndistinctError as readTable; 'usage' for CSV, which has no place for a row by its number.
 */
export function openTable(path: string, options: Omit<ReadTableOptions, 'ids'> = {}): TableReader {
  const format = inputFormat(path)
  if (isText(format))
    throw usageError(`${path}: text is not read block by block; convert it to .npy, .parquet or .safetensors first`)
  const source = format === 'parquet' ? fileOrPartsSource(path) : fileSource(path)
  try {
    const table: RowReader & {
      readonly container?: TableContainer
      readIds?(): string[] | undefined
      maybeIds?(): string[]
      firstTexts?(): PassThroughColumn[]
    } = format === 'npy' ? openNpy(source, options) : openContainer(source, format, options)
    if (table.rows === 0 || table.cols === 0)
      throw badData(`${path}: expected rows and dimensions, got ${table.rows} x ${table.cols}`)
    return {
      ...table,
      path,
      format,
      readIds: () => table.readIds?.(),
      maybeIds: () => table.maybeIds?.() ?? [],
      beside: () => besideVectors({ columns: table.firstTexts?.() ?? [], container: table.container }),
      sha256: () => sourceSha256(source),
      close: () => source.close(),
      readRows(from, to, into) {
        const { rows, cols } = table
        if (!(from >= 0 && from <= to && to <= rows) || into.length !== (to - from) * cols) {
          throw new RangeError(
            `readRows: expected rows within 0 to ${rows} and ${(to - from) * cols} values, got ${from} to ${to} ` +
              `and ${into.length}`,
          )
        }
        table.readRows(from, to, into)
        for (let p = 0; p < into.length; p++) {
          if (Number.isFinite(into[p])) continue
          throw badData(
            `${path}: row ${from + Math.floor(p / cols)} (from 0), dimension ${p % cols}: expected a finite ` +
              `number within float32, got ${into[p]}; remove or repair the row`,
          )
        }
      },
    }
  } catch (error) {
    source.close()
    throw error
  }
}

function openNpy(source: ReturnType<typeof fileSource>, scale: AskedScale): RowReader {
  const { shape, type, layout, offset } = checkNpy(describeNpy(source), source.size, source.name, scale)
  if (shape.length !== 2)
    throw badData(`${source.name}: expected a matrix of one row a user, got shape (${shape.join(', ')})`)
  const [rows, cols] = shape as [number, number]
  const width = cols * itemSize(type.dtype)
  return {
    rows,
    cols,
    dtype: type.dtype,
    ...(type.quantisation && { quantisation: type.quantisation }),
    layout,
    readRows(from, to, into) {
      if (layout.fortran) return readColumns(source, offset, type, [rows, cols], from, to, into)
      const same = into instanceof Float32Array ? 'f4' : 'f8'
      if (type.dtype === same && !type.bigEndian) source.read(bytesOf(into), offset + from * width)
      else decodeValues(readBytes(source, offset + from * width, (to - from) * width), type, into)
    },
  }
}

/** A table that is written front to back. */
export interface TableWriter {
  readonly path: string
  readonly rows: number
  readonly cols: number
  readonly dtype: Dtype
  readonly quantisation?: Quantisation | undefined
  /** The next rows, row-major. @throws IndistinctError 'file' when the disk refuses; nothing is left then. */
  writeRows(values: Values): void
  /** Ends the file under its temporary name; commit gives it its own. */
  stage(): StagedFile
  /** Gives up, and leaves nothing. */
  discard(): void
}

export interface CreateTableOptions {
  readonly rows: number
  readonly cols: number
  /** Default: that of `like`, or f4. */
  readonly dtype?: Dtype | undefined
  /** What whole numbers stand for; default: as in `like`. */
  readonly quantisation?: Quantisation | undefined
  /**
   * The table that this one is made of: in the same format, all that its file holds else is written again unchanged.
   */
  readonly like?: TableReader | undefined
  readonly force?: boolean | undefined
}

/**
 * Opens a table for writing as .npy, .npz, .parquet or .safetensors; `rows` rows must follow. They are written row by
 * row, also where those of `like` lie column by column.
 * @throws IndistinctError 'file' where a file is there already and `force` is not set, or the folder refuses; 'usage'
 * where ids of the file of `like` would be lost in another format, or for CSV.
 */
export function createTable(path: string, options: CreateTableOptions): TableWriter {
  const { rows, cols, like, force, dtype = like?.dtype ?? 'f4', quantisation = like?.quantisation } = options
  if (!formatHolds(formatOf(path), dtype))
    throw usageError(
      `${path}: a ${formatOf(path)} file holds no ${dtypeName(dtype)}; name a file of the format that the table ` +
        'came in',
    )
  const stored = { dtype, ...(quantisation && { quantisation }) }
  const encoder = encoderOf(path, { rows, cols, ...stored }, like)
  refuseExisting(path, force)
  const file = createFile(path, { replace: force === true })
  let written = 0
  const write = (pieces: Iterable<Uint8Array>): void => {
    try {
      for (const piece of pieces) file.write(piece)
    } catch (error) {
      file.discard()
      throw error
    }
  }
  write(encoder.start())
  return {
    path,
    rows,
    cols,
    ...stored,
    discard: () => file.discard(),
    writeRows(values) {
      if (values.length % cols !== 0 || written + values.length / cols > rows) {
        file.discard()
        throw new RangeError(
          `writeRows: expected rows of ${cols} values, ${rows - written} of them left, got ${values.length} values`,
        )
      }
      write(encoder.rows(values))
      written += values.length / cols
    },
    stage() {
      if (written !== rows) {
        file.discard()
        throw new RangeError(`stage: expected ${rows} rows, got ${written}`)
      }
      write(encoder.end())
      return file.stage()
    },
  }
}

function encoderOf(
  path: string,
  fields: { readonly rows: number; readonly cols: number } & StoredType,
  like: TableReader | undefined,
): TableEncoder {
  const format = formatOf(path)
  const fits =
    like !== undefined && like.rows === fields.rows && like.cols === fields.cols && like.dtype === fields.dtype
  const container = fits && like.container?.format === format ? like.container : undefined
  if (like?.container && !container)
    throw usageError(
      `${path}: a table of ${quoted(like.path)} that is written block by block keeps its format, shape and type`,
    )
  if (format === 'npz') {
    return npzEncoder({
      ...fields,
      ...(container?.format === 'npz' && {
        container: { ...container, layout: { ...container.layout, fortran: false } },
      }),
    })
  }
  if (format === 'safetensors')
    return safetensorsEncoder({ ...fields, ...(container?.format === 'safetensors' && { container }) })
  if (format === 'parquet') return parquetEncoder({ ...fields, ...(container?.format === 'parquet' && { container }) })
  if (format === 'npy') {
    const { rows, cols } = fields
    const type = { ...fields, bigEndian: like?.format === 'npy' && like.layout?.bigEndian === true }
    return {
      start: () => [npyHeaderBytes([rows, cols], npyDescr(type))],
      rows: (values) => [encodeValues(values, type)],
      end: () => [],
    }
  }
  throw usageError(`${path}: text is not written block by block; name a file .npy, .npz, .parquet or .safetensors`)
}
