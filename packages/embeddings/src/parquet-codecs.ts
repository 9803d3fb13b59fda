/**
 * @file Compression of Parquet pages. Output is as long as the page header says, or the page is refused; Snappy and LZ4
 * are read here, since every length of a damaged page must be checked before it is followed.
 */

import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { zstd } from './zstd.ts'

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
  1: snappy,
  2: (input, length) => gunzipSync(input, { maxOutputLength: length }),
  4: (input, length) => brotliDecompressSync(input, { maxOutputLength: length }),
  5: (input, length) => (isHadoop(input, length) ? hadoopLz4(input, length) : lz4(input, length)),
  6: zstd,
  7: lz4,
}

/** An output of fixed length: literals and matches that do not fit are errors. */
function filled(length: number) {
  const bytes = new Uint8Array(length)
  let at = 0
  const fits = (count: number): void => {
    if (count > length - at) throw new Error(`a page of more than the ${length} bytes that are declared`)
  }
  return {
    literal(source: Uint8Array): void {
      fits(source.length)
      bytes.set(source, at)
      at += source.length
    },
    /** `count` bytes from `offset` back, which may run into those that are being written. */
    match(offset: number, count: number): void {
      if (offset < 1 || offset > at) throw new Error(`a match ${offset} bytes back where there are ${at}`)
      fits(count)
      for (const end = at + count; at < end; at++) bytes[at] = bytes[at - offset]!
    },
    done(): Uint8Array {
      if (at !== length) throw new Error(`a page of ${at} bytes where ${length} are declared`)
      return bytes
    },
  }
}

/** Bytes front to back. */
function taker(input: Uint8Array) {
  let at = 0
  return {
    left: () => input.length - at,
    take(count: number): Uint8Array {
      if (count > input.length - at) throw new Error(`${count} compressed bytes where ${input.length - at} are left`)
      at += count
      return input.subarray(at - count, at)
    },
    /** Little-endian, of up to four bytes. */
    uint(count: number): number {
      return this.take(count).reduceRight((value, byte) => value * 256 + byte, 0)
    },
  }
}

/** Snappy's block format (google/snappy, format_description.txt). */
function snappy(input: Uint8Array, length: number): Uint8Array {
  const source = taker(input)
  const output = filled(length)
  let declared = 0
  for (let factor = 1; ; factor *= 128) {
    if (factor > 2 ** 28) throw new Error('a Snappy length of more than five bytes')
    const byte = source.uint(1)
    declared += (byte & 127) * factor
    if (byte < 128) break
  }
  if (declared !== length) throw new Error(`a page of ${declared} bytes where ${length} are declared`)
  while (source.left() > 0) {
    const tag = source.uint(1)
    const kind = tag & 3
    if (kind === 0) {
      const short = tag >> 2
      output.literal(source.take(1 + (short < 60 ? short : source.uint(short - 59))))
    } else if (kind === 1) output.match((tag >> 5) * 256 + source.uint(1), 4 + ((tag >> 2) & 7))
    else output.match(source.uint(kind === 2 ? 2 : 4), 1 + (tag >> 2))
  }
  return output.done()
}

/** LZ4's block format (lz4/lz4, lz4_Block_format.md). */
function lz4(input: Uint8Array, length: number): Uint8Array {
  const output = filled(length)
  lz4Block(taker(input), output)
  return output.done()
}

function lz4Block(source: ReturnType<typeof taker>, output: ReturnType<typeof filled>): void {
  const extended = (nibble: number): number => {
    let value = nibble
    if (nibble === 15) {
      for (let byte = 255; byte === 255; value += byte) byte = source.uint(1)
    }
    return value
  }
  while (source.left() > 0) {
    const token = source.uint(1)
    output.literal(source.take(extended(token >> 4)))
    // The last sequence has literals only.
    if (source.left() === 0) return
    output.match(source.uint(2), 4 + extended(token & 15))
  }
}

/** Hadoop writes blocks with both lengths before them, which the codec's first number does not tell from plain ones. */
function isHadoop(input: Uint8Array, length: number): boolean {
  if (input.length < 8) return false
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  return view.getUint32(0) <= length && view.getUint32(4) <= input.length - 8
}

function hadoopLz4(input: Uint8Array, length: number): Uint8Array {
  const source = taker(input)
  const output = filled(length)
  while (source.left() > 0) {
    const header = source.take(8)
    lz4Block(taker(source.take(new DataView(header.buffer, header.byteOffset, 8).getUint32(4))), output)
  }
  return output.done()
}
