/** @file The format of a table, by the name of its file. */

import { extname } from '@indistinct/core/platform'
import { badData } from '@indistinct/core'
import type { TableFormat } from './embedding-table.ts'
import type { Dtype } from './numbers/stored-type.ts'
import { refuseExtension } from './refused-formats.ts'
import { isFolder } from './files/is-folder.ts'
import { requireLocalFile } from './files/local-file.ts'

const FORMATS: Readonly<Record<string, TableFormat>> = {
  '.npy': 'npy',
  '.npz': 'npz',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'word2vec',
  '.vec': 'word2vec',
  '.parquet': 'parquet',
  '.safetensors': 'safetensors',
}

/** Extensions of the files that tables are read from and written to. */
export const tableExtensions: readonly string[] = Object.keys(FORMATS)

/** ".npy, .npz, … or .safetensors". */
export const tableExtensionList = `${tableExtensions.slice(0, -1).join(', ')} or ${tableExtensions.at(-1)}`

/**
 * The format that `path` names.
 * @throws IndistinctError 'bad-data' where it names none, 'usage' where it is no file of this machine.
 */
export function formatOf(path: string): TableFormat {
  requireLocalFile(path)
  const extension = extname(path).toLowerCase()
  const format = FORMATS[extension]
  if (!format)
    throw badData(
      `${path}: expected a file named ${tableExtensionList}, got ${extension === '' ? 'no extension' : extension}`,
    )
  return format
}

/**
 * The format that a table is read in: that of its name; of a folder, whatever its name, that of its parts.
 * @throws IndistinctError 'bad-data' where there is none, with the way out for formats that are known and not read.
 */
export function inputFormat(path: string): TableFormat {
  if (!isFolder(path)) refuseExtension(path)
  return isFolder(path) ? 'parquet' : formatOf(path)
}

/** Whether tables of `format` are text, which has no place for a row by its number. */
export function isText(format: TableFormat): format is 'csv' | 'word2vec' {
  return format === 'csv' || format === 'word2vec'
}

/** The file beside a table that names its rows, where its format has no place for ids. */
export function idsBeside(path: string): string {
  return `${path.replace(/(?<=.)\/+$/, '')}.ids.csv`
}

/** Whether files of `format` hold values of `dtype`; text holds any number. */
export function formatHolds(format: TableFormat, dtype: Dtype): boolean {
  if (format === 'parquet') return /^f\d$/.test(dtype)
  if (isText(format)) return dtype !== 'i1' && dtype !== 'u1'
  return format === 'npy' || format === 'npz' ? dtype !== 'bf16' : true
}
