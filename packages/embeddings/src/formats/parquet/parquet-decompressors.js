/**
 * @file gzip, Brotli and, from Node 22.15, Zstandard are Node's own; Zstandard on older Nodes comes from
 * hyparquet-compressors. In a browser parquet-decompressors-in-browser.js stands in its place.
 */

import { createContext, Script } from 'node:vm'
import zlib from 'node:zlib'
import { decompressZstd } from 'hyparquet-compressors'
import { filledWhole } from './filled-whole.js'

/** @param {Uint8Array} input @param {number} length @returns {Uint8Array} */
export function gunzip(input, length) {
  return zlib.gunzipSync(input, { maxOutputLength: length })
}

/** @param {Uint8Array} input @param {number} length @returns {Uint8Array} */
export function brotli(input, length) {
  return zlib.brotliDecompressSync(input, { maxOutputLength: length })
}

/** @typedef {(input: Uint8Array, options: { maxOutputLength: number }) => Uint8Array} NativeZstd */
const nativeZstd = /** @type {{ zstdDecompressSync?: NativeZstd }} */ (zlib).zstdDecompressSync

/** @param {Uint8Array} input @param {number} length */
export function zstd(input, length) {
  return nativeZstd ? nativeZstd(input, { maxOutputLength: length }) : zstdInJavaScript(input, length)
}

/** A page takes milliseconds; the limit only ends what would never end. */
const PATIENCE_MS = 5_000
/** What runs in a context can be ended from outside, also in the middle of a loop. */
const context = createContext({ work: /** @type {(() => Uint8Array) | undefined} */ (undefined) })
const script = new Script('work()')

/**
 * Zstandard without Node's own. fzstd follows counts of a damaged frame without looking whether as many bytes are
 * there, so it runs under a watchdog, and what it says it has filled is checked.
 * @param {Uint8Array} input @param {number} length
 */
export function zstdInJavaScript(input, length) {
  return filledWhole((output) => {
    context['work'] = () => decompressZstd(input, output)
    try {
      return /** @type {Uint8Array} */ (script.runInContext(context, { timeout: PATIENCE_MS }))
    } catch (cause) {
      throw new Error(`Zstandard that is damaged (${/** @type {Error} */ (cause).message})`, { cause })
    }
  }, length)
}
