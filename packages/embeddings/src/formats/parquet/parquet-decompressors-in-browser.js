/**
 * @file gzip, Brotli and Zstandard where there is no zlib: hyparquet-compressors'. Nothing watches over them here; who
 * opens a file in a browser can end its thread.
 */

import { compressors, decompressZstd } from 'hyparquet-compressors'

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
  const output = zstdInto(input, length, 0)
  // Frames that end early leave the last byte as it was. Zero may also be what they hold: another start tells.
  if (output[length - 1] === 0 && zstdInto(input, length, 255)[length - 1] !== 0)
    throw new Error(`a page of fewer than the ${length} bytes that are declared`)
  return output
}

/** @param {Uint8Array} input @param {number} length @param {number} last */
function zstdInto(input, length, last) {
  const output = new Uint8Array(length)
  output[length - 1] = last
  const found = decompressZstd(input, output)
  if (found.length !== length) throw new Error(`a page of ${found.length} bytes where ${length} are declared`)
  return found
}
