/** @file Runs, packed bits and differences of a page, each checked against its page before hyparquet decodes it. */

import { deltaBinaryUnpack } from 'hyparquet/src/delta.js'
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js'

/** @param {Uint8Array} bytes @param {number} offset */
export const readerOf = (bytes, offset) => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset,
})

/**
 * @template {Int32Array | BigInt64Array} T @param {{ view: DataView, offset: number }} input @param {T} out @returns
 * {T}
 */
export function readDeltas(input, out) {
  checkDeltas({ ...input }, out.length)
  deltaBinaryUnpack(input, out.length, out)
  return out
}

/** The head of DELTA_BINARY_PACKED values. @param {{ view: DataView, offset: number }} input @param {number} count */
export function checkDeltas(input, count) {
  const [blockSize, miniblocks, total] = [varint(input), varint(input), varint(input)]
  if (
    miniblocks < 1 ||
    miniblocks > 512 ||
    blockSize % miniblocks !== 0 ||
    (blockSize / miniblocks) % 8 !== 0 ||
    blockSize < 8 ||
    blockSize > 1 << 20
  ) {
    throw new Error(`blocks of ${blockSize} in ${miniblocks} parts`)
  }
  if (total !== count) throw new Error(`${total} differences for ${count} values`)
}

/** @param {{ view: DataView, offset: number }} input */
function varint(input) {
  let value = 0
  for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
    const next = input.view.getUint8(input.offset++)
    value += (next & 0x7f) * factor
    if (next < 0x80) return value
  }
  throw new Error('a number of more than five bytes')
}

/** @param {Uint8Array} bytes @param {number} from @param {number} to @param {number} highest @param {number} count */
export function readLevels(bytes, from, to, highest, count) {
  const levels = readRuns(bytes, from, to, 32 - Math.clz32(highest), new Uint8Array(count))
  for (const level of levels) if (level > highest) throw new Error(`level ${level} where ${highest} is the highest`)
  return levels
}

/**
 * The hybrid of runs and packed bits between two places, which must hold as many values as `out`.
 * @template {Int32Array | Uint8Array} T
 * @param {Uint8Array} bytes @param {number} from @param {number} to @param {number} width @param {T} out
 * @returns {T}
 */
export function readRuns(bytes, from, to, width, out) {
  if (width === 0) return out
  const input = readerOf(bytes.subarray(0, to), from)
  for (let seen = 0; seen < out.length;) {
    const head = varint(input)
    const count = Math.floor(head / 2)
    if (count === 0) throw new Error('an empty run')
    const isRun = head % 2 === 0
    if (isRun && count > out.length - seen)
      throw new Error(`a run of ${count} values where ${out.length - seen} are left`)
    input.offset += isRun ? Math.ceil(width / 8) : count * width
    if (input.offset > to) throw new Error('a run beyond its page')
    seen += isRun ? count : 8 * count
  }
  readRleBitPackedHybrid(readerOf(bytes.subarray(0, to), from), width, out, to - from)
  return out
}
