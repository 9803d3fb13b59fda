import { describe, expect, test } from 'vitest'
import { zstd, zstdInJavaScript } from './zstd.ts'

/** A frame of one segment, `size` bytes, whose blocks follow. */
const frame = (size: number, ...blocks: number[][]): Uint8Array => Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, size, ...blocks.flat())
const raw = (last: number, ...bytes: number[]): number[] => [(bytes.length << 3) | last, 0, 0, ...bytes]
const run = (last: number, count: number, byte: number): number[] => [(count << 3) | 2 | last, 0, 0, byte]

describe.each([['where Node has it', zstd], ['in JavaScript', zstdInJavaScript]] as const)('%s', (_, decompress) => {
  test('blocks of bytes and of runs, zeros at the end among them', () => {
    expect(Array.from(decompress(frame(6, raw(0, 1, 2, 3), run(1, 3, 9)), 6))).toEqual([1, 2, 3, 9, 9, 9])
    expect(Array.from(decompress(frame(4, raw(1, 1, 2, 0, 0)), 4))).toEqual([1, 2, 0, 0])
  })

  test.each([
    ['too few bytes', frame(6, raw(1, 1, 2, 3))],
    ['another magic', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
    ['no blocks', frame(6)],
    ['a block beyond the end', frame(6, [(6 << 3) | 1, 0, 0, 1, 2])],
    ['a reserved block', frame(6, [7, 0, 0])],
    ['nothing', new Uint8Array(0)],
  ])('%s', (_, bytes) => {
    expect(() => decompress(bytes, 6)).toThrow()
  })
})
