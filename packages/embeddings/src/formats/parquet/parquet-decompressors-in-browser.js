/**
 * @file gzip, Brotli and Zstandard where there is no zlib: hyparquet-compressors'. Nothing watches over them here; who
 * opens a file in a browser can end its thread.
 */

import { compressors, decompressZstd } from 'hyparquet-compressors'
import { filledWhole } from './filled-whole.js'

/** @param {Uint8Array} input @param {number} length @returns {Uint8Array} */
export function gunzip(input, length) {
  return /** @type {NonNullable<typeof compressors.GZIP>} */ (compressors.GZIP)(input, length)
}

/** @param {Uint8Array} input @param {number} length @returns {Uint8Array} */
export function brotli(input, length) {
  return /** @type {NonNullable<typeof compressors.BROTLI>} */ (compressors.BROTLI)(input, length)
}

/** @param {Uint8Array} input @param {number} length @returns {Uint8Array} */
export function zstd(input, length) {
  return filledWhole((output) => decompressZstd(input, output), length)
}
