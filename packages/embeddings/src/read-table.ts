/** @file Reading a table by the format that its file name says. */

import { extname } from 'node:path'
import { badData } from '@indistinct/core'
import { readCsvTable } from './csv-table.ts'
import { embeddingTable, type EmbeddingTable } from './embedding-table.ts'
import { readIds } from './ids.ts'
import { readNpyFile } from './npy.ts'
import { refuseExtension } from './refused-formats.ts'

export interface ReadTableOptions {
  /** File that names the rows of an npy table; without it a row's number, from 0, is its id. */
  readonly ids?: string | undefined
  /** Id column of a CSV table or of the ids file; default `id` or `user`. */
  readonly idColumn?: string | undefined
  /** Dimension columns of a CSV table; see {@link readCsvTable}. */
  readonly dimensions?: readonly string[] | undefined
}

/** The format that `path` names, npy or csv (which .tsv is too). */
export function formatOf(path: string): 'npy' | 'csv' {
  refuseExtension(path)
  const extension = extname(path).toLowerCase()
  if (extension === '.npy') return 'npy'
  if (extension === '.csv' || extension === '.tsv') return 'csv'
  throw badData(`${path}: expected a file named .npy, .csv or .tsv, got ${extension === '' ? 'no extension' : extension}`)
}

/**
 * Reads an embedding table (N, K) from a .npy, .csv or .tsv file.
 * @throws IndistinctError 'bad-data' with the place and the way out, or 'file' where the file cannot be read.
 */
export async function readTable(path: string, options: ReadTableOptions = {}): Promise<EmbeddingTable> {
  const format = formatOf(path)
  if (format === 'csv') {
    if (options.ids !== undefined) throw badData(`${path}: a CSV table has its own id column; an ids file goes with an npy table only`)
    return readCsvTable(path, options)
  }
  const { shape, dtype, data, sha256 } = await readNpyFile(path)
  if (shape.length !== 2) throw badData(`${path}: expected a matrix of one row a user, got shape (${shape.join(', ')})`)
  const [rows, cols] = shape as [number, number]
  const ids = options.ids === undefined ? undefined : await readIds(options.ids, options.idColumn)
  if (ids && ids.length !== rows) throw badData(`${options.ids}: expected ${rows} ids, one for each row of ${path}, got ${ids.length}`)
  return embeddingTable({
    matrix: { rows, cols, data: Float32Array.from(data) },
    dtype,
    source: { path, format, sha256 },
    ...(data instanceof Float64Array && { exact: data }),
    ...(ids && { ids, idColumn: options.idColumn ?? 'id' }),
  })
}
