import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decompress } from './parquet-codecs.js'
import { zstdInJavaScript } from './parquet-decompressors.js'

const text = Buffer.from('abcabcabcabc')
/** A literal of three bytes, and a match of nine from three back. */
const snappy = Uint8Array.of(12, 2 << 2, 97, 98, 99, ((9 - 1) << 2) | 2, 3, 0)
const lz4 = Uint8Array.of(0x35, 97, 98, 99, 3, 0)
const hadoop = Uint8Array.of(0, 0, 0, 12, 0, 0, 0, 6, ...lz4)

test.each([
  ['none', 0, text],
  ['Snappy', 1, snappy],
  ['gzip', 2, gzipSync(text)],
  ['Brotli', 4, brotliCompressSync(text)],
  ['LZ4 of Hadoop', 5, hadoop],
  ['LZ4 under the first number', 5, lz4],
  ['LZ4', 7, lz4],
] as const)('%s', (_, codec, bytes) => {
  expect(Buffer.from(decompress(codec, bytes, 12)).toString()).toBe('abcabcabcabc')
  expect(() => decompress(codec, bytes, 11)).toThrow()
  expect(() => decompress(codec, bytes, 13)).toThrow()
})

describe('damage', () => {
  test.each([
    ['a Snappy literal of four length bytes that would be negative', 1, [12, 63 << 2, 255, 255, 255, 255, 97]],
    ['a Snappy match before the start', 1, [12, 2 << 2, 97, 98, 99, (8 << 2) | 2, 4, 0]],
    ['a Snappy match of no distance', 1, [12, 2 << 2, 97, 98, 99, (8 << 2) | 2, 0, 0]],
    ['a Snappy length without an end', 1, [255, 255, 255, 255, 255, 255, 1]],
    ['a Snappy match beyond the end', 1, [4, 2 << 2, 97, 98, 99, (63 << 2) | 2, 1, 0]],
    ['an LZ4 literal beyond the page', 7, [0xf0, 255, 255, 255, 0]],
    ['an LZ4 match before the start', 7, [0x35, 97, 98, 99, 4, 0]],
    ['Hadoop blocks of no bytes for ever', 5, [0, 0, 0, 0, 0, 0, 0, 0]],
    ['Zstandard that is none', 6, [0x28, 0xb5, 0x2f, 0xfd, 0xff, 1, 2, 3]],
    ['LZO', 3, [1]],
    ['an unknown codec', 99, [1]],
  ] as const)('%s', (_, codec, bytes) => {
    expect(() => decompress(codec, Uint8Array.from(bytes), 12)).toThrow()
  })
})

/** A frame of one segment, `size` bytes, whose blocks follow. */
const frame = (size: number, ...blocks: number[][]): Uint8Array =>
  Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, size, ...blocks.flat())
const raw = (last: number, ...bytes: number[]): number[] => [(bytes.length << 3) | last, 0, 0, ...bytes]
const run = (last: number, count: number, byte: number): number[] => [(count << 3) | 2 | last, 0, 0, byte]

const zstd = (bytes: Uint8Array, length: number): Uint8Array => decompress(6, bytes, length)
describe.each([
  ['where Node has it', zstd],
  ['in JavaScript', zstdInJavaScript],
] as const)('Zstandard %s', (_, inflate) => {
  test('blocks of bytes and of runs, zeros at the end among them', () => {
    expect(Array.from(inflate(frame(6, raw(0, 1, 2, 3), run(1, 3, 9)), 6))).toEqual([1, 2, 3, 9, 9, 9])
    expect(Array.from(inflate(frame(4, raw(1, 1, 2, 0, 0)), 4))).toEqual([1, 2, 0, 0])
  })

  test.each([
    ['too few bytes', frame(6, raw(1, 1, 2, 3))],
    ['another magic', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
    ['no blocks', frame(6)],
    ['a block beyond the end', frame(6, [(6 << 3) | 1, 0, 0, 1, 2])],
    ['a reserved block', frame(6, [7, 0, 0])],
    ['nothing', new Uint8Array(0)],
  ])('%s', (_, bytes) => {
    expect(() => inflate(bytes, 6)).toThrow()
  })
})
