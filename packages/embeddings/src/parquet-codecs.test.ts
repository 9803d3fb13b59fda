import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decompress } from './parquet-codecs.ts'

const text = Buffer.from('abcabcabcabc')
/** A literal of three bytes, and a match of nine from three back. */
const snappy = Uint8Array.of(12, 2 << 2, 97, 98, 99, (9 - 1) << 2 | 2, 3, 0)
const lz4 = Uint8Array.of(0x35, 97, 98, 99, 3, 0)
const hadoop = Uint8Array.of(0, 0, 0, 12, 0, 0, 0, 6, ...lz4)

test.each([['none', 0, text], ['Snappy', 1, snappy], ['gzip', 2, gzipSync(text)], ['Brotli', 4, brotliCompressSync(text)], ['LZ4 of Hadoop', 5, hadoop], ['LZ4 under the first number', 5, lz4], ['LZ4', 7, lz4]] as const)('%s', (_, codec, bytes) => {
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
