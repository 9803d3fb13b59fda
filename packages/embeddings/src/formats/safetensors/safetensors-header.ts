/** @file The header of a safetensors file, read as strictly as the format is described. */

import { badData, latin1Text, parseJson } from '@indistinct/core'
import { readU64 } from '../../numbers/little-endian.ts'
import { readBytes, type ByteSource } from '../../files/byte-source.ts'
import { quoted } from '../../quoted.ts'
import type { Candidate } from '../../table-container.ts'

/**
 * Largest header. The format has 100 MB; what a million tensors are named must not fill memory before one is the table.
 */
const MAX_HEADER = 1 << 23

/** Bits of an item of each type. */
const BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  I64: 64,
  U64: 64,
  F64: 64,
  C64: 64,
}

export interface Tensor extends Candidate {
  readonly type: string
  readonly shape: readonly number[]
  /** Bytes of the file. */
  readonly start: number
  readonly end: number
}

export function readTensors(source: ByteSource): Tensor[] {
  const { name, size } = source
  if (size < 8) throw badData(`${name}: expected a safetensors file, got ${size} bytes; the file is truncated`)
  const length = readU64(readBytes(source, 0, 8), 0)
  if (length > MAX_HEADER)
    throw badData(
      `${name}: expected a header of at most ${MAX_HEADER} bytes, got ${length}; if it is a safetensors file, ` +
        `save the table's tensor in a file of its own`,
    )
  if (8 + Number(length) > size)
    throw badData(`${name}: expected a header of ${length} bytes, got ${size - 8}; the file is truncated`)
  const header = readHeader(readBytes(source, 8, Number(length)), name)
  const base = 8 + Number(length)
  const tensors = Object.entries(header)
    .filter(([key]) => key !== '__metadata__')
    .map(([key, value]) => tensorOf(key, value, base, name))
  checkMetadata(header['__metadata__'], name)
  let at = base
  for (const { start, end, name: key } of [...tensors].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at)
      throw badData(
        `${name}: expected tensors without holes or overlap, got ${quoted(key)} at byte ${start} where ${at} follows`,
      )
    at = end
  }
  if (at > size) throw badData(`${name}: expected ${at} bytes, got ${size}; the file is truncated`)
  if (at < size) throw badData(`${name}: expected ${at} bytes, got ${size}; ${size - at} bytes follow the tensors`)
  return tensors
}

function readHeader(bytes: Uint8Array, name: string): Record<string, unknown> {
  if (bytes[0] !== 0x7b) throw badData(`${name}: expected a JSON header, got other bytes; is it a safetensors file?`)
  let text: string
  let header: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    header = parseJson(text)
  } catch (cause) {
    throw badData(`${name}: expected a JSON header, got ${quoted(latin1Text(bytes.subarray(0, 64)))}`, { cause })
  }
  if (colons(text) !== keyCount(header)) throw badData(`${name}: a name stands twice in the header`)
  return header as Record<string, unknown>
}

/** How many keys the objects of valid JSON have; JSON.parse keeps the last of equal ones without a word. */
function colons(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (character === '"') while (text[++i] !== '"') if (text[i] === '\\') i++
    if (character === ':') count++
  }
  return count
}

function keyCount(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const own = Array.isArray(value) ? 0 : Object.keys(value).length
  return Object.values(value).reduce((sum: number, each) => sum + keyCount(each), own)
}

function checkMetadata(metadata: unknown, name: string): void {
  if (metadata === undefined) return
  const isText =
    typeof metadata === 'object' &&
    metadata !== null &&
    !Array.isArray(metadata) &&
    Object.values(metadata).every((value) => typeof value === 'string')
  if (!isText) throw badData(`${name}: expected __metadata__ of text by name, got ${quoted(JSON.stringify(metadata))}`)
}

function tensorOf(key: string, value: unknown, base: number, file: string): Tensor {
  const {
    dtype,
    shape,
    data_offsets: offsets,
    ...others
  } = (value ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown }
  const whole = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0)
  if (
    typeof dtype !== 'string' ||
    !whole(shape) ||
    !whole(offsets) ||
    offsets.length !== 2 ||
    Object.keys(others).length > 0
  ) {
    throw badData(
      `${file}: ${quoted(key)}: expected dtype, shape and data_offsets, got ${quoted(JSON.stringify(value))}`,
    )
  }
  const [start, end] = [base + offsets[0]!, base + offsets[1]!]
  const bits = Object.hasOwn(BITS, dtype) ? BITS[dtype]! : undefined
  if (bits === undefined) throw badData(`${file}: ${quoted(key)}: expected a type of safetensors, got ${quoted(dtype)}`)
  const expected = (shape.reduce((product, n) => product * n, 1) * bits) / 8
  if (!Number.isSafeInteger(expected) || end - start !== expected) {
    throw badData(
      `${file}: ${quoted(key)}: expected ${expected} bytes for shape (${shape.join(', ')}) of ${dtype}, got ` +
        `${end - start}`,
    )
  }
  const isMatrix = shape.length === 2
  const facts = { isTable: isMatrix && /^B?F\d\d$/.test(dtype), needsScale: isMatrix && /^[IU]8$/.test(dtype) }
  return { name: key, what: `${dtype} (${shape.join(', ')})`, ...facts, type: dtype, shape, start, end }
}
