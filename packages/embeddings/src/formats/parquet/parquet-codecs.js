/**
 * @file Compression of Parquet pages. The output is as long as the page header says, or the page is refused. Of gzip,
 * Brotli and Zstandard see parquet-decompressors.js; Snappy comes from hyparquet-compressors. LZ4 is read here: of a
 * short page hyparquet-compressors fills the rest with zeros in silence.
 */

import { brotli, gunzip, zstd } from '#parquet-decompressors'
import { compressors } from 'hyparquet-compressors'

/** Names of the codecs in the order of the format's numbers. */
const NAMES = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW']

/**
 * `input` decompressed to `length` bytes.
 * @param {number} codec @param {Uint8Array} input @param {number} length
 * @returns {Uint8Array} @throws Error where it is damaged, longer or shorter, or of an unknown codec.
 */
export function decompress(codec, input, length) {
  const output = length === 0 ? new Uint8Array(0) : decompressors[codec]?.(input, length)
  if (!output) throw new Error(`pages compressed by ${NAMES[codec] ?? `codec ${codec}`}, which is not read`)
  if (output.length !== length) throw new Error(`a page of ${output.length} bytes where ${length} are declared`)
  return output
}

/** @type {Readonly<Record<number, (input: Uint8Array, length: number) => Uint8Array>>} */
const decompressors = {
  0: (input) => input,
  1: snappy,
  2: gunzip,
  4: brotli,
  5: (input, length) => (isHadoop(input, length) ? hadoopLz4(input, length) : lz4(input, length)),
  6: zstd,
  7: lz4,
}

/** @param {Uint8Array} input @param {number} length */
function snappy(input, length) {
  // The length before the page is not compared with that of the header by the library.
  let declared = 0
  for (let at = 0; at < 5; at++) {
    const byte = input[at] ?? 0
    declared += (byte & 127) * 128 ** at
    if (byte < 128) break
  }
  if (declared !== length) throw new Error(`a page of ${declared} bytes where ${length} are declared`)
  return /** @type {NonNullable<typeof compressors.SNAPPY>} */ (compressors.SNAPPY)(input, length)
}

/** LZ4's block format (lz4/lz4, lz4_Block_format.md). @param {Uint8Array} input @param {number} length */
function lz4(input, length) {
  const output = new Uint8Array(length)
  const end = lz4Block(input, output, 0)
  if (end !== length) throw new Error(`a page of ${end} bytes where ${length} are declared`)
  return output
}

/**
 * Fills `output` from `to` on; where it ends.
 * @param {Uint8Array} input @param {Uint8Array} output @param {number} to
 */
function lz4Block(input, output, to) {
  let from = 0
  const byte = () => {
    if (from >= input.length) throw new Error('an LZ4 block that ends early')
    return /** @type {number} */ (input[from++])
  }
  /** @param {number} nibble */
  const extended = (nibble) => {
    let value = nibble
    if (nibble === 15) for (let next = 255; next === 255; value += next) next = byte()
    return value
  }
  while (from < input.length) {
    const token = byte()
    const literals = extended(token >> 4)
    if (literals > input.length - from || literals > output.length - to)
      throw new Error('an LZ4 literal beyond its page')
    output.set(input.subarray(from, from + literals), to)
    from += literals
    to += literals
    // The last sequence has literals only.
    if (from === input.length) break
    const offset = byte() | (byte() << 8)
    const count = 4 + extended(token & 15)
    if (offset < 1 || offset > to || count > output.length - to) throw new Error('an LZ4 match beyond its page')
    for (const end = to + count; to < end; to++) output[to] = /** @type {number} */ (output[to - offset])
  }
  return to
}

/**
 * Hadoop writes blocks with both lengths before them, which the codec's first number does not tell from plain ones.
 * @param {Uint8Array} input @param {number} length
 */
function isHadoop(input, length) {
  if (input.length < 8) return false
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  return view.getUint32(0) <= length && view.getUint32(4) <= input.length - 8
}

/** @param {Uint8Array} input @param {number} length */
function hadoopLz4(input, length) {
  const output = new Uint8Array(length)
  let to = 0
  for (let from = 0; from < input.length;) {
    if (input.length - from < 8) throw new Error('a Hadoop block that ends early')
    const size = new DataView(input.buffer, input.byteOffset + from, 8).getUint32(4)
    if (size > input.length - from - 8) throw new Error('a Hadoop block beyond its page')
    to = lz4Block(input.subarray(from + 8, from + 8 + size), output, to)
    from += 8 + size
  }
  if (to !== length) throw new Error(`a page of ${to} bytes where ${length} are declared`)
  return output
}
