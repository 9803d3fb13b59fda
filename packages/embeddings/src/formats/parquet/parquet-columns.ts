/** @file Columns of a Parquet file, decoded in batches. */

import { badData, type IndistinctError } from '@indistinct/core'
import { quoted } from '../../quoted.ts'
import { damaged, within } from './parquet-footer.ts'
import type { ParquetFile, ParquetGroup } from './parquet-contents.ts'
import type { DecodedColumn } from './parquet-pages.js'
import type { ParquetColumn, ParquetLeaf } from './parquet-schema.ts'
import { columnTexts, isText } from './parquet-text.ts'
import { decodeColumns, PagesError, type WantedColumn } from './parquet-thread.ts'

/** Flat columns that are decoded at a time, and bytes of them and their values. */
const BATCH_COLUMNS = 256

const BATCH_BYTES = 1 << 20

/** The first leaf of each column in one row group, decoded, in batches. */
export function* decodeLeaves(group: ParquetGroup, columns: readonly ParquetColumn[]): Generator<DecodedColumn> {
  let batch: WantedColumn[] = []
  let bytes = 0
  for (const [c, { leaves, firstLeaf }] of columns.entries()) {
    const [leaf, chunk] = [leaves[0]!, group.chunk(firstLeaf)]
    if (leaf.maxRepetition === 0 && chunk.slots !== group.rows)
      throw columnError(group, leaf, new Error(`${chunk.slots} values for ${group.rows} rows`))
    batch.push({ chunk, leaf })
    bytes += chunk.length + 8 * chunk.slots
    if (bytes < BATCH_BYTES && batch.length < BATCH_COLUMNS && c < columns.length - 1) continue
    yield* decodeBatch(group, batch)
    batch = []
    bytes = 0
  }
}

function decodeBatch(group: ParquetGroup, batch: readonly WantedColumn[]): DecodedColumn[] {
  try {
    return decodeColumns(group.source, batch)
  } catch (error) {
    if (!(error instanceof PagesError)) throw error
    throw columnError(
      group,
      batch[error.at ?? 0]!.leaf,
      error,
      error.at === undefined ? ` or one of the ${batch.length - 1} after it` : '',
    )
  }
}

function columnError({ source }: ParquetGroup, { path }: ParquetLeaf, cause: Error, more = ''): IndistinctError {
  return damaged(`${source.name}: column ${quoted(path.join('.'))}${more}`, cause.message, cause)
}

/** The values of a flat column as text, null as the empty string. */
export function parquetTexts(file: ParquetFile, column: ParquetColumn): string[] {
  const texts: string[] = []
  for (const group of file.groups) for (const text of groupTexts(group, column)) texts.push(text)
  return texts
}

/** @throws IndistinctError 'bad-data' where the bytes are no text. */
export function groupTexts(group: ParquetGroup, column: ParquetColumn): string[] {
  const [decoded] = decodeLeaves(group, [column])
  return within(group.source.name, () => {
    try {
      return columnTexts(decoded!, column.leaves[0]!)
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause
      throw badData(`${group.source.name}: column ${quoted(column.name)}: expected UTF-8 text, got other bytes`, {
        cause,
      })
    }
  })
}

/**
 * Whether a column holds one text a row. Bytes that are not said to be text may be: old programs wrote text so. The
 * first row group tells.
 */
export function readsAsText(file: ParquetFile, column: ParquetColumn): boolean {
  const [leaf] = column.leaves
  if (!leaf || column.leaves.length > 1 || !isText(leaf)) return false
  const group = file.groups.find(({ rows }) => rows > 0)
  if (leaf.type !== 'BYTE_ARRAY' || leaf.meaning === 'text' || !group) return true
  const [decoded] = decodeLeaves(group, [column])
  try {
    columnTexts(decoded!, leaf)
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}
