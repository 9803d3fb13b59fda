/**
 * @file Pages of a Parquet column chunk, decoded by hyparquet into flat arrays. hyparquet trusts what a page says of
 * itself, so every count is checked against what the chunk declares, and every run against its page, before it decodes:
 * a run beyond its page would grow an array until the process ends, in a worker too. Plain JavaScript, so that a worker
 * needs no loader.
 *
 * @typedef {{ type: string, typeLength: number, maxDefinition: number, maxRepetition: number }} PageLeaf
 * @typedef {Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array} Numbers Items of fixed length stand
 * side by side.
 * @typedef {{ bytes: Uint8Array, ends: Float64Array, codes: Int32Array | undefined }} Texts Distinct texts one after
 * another, where each ends, and which of them each value is; without codes each value has its own.
 * @typedef {{ values: Numbers | Texts, definition: Uint8Array | undefined, repetition: Uint8Array | undefined, slots:
 * number }} DecodedColumn Values that are not null, and a level for each of `slots` values and nulls where the column
 * can hold nulls or lists.
 */

import { mostInflated } from './parquet-bounds.js'
import { decompress } from './parquet-codecs.js'
import { columnSink } from './parquet-column-sink.js'
import { RLE } from './parquet-encodings.js'
import { readerOf, readLevels } from './parquet-runs.js'
import { numberField, readThrift, structField } from './thrift-read.js'

/** Bytes that a page header is looked for in at first, and at most. */
const HEADER = 1 << 12
const MOST_HEADER = 1 << 24

/**
 * @typedef {{ start: number, length: number, leaf: PageLeaf, codec: number, slots: number }} ColumnRequest
 * @typedef {{ fd: number, requests: readonly ColumnRequest[] }} WorkerRequest
 * @typedef {{ columns: DecodedColumn[] } | { error: string, at?: number | undefined }} WorkerAnswer `at` is the number
 * of the column that the error is about.
 *
 * Decodes column chunks, or says which of them is damaged, and how.
 * @param {readonly ColumnRequest[]} requests
 * @param {(position: number, length: number) => Uint8Array} read bytes of the file, in memory of their own
 * @returns {WorkerAnswer}
 */
export function decodeRequests(requests, read) {
  /** @type {DecodedColumn[]} */
  const columns = []
  for (const { start, length, leaf, codec, slots } of requests) {
    try {
      columns.push(decodeChunk((position, count) => read(start + position, count), length, leaf, codec, slots))
    } catch (error) {
      return { error: /** @type {Error} */ (error).message, at: columns.length }
    }
  }
  return { columns }
}

/**
 * Decodes a column chunk.
 * @param {(position: number, length: number) => Uint8Array} read bytes of the chunk, in memory of their own
 * @param {number} length bytes of the chunk
 * @param {PageLeaf} leaf
 * @param {number} codec
 * @param {number} slots how many values and nulls its metadata declares; the caller has bounded it
 * @returns {DecodedColumn} @throws Error on damage, on encodings and codecs that are not read, and where it holds more
 * or fewer slots.
 */
function decodeChunk(read, length, leaf, codec, slots) {
  const sink = columnSink(leaf, slots)
  for (let at = 0; at < length && sink.slots() < slots;) {
    const { header, end } = pageHeader(read, at, length)
    const compressed = size(header, 3)
    const uncompressed = size(header, 2)
    if (end + compressed > length) throw new Error(`a page of ${compressed} bytes where ${length - end} are left`)
    if (uncompressed > mostInflated(compressed))
      throw new Error(`a page of ${compressed} bytes that would inflate to ${uncompressed}`)
    const bytes = read(end, compressed)
    at = end + compressed
    const [v1, dictionary, v2] = [structField(header, 5), structField(header, 7), structField(header, 8)]
    const type = numberField(header, 1)
    const left = slots - sink.slots()
    if (type === 2 && dictionary) sink.dictionary(own(decompress(codec, bytes, uncompressed)), size(dictionary, 1))
    else if (type === 0 && v1) sink.page(pageV1(own(decompress(codec, bytes, uncompressed)), v1, leaf, left))
    else if (type === 3 && v2) sink.page(pageV2(bytes, v2, leaf, codec, uncompressed, left))
    else if (type !== 1) throw new Error(`a page of the unknown type ${type}`)
  }
  return sink.done()
}

