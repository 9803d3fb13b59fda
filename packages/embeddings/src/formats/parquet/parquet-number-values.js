/**
 * @file Values of a column chunk that are numbers, booleans or items of fixed length.
 *
 * @typedef {import('./parquet-pages.js').PageLeaf} PageLeaf
 * @typedef {import('./parquet-pages.js').Numbers} Numbers
 */

import { deltaByteArray } from 'hyparquet/src/delta.js'
import { byteStreamSplit } from 'hyparquet/src/encoding.js'
import { readPlain } from 'hyparquet/src/plain.js'
import { BYTE_STREAM_SPLIT, DELTA_BINARY_PACKED, DELTA_BYTE_ARRAY, PLAIN, RLE } from './parquet-encodings.js'
import { checkPrefixes } from './parquet-prefixes.js'
import { readDeltas, readerOf, readRuns } from './parquet-runs.js'

/** @param {PageLeaf} leaf */
function widthOf({ type, typeLength }) {
  const width = { BOOLEAN: 1, INT32: 4, INT64: 8, FLOAT: 4, DOUBLE: 8, FIXED_LEN_BYTE_ARRAY: typeLength }[type]
  if (width === undefined) throw new Error(`values of type ${type}, which is not read`)
  return width
}

/** @param {PageLeaf} leaf @param {number} count @returns {Numbers} */
function numbersOf(leaf, count) {
  if (leaf.type === 'FLOAT') return new Float32Array(count)
  if (leaf.type === 'DOUBLE') return new Float64Array(count)
  if (leaf.type === 'INT32') return new Int32Array(count)
  if (leaf.type === 'INT64') return new BigInt64Array(count)
  return new Uint8Array(count * widthOf(leaf))
}

/** Numbers, booleans and items of fixed length. @param {PageLeaf} leaf @param {number} declared */
export function numberSink(leaf, declared) {
  /** Places of the arrays that a value takes. */
  const step = leaf.type === 'FIXED_LEN_BYTE_ARRAY' ? widthOf(leaf) : 1
  const values = numbersOf(leaf, declared)
  /** @type {Numbers} */
  let entries = numbersOf(leaf, 0)
  let at = 0
  return {
    /** @param {Uint8Array} bytes @param {number} count */
    dictionary(bytes, count) {
      entries = plainNumbers(leaf, bytes, 0, count)
    },
    /** @param {number} encoding @param {Uint8Array} bytes @param {number} from @param {number} count */
    add(encoding, bytes, from, count) {
      const found = numbersIn(leaf, encoding, bytes, from, count)
      if (found.length !== count * step) throw new Error(`${found.length / step} values where ${count} are declared`)
      values.set(/** @type {never} */ (found), at)
      at += found.length
    },
    /** @param {Int32Array} indices */
    look(indices) {
      const length = entries.length / step
      for (const index of indices) if (index >= length) throw new Error(`entry ${index} of a dictionary of ${length}`)
      for (const index of indices) {
        for (let b = 0; b < step; b++) values[at++] = /** @type {never} */ (entries[index * step + b])
      }
    },
    done: () => /** @type {Numbers} */ (values.subarray(0, at)),
  }
}

/** @param {PageLeaf} leaf @param {Uint8Array} bytes @param {number} at @param {number} count @returns {Numbers} */
function plainNumbers(leaf, bytes, at, count) {
  const needed = leaf.type === 'BOOLEAN' ? Math.ceil(count / 8) : count * widthOf(leaf)
  if (needed > bytes.length - at) throw new Error(`${needed} bytes of values where ${bytes.length - at} are left`)
  if (leaf.type === 'FIXED_LEN_BYTE_ARRAY') return bytes.subarray(at, at + needed)
  const found = readPlain(
    readerOf(bytes, at),
    /** @type {import('hyparquet').ParquetType} */ (leaf.type),
    count,
    undefined,
  )
  return leaf.type === 'BOOLEAN'
    ? Uint8Array.from(found, Number)
    : count === 0
      ? numbersOf(leaf, 0)
      : /** @type {Numbers} */ (found)
}

/**
 * @param {PageLeaf} leaf @param {number} encoding @param {Uint8Array} bytes @param {number} at @param {number} count
 * @returns {Numbers}
 */
function numbersIn(leaf, encoding, bytes, at, count) {
  const { type, typeLength } = leaf
  if (encoding === PLAIN) return plainNumbers(leaf, bytes, at, count)
  if (encoding === RLE && type === 'BOOLEAN') {
    const end = at + 4 + readerOf(bytes, 0).view.getUint32(at, true)
    return readRuns(bytes, at + 4, Math.min(end, bytes.length), 1, new Uint8Array(count))
  }
  if (encoding === BYTE_STREAM_SPLIT && type !== 'BOOLEAN') {
    if (count * widthOf(leaf) > bytes.length - at) throw new Error(`${count} values in ${bytes.length - at} bytes`)
    const found = byteStreamSplit(
      readerOf(bytes, at),
      count,
      /** @type {import('hyparquet').ParquetType} */ (type),
      typeLength,
    )
    if (type !== 'FIXED_LEN_BYTE_ARRAY') return /** @type {Numbers} */ (found)
    return inOneRow(/** @type {Uint8Array[]} */ (found), widthOf(leaf))
  }
  if (encoding === DELTA_BYTE_ARRAY && type === 'FIXED_LEN_BYTE_ARRAY') {
    checkPrefixes(bytes, at, count)
    const found = /** @type {Uint8Array[]} */ (new Array(count))
    deltaByteArray(readerOf(bytes, at), count, found)
    return inOneRow(found, widthOf(leaf))
  }
  if (encoding === DELTA_BINARY_PACKED && (type === 'INT32' || type === 'INT64')) {
    return readDeltas(readerOf(bytes, at), type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count))
  }
  throw new Error(`values of type ${type} in encoding ${encoding}, which is not read`)
}

/** @param {Uint8Array[]} items @param {number} width bytes of each */
function inOneRow(items, width) {
  const row = new Uint8Array(items.length * width)
  for (const [i, item] of items.entries()) {
    if (item.length !== width) throw new Error(`an item of ${item.length} bytes where ${width} are declared`)
    row.set(item, i * width)
  }
  return row
}
