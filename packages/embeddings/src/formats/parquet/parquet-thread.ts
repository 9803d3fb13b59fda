/**
 * @file Columns of Parquet files, decoded in a thread of their own that has limits of memory and time: what a file does
 * to it ends in an error here. The caller waits, so that tables can be read block by block without promises.
 */

import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads'
import { readBytes, type ByteSource } from '../../files/byte-source.ts'
import {
  decodeRequests,
  type ColumnRequest,
  type DecodedColumn,
  type WorkerAnswer,
  type WorkerRequest,
} from './parquet-pages.js'
import type { ParquetChunk, ParquetLeaf } from './parquet-schema.ts'
import type { Limits } from './parquet-warden.js'

interface Thread {
  readonly port: MessagePort
  readonly flag: Int32Array
}

let thread: Thread | undefined

const MIB = 2 ** 20
/** The thread answers long before, if only that it ended the other one. */
const PATIENCE_MS = 1_800_000

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
 * a small column. Bytes in memory are decoded in this thread: those of tests.
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
    fd === undefined
      ? decodeRequests(requests, (position, count) => readBytes(source, position, count))
      : ask({ request: { fd, requests }, limits })
  if ('error' in answer) throw new PagesError(answer.error, answer.at ?? (wanted.length === 1 ? 0 : undefined))
  return answer.columns
}

function ask(question: { readonly request: WorkerRequest; readonly limits: Limits }): WorkerAnswer {
  thread ??= startThread()
  const { port, flag } = thread
  Atomics.store(flag, 0, 0)
  port.postMessage(question)
  Atomics.wait(flag, 0, 0, PATIENCE_MS)
  const received = receiveMessageOnPort(port) as { message: WorkerAnswer } | undefined
  return received ? received.message : { error: 'no answer from the thread that reads pages' }
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

function startThread(): Thread {
  const { port1, port2 } = new MessageChannel()
  const flag = new Int32Array(new SharedArrayBuffer(4), 0, 1)
  const warden = new Worker(new URL('./parquet-warden.js', import.meta.url), {
    workerData: { port: port2, flag },
    transferList: [port2],
  })
  // Neither keeps the process alive.
  warden.unref()
  port1.unref()
  return { port: port1, flag }
}
