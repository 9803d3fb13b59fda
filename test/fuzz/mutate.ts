/**
 * @file Changes of a file at random: bits, bytes, numbers at their limits, pieces moved, doubled, cut or from
 * elsewhere.
 */

import type { Random } from '@indistinct/core'

const LIMITS = [
  0n,
  1n,
  2n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  1n << 40n,
  (1n << 53n) + 1n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
]
const MOST = 1 << 17

/** A changed copy of `file`; `other` is a file to take pieces from. */
export function mutated(
  file: Uint8Array,
  other: Uint8Array,
  tokens: readonly (string | Uint8Array)[],
  random: Random,
): Uint8Array {
  let bytes: Buffer = Buffer.from(file)
  const changes = 1 + random.integer(random.integer(4) === 0 ? 12 : 3)
  for (let c = 0; c < changes; c++) bytes = changed(bytes, other, tokens, random)
  return bytes.length > MOST ? bytes.subarray(0, MOST) : bytes
}

function changed(bytes: Buffer, other: Uint8Array, tokens: readonly (string | Uint8Array)[], random: Random): Buffer {
  const length = bytes.length
  const at = position(length, random)
  const piece = (of: Uint8Array): Uint8Array => {
    const from = random.integer(Math.max(1, of.length))
    return of.subarray(from, from + 1 + random.integer(random.integer(3) === 0 ? 256 : 16))
  }
  const replaced = (from: number, to: number, by: Uint8Array): Buffer =>
    Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(to)])
  switch (random.integer(length === 0 ? 2 : 11)) {
    case 0:
      return replaced(at, at, piece(other))
    case 1: {
      const token = tokens[random.integer(tokens.length)]!
      const raw =
        typeof token === 'string'
          ? Buffer.from(token, /[\x80-\xff]/.test(token) && !/[^\x00-\xff]/.test(token) ? 'latin1' : 'utf8')
          : token
      return replaced(at, random.integer(2) === 0 ? at : Math.min(length, at + raw.length), raw)
    }
    case 2:
      bytes[at]! ^= 1 << random.integer(8)
      return bytes
    case 3:
      bytes[at] = random.integer(256)
      return bytes
    case 4:
    case 5: {
      const width = [1, 2, 4, 8][random.integer(4)]!
      const value = BigInt.asUintN(
        8 * width,
        LIMITS[random.integer(LIMITS.length)]! - BigInt(random.integer(3) === 0 ? 1 : 0),
      )
      const number = Buffer.alloc(8)
      number.writeBigUInt64LE(BigInt.asUintN(64, value))
      if (random.integer(4) === 0) number.subarray(0, width).reverse()
      return replaced(at, Math.min(length, at + width), number.subarray(0, width))
    }
    case 6:
      return replaced(
        at,
        Math.min(length, at + 1 + random.integer(random.integer(4) === 0 ? 512 : 8)),
        new Uint8Array(0),
      )
    case 7:
      return replaced(at, at, piece(bytes))
    case 8:
      return random.integer(4) === 0 ? bytes.subarray(0, at) : replaced(at, Math.min(length, at + 4), piece(bytes))
    case 9:
      bytes[at] = (bytes[at]! + (random.integer(2) === 0 ? 1 : 255)) & 255
      return bytes
    default: {
      // Numbers in text: a digit becomes another, or many.
      const digit = bytes.findIndex((byte, i) => i >= at && byte >= 0x30 && byte <= 0x39)
      if (digit < 0) return bytes
      const digits = ['0', '9', '-', '1e9', '4294967296', '99999999999999999999', '.'][random.integer(7)]!
      return replaced(digit, digit + 1, Buffer.from(digits))
    }
  }
}

/** Ends hold headers and footers: most changes go there. */
function position(length: number, random: Random): number {
  const near = random.integer(Math.max(1, Math.min(length, 400)))
  const where = random.integer(4)
  if (where === 0) return near
  return where === 1 ? Math.max(0, length - 1 - near) : random.integer(Math.max(1, length))
}
