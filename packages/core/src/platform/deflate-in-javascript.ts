/** @file Deflate and its checksum where there is no zlib. */

import { Inflate } from 'fflate'
import { concatBytes } from '../bytes.ts'

/** Bytes of a stored block of deflate at most. */
const STORED = 0xffff
/** Bytes inflated at a time, so that a bomb is seen early. */
const PIECE = 1 << 16

/**
 * A deflate stream of `bytes` as they are: every reader takes it, and float32 would lose a tenth at best. Deflaters
 * differ in their bytes, so that no other would give those of Node's either.
 */
export function deflateRaw(bytes: Uint8Array, { flush = false }: { readonly flush?: boolean } = {}): Uint8Array {
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += STORED) parts.push(...storedBlock(bytes.subarray(at, at + STORED), false))
  if (!flush) parts.push(...storedBlock(new Uint8Array(0), true))
  return concatBytes(parts)
}

function storedBlock(bytes: Uint8Array, last: boolean): Uint8Array[] {
  const { length } = bytes
  return [Uint8Array.of(last ? 1 : 0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255), bytes]
}

export function inflateRaw(bytes: Uint8Array, most: number): Uint8Array {
  return inflated(bytes, most, true)
}

export function inflateStart(bytes: Uint8Array): Uint8Array {
  return inflated(bytes, Infinity, false)
}

function inflated(bytes: Uint8Array, most: number, whole: boolean): Uint8Array {
  const parts: Uint8Array[] = []
  let length = 0
  const inflate = new Inflate((part) => {
    length += part.length
    if (length > most) throw new RangeError(`expected at most ${most} bytes, got more`)
    parts.push(part.slice())
  })
  for (let at = 0; at < bytes.length; at += PIECE) {
    inflate.push(bytes.subarray(at, at + PIECE), whole && at + PIECE >= bytes.length)
  }
  return concatBytes(parts)
}

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** CRC-32 as zip has it; `start` is that of the bytes before. */
export function crc32(bytes: Uint8Array, start = 0): number {
  let value = ~start
  for (const byte of bytes) value = TABLE[(value ^ byte) & 255]! ^ (value >>> 8)
  return ~value >>> 0
}
