/** @file The thread that decodes Parquet pages: what it reads is not trusted, so it may be ended at any time. */

import { readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { decodeChunk } from './parquet-pages.js'

/** @typedef {{ fd: number, start: number, length: number, leaf: import('./parquet-pages.js').PageLeaf, codec: number, slots: number }} ColumnRequest */
/** @typedef {{ column: import('./parquet-pages.js').DecodedColumn } | { error: string }} ColumnAnswer */

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort)

port.on('message', (/** @type {ColumnRequest} */ { fd, start, length, leaf, codec, slots }) => {
  /** @param {number} position @param {number} count */
  const read = (position, count) => {
    const target = new Uint8Array(count)
    for (let at = 0; at < count; ) {
      const found = readSync(fd, target, at, Math.min(1 << 22, count - at), start + position + at)
      if (found === 0) throw new Error('a file that ends early')
      at += found
    }
    return target
  }
  /** @type {ColumnAnswer} */
  let answer
  try {
    answer = { column: decodeChunk(read, length, leaf, codec, slots) }
  } catch (error) {
    answer = { error: /** @type {Error} */ (error).message }
  }
  port.postMessage(answer, 'column' in answer ? buffersOf(answer.column) : [])
})

/** @param {import('./parquet-pages.js').DecodedColumn} column @returns {ArrayBuffer[]} */
function buffersOf({ values, definition, repetition }) {
  const arrays = 'ends' in values ? [values.bytes, values.ends, values.codes] : [values]
  return [...new Set([...arrays, definition, repetition].flatMap((array) => (array ? [/** @type {ArrayBuffer} */ (array.buffer)] : [])))]
}