/** @param {(position: number, length: number) => Uint8Array} read @param {number} at @param {number} length */
function pageHeader(read, at, length) {
  for (let window = HEADER; ; window *= 16) {
    const bytes = read(at, Math.min(window, length - at))
    try {
      const { struct, end } = readThrift(bytes)
      return { header: struct, end: at + end }
    } catch (error) {
      if (bytes.length === length - at || window >= MOST_HEADER) throw error
    }
  }
}

/** Bytes as all of their buffer, so that nothing reads beyond them. @param {Uint8Array} bytes */
function own(bytes) {
  return bytes.buffer.byteLength === bytes.byteLength ? bytes : new Uint8Array(bytes)
}

/**
 * @typedef {{ slots: number, definition: Uint8Array | undefined, repetition: Uint8Array | undefined, encoding: number,
 * bytes: Uint8Array, at: number }} Page Its values stand in `bytes` from `at` on.
 *
 * @param {Uint8Array} bytes @param {import('./thrift-read.js').ThriftStruct} header @param {PageLeaf} leaf @param
 * {number} most
 * @returns {Page}
 */
function pageV1(bytes, header, leaf, most) {
  const slots = size(header, 1)
  if (slots > most) throw new Error(`a page of ${slots} values where ${most} are left`)
  let at = 0
  /** @param {number} highest @param {number | undefined} encoding */
  const levels = (highest, encoding) => {
    if (highest === 0) return undefined
    if (encoding !== RLE) throw new Error(`levels of encoding ${encoding}, which is not read`)
    const { view } = readerOf(bytes, at)
    const length = view.getUint32(at, true)
    if (length > bytes.length - at - 4)
      throw new Error(`levels of ${length} bytes where ${bytes.length - at - 4} are left`)
    at += 4 + length
    return readLevels(bytes, at - length, at, highest, slots)
  }
  const repetition = levels(leaf.maxRepetition, numberField(header, 4))
  const definition = levels(leaf.maxDefinition, numberField(header, 3))
  return { slots, definition, repetition, encoding: size(header, 2), bytes, at }
}

/**
 * @param {Uint8Array} bytes @param {import('./thrift-read.js').ThriftStruct} header @param {PageLeaf} leaf
 * @param {number} codec @param {number} uncompressed @param {number} most
 * @returns {Page}
 */
function pageV2(bytes, header, leaf, codec, uncompressed, most) {
  const slots = size(header, 1)
  if (slots > most) throw new Error(`a page of ${slots} values where ${most} are left`)
  const [repetitionEnd, definitionBytes] = [size(header, 6), size(header, 5)]
  const definitionEnd = repetitionEnd + definitionBytes
  if (definitionEnd > Math.min(bytes.length, uncompressed)) throw new Error('levels longer than their page')
  const rest = bytes.subarray(definitionEnd)
  const isCompressed = header.get(7)?.value !== false
  return {
    slots,
    repetition: leaf.maxRepetition > 0 ? readLevels(bytes, 0, repetitionEnd, leaf.maxRepetition, slots) : undefined,
    definition:
      leaf.maxDefinition > 0 ? readLevels(bytes, repetitionEnd, definitionEnd, leaf.maxDefinition, slots) : undefined,
    encoding: size(header, 4),
    bytes: own(isCompressed ? decompress(codec, rest, uncompressed - definitionEnd) : rest),
    at: 0,
  }
}

/** A size of a header: a number from 0. @param {import('./thrift-read.js').ThriftStruct} header @param {number} id */
function size(header, id) {
  const value = numberField(header, id)
  if (value === undefined || value < 0) throw new Error(`field ${id} of a page header is ${value}`)
  return value
}
