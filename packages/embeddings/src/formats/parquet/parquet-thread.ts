/**
 * @file Columns of Parquet files, decoded in a thread of their own that has limits of memory and time: what a file does
 * to it ends in an error here. The caller waits, so that tables can be read block by block without promises.
 */

import { askThread } from '#parquet-pages-thread'
import { readBytes, type ByteSource } from '../../files/byte-source.ts'
import { decodeRequests, type ColumnRequest, type DecodedColumn } from './parquet-pages.js'
import type { ParquetChunk, ParquetLeaf } from './parquet-schema.ts'
import type { Limits } from './parquet-warden.js'

const MIB = 2 ** 20
/** A leaf of a row group. */
export interface WantedColumn {
  readonly chunk: ParquetChunk
  readonly leaf: ParquetLeaf
}

export class PagesError extends Error {
  /** Number of the column among those that were wanted; undefined where it cannot be told. */
  readonly at: number | undefined

  constructor(message: string, at: number | undefined) {
    super(message)
    this.at = at
  }
}

/**
 * Leaves of one file, in their order. Many small ones are quicker together: a message between threads takes longer than
 * a small column. Bytes in memory are decoded in this thread: those of tests, and of browsers.
 * @throws PagesError on damage, and where decoding takes memory or time out of proportion.
 */
export function decodeColumns(
  source: ByteSource,
  wanted: readonly WantedColumn[],
  limits: Limits = limitsOf(wanted),
): DecodedColumn[] {
  const requests = wanted.map(({ chunk, leaf: { type, typeLength, maxDefinition, maxRepetition } }): ColumnRequest => ({
    ...chunk,
    leaf: { type, typeLength, maxDefinition, maxRepetition },
  }))
  const { fd } = source
  const answer =
    fd === undefined || !askThread
      ? decodeRequests(requests, (position, count) => readBytes(source, position, count))
      : askThread({ request: { fd, requests }, limits })
  if ('error' in answer) throw new PagesError(answer.error, answer.at ?? (wanted.length === 1 ? 0 : undefined))
  return answer.columns
}

/** In proportion to the columns: bytes above what the process takes, and seconds of its processors. */
function limitsOf(wanted: readonly WantedColumn[]): Limits {
  let [memory, processorSeconds] = [96 * MIB, 5]
  for (const {
    chunk: { length, slots },
  } of wanted) {
    memory += 16 * length + 32 * slots
    processorSeconds += (length + slots) / MIB
  }
  return { memory, processorSeconds }
}
