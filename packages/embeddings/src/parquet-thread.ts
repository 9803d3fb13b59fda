/**
 * @file Columns of Parquet files, decoded in a thread of their own that has limits of memory and time: what a file does
 * to it ends in an error here. The caller waits, so that tables can be read block by block without promises.
 */

import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads'
import { readBytes, type ByteSource } from './byte-source.ts'
import { decodeChunk, type DecodedColumn } from './parquet-pages.js'
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

/**
 * One leaf of one row group. Bytes in memory are decoded in this thread: those of tests.
 * @throws Error on damage, and where decoding takes memory or time out of proportion.
 */
export function decodeColumn(
  source: ByteSource,
  chunk: ParquetChunk,
  leaf: ParquetLeaf,
  limits: Limits = limitsOf(chunk),
): DecodedColumn {
  const { start, length, codec, slots } = chunk
  const { type, typeLength, maxDefinition, maxRepetition } = leaf
  const page = { type, typeLength, maxDefinition, maxRepetition }
  if (source.fd === undefined) return decodeChunk((at, count) => readBytes(source, start + at, count), length, page, codec, slots)
  thread ??= startThread()
  const { port, flag } = thread
  Atomics.store(flag, 0, 0)
  port.postMessage({ request: { fd: source.fd, start, length, leaf: page, codec, slots }, limits })
  Atomics.wait(flag, 0, 0, PATIENCE_MS)
  const received = receiveMessageOnPort(port) as { message: { column: DecodedColumn } | { error: string } } | undefined
  if (!received) throw new Error('no answer from the thread that reads pages')
  const { message } = received
  if ('error' in message) throw new Error(message.error)
  return message.column
}

/** In proportion to a column: bytes above what the process takes, and seconds of its processors. */
function limitsOf({ length, slots }: ParquetChunk): Limits {
  return { memory: 96 * MIB + 16 * length + 32 * slots, processorSeconds: 5 + (length + slots) / MIB }
}

function startThread(): Thread {
  const { port1, port2 } = new MessageChannel()
  const flag = new Int32Array(new SharedArrayBuffer(4), 0, 1)
  const warden = new Worker(new URL('./parquet-warden.js', import.meta.url), { workerData: { port: port2, flag }, transferList: [port2] })
  // Neither keeps the process alive.
  warden.unref()
  port1.unref()
  return { port: port1, flag }
}
