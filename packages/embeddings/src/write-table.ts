/** @file Writing a table in the format that the file name says, with its ids. */

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileError, writeFileAtomic } from '@indistinct/core'
import { csvChunks } from './csv-table.ts'
import type { EmbeddingTable } from './embedding-table.ts'
import { npyChunks } from './npy.ts'
import { formatOf } from './read-table.ts'

/** A file as it was written. */
export interface WrittenFile {
  readonly path: string
  readonly sha256: string
}

/**
 * The files that writing `table` to `path` makes: the table and, beside an npy file, `<path>.ids.csv` where the ids are
 * not row numbers (an npy file has no place for them).
 */
export function tableFiles(path: string, table: EmbeddingTable): string[] {
  return formatOf(path) === 'npy' && table.idColumn !== undefined ? [path, `${path}.ids.csv`] : [path]
}

/**
 * Writes `table` as .npy (in its own dtype), .csv or .tsv; each file appears whole or not at all. Returns the files, the
 * table first.
 * @throws IndistinctError 'file' where a file is there already and `force` is not set, or cannot be written.
 */
export async function writeTable(path: string, table: EmbeddingTable, options: { readonly force?: boolean | undefined } = {}): Promise<WrittenFile[]> {
  const format = formatOf(path)
  const [, idsFile] = tableFiles(path, table)
  for (const file of tableFiles(path, table)) refuseExisting(file, options.force)
  if (format === 'csv') return [write(path, csvChunks(table, path.toLowerCase().endsWith('.tsv') ? '\t' : ','))]
  const { rows, cols, data } = table.matrix
  const ids = idsFile === undefined ? [] : [write(idsFile, csvChunks({ ...table, idColumn: 'id', header: ['id'] }))]
  return [write(path, npyChunks([rows, cols], table.exact ?? (table.dtype === 'f8' ? new Float64Array(data) : data))), ...ids]
}

function write(path: string, chunks: Iterable<Uint8Array>): WrittenFile {
  const hash = createHash('sha256')
  function* hashed(): Generator<Uint8Array> {
    for (const chunk of chunks) {
      hash.update(chunk)
      yield chunk
    }
  }
  writeFileAtomic(path, hashed())
  return { path, sha256: hash.digest('hex') }
}

/** @throws IndistinctError 'file' where `path` exists and `force` is not set. */
export function refuseExisting(path: string, force: boolean | undefined): void {
  if (!force && existsSync(path)) throw fileError(`${path} is there already; pass --force to replace it`)
}
