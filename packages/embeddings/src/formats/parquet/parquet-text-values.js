/**
 * @file Values of a column chunk that are texts.
 *
 * @typedef {import('./parquet-pages.js').Texts} Texts
 */

import { deltaByteArray, deltaLengthByteArray } from 'hyparquet/src/delta.js'
import { DELTA_BYTE_ARRAY, DELTA_LENGTH_BYTE_ARRAY, PLAIN } from './parquet-encodings.js'
import { checkPrefixes } from './parquet-prefixes.js'
import { checkDeltas, readerOf } from './parquet-runs.js'

/** Texts: entries of the dictionary and texts of pages, one after another. @param {number} declared */
// eslint-disable-next-line max-lines-per-function -- one buffer, which all of its calls share
export function textSink(declared) {
  let bytes = new Uint8Array(1 << 12)
  let length = 0
  let ends = new Float64Array(1 << 8)
  let texts = 0
  let entries = 0
  /** @type {Int32Array | undefined} */
  let codes
  let at = 0
  /** @param {Uint8Array} text */
  const append = (text) => {
    if (length + text.length > bytes.length) {
      const more = new Uint8Array(2 * (length + text.length))
      more.set(bytes)
      bytes = more
    }
    bytes.set(text, length)
    length += text.length
    if (texts === ends.length) {
      const more = new Float64Array(2 * texts)
      more.set(ends)
      ends = more
    }
    ends[texts++] = length
  }
  /** @param {Uint8Array} page @param {number} from @param {number} count */
  const plain = (page, from, count) => {
    const { view } = readerOf(page, 0)
    if (count > (page.length - from) / 4) throw new Error(`${count} texts in ${page.length - from} bytes`)
    for (let i = 0; i < count; i++) {
      const size = view.getUint32(from, true)
      from += 4
      if (size > page.length - from) throw new Error(`a text of ${size} bytes where ${page.length - from} are left`)
      append(page.subarray(from, from + size))
      from += size
    }
  }
  return {
    /** @param {Uint8Array} page @param {number} count */
    dictionary(page, count) {
      if (texts > 0) throw new Error('a dictionary after values')
      plain(page, 0, count)
      entries = count
      codes = new Int32Array(declared)
    },
    /** @param {number} encoding @param {Uint8Array} page @param {number} from @param {number} count */
    add(encoding, page, from, count) {
      if (codes) for (let i = 0; i < count; i++) codes[at + i] = texts + i
      at += count
      if (encoding === PLAIN) return plain(page, from, count)
      const found = new Array(count)
      if (encoding === DELTA_LENGTH_BYTE_ARRAY) {
        checkDeltas(readerOf(page, from), count)
        deltaLengthByteArray(readerOf(page, from), count, found)
      } else if (encoding === DELTA_BYTE_ARRAY) {
        checkPrefixes(page, from, count)
        deltaByteArray(readerOf(page, from), count, found)
      } else throw new Error(`texts in encoding ${encoding}, which is not read`)
      for (const text of found) append(text)
    },
    /** @param {Int32Array} indices */
    look(indices) {
      for (const index of indices) if (index >= entries) throw new Error(`entry ${index} of a dictionary of ${entries}`)
      codes?.set(indices, at)
      at += indices.length
    },
    /** @returns {Texts} */
    done: () => ({ bytes: bytes.slice(0, length), ends: ends.slice(0, texts), codes: codes?.subarray(0, at) }),
  }
}
