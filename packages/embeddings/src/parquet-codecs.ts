/** @file Compression of Parquet pages. The output is as long as the page header says, and never longer. */

import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { snappyUncompress } from 'hyparquet'
import { decompressLz4, decompressLz4Raw, decompressZstd } from 'hyparquet-compressors'

/** Names of the codecs in the order of the format's numbers. */
const NAMES = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW']

/** `input` decompressed to `length` bytes. @throws Error where it is damaged, longer or shorter, or of an unknown codec. */
export function decompress(codec: number, input: Uint8Array, length: number): Uint8Array {
  const output = length === 0 ? new Uint8Array(0) : decompressors[codec]?.(input, length)
  if (!output) throw new Error(`pages compressed by ${NAMES[codec] ?? `codec ${codec}`}, which is not read`)
  if (output.length !== length) throw new Error(`a page of ${output.length} bytes where ${length} are declared`)
  return output
}

const decompressors: Readonly<Record<number, (input: Uint8Array, length: number) => Uint8Array>> = {
  0: (input) => input,
  1(input, length) {
    const output = new Uint8Array(length)
    snappyUncompress(input, output)
    return output
  },
  2: (input, length) => gunzipSync(input, { maxOutputLength: length }),
  4: (input, length) => brotliDecompressSync(input, { maxOutputLength: length }),
  5: decompressLz4,
  6(input, length) {
    const output = new Uint8Array(length)
    const written = decompressZstd(input, output)
    if (written.length !== length) throw new Error(`a page of ${written.length} bytes where ${length} are declared`)
    return written
  },
  7: decompressLz4Raw,
}
