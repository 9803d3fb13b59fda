/**
 * @file Thrift's compact protocol, which Parquet writes its headers in, as a tree that can be changed and written again
 * with everything it holds, known or not. Reading is bounded by the bytes that are there: no count is believed before
 * as many bytes follow, numbers end after ten bytes, and structs nest sixteen deep at most.
 */

/** Type codes of the protocol. */
export const thriftTypes = { true: 1, false: 2, byte: 3, i16: 4, i32: 5, i64: 6, double: 7, binary: 8, list: 9, set: 10, map: 11, struct: 12 } as const

export interface ThriftField {
  readonly type: number
  readonly value: ThriftValue
}

/** Fields by their id. */
export type ThriftStruct = Map<number, ThriftField>

export interface ThriftList {
  readonly type: number
  readonly items: readonly ThriftValue[]
}

/** Whole numbers are bigint where the protocol has 64 bits; a double is its eight bytes. */
export type ThriftValue = boolean | number | bigint | Uint8Array | ThriftList | ThriftStruct

const DEEPEST = 16

/** A struct at `start`, and the byte after it. @throws Error on anything but one complete struct. */
export function readThrift(bytes: Uint8Array, start = 0): { struct: ThriftStruct; end: number } {
  let at = start
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const byte = (): number => {
    if (at >= bytes.length) throw new Error('a header ends early')
    return bytes[at++]!
  }
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const next = byte()
      value |= BigInt(next & 0x7f) << shift
      if (next < 0x80) return BigInt.asUintN(64, value)
    }
    throw new Error('a number of more than ten bytes')
  }
  const zigzag = (): bigint => {
    const value = varint()
    return (value >> 1n) ^ -(value & 1n)
  }
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new Error(`${length} bytes where ${bytes.length - at} are left`)
    at += length
    return bytes.subarray(at - length, at)
  }
  const value = (type: number, depth: number): ThriftValue => {
    if (type === thriftTypes.true) return true
    if (type === thriftTypes.false) return false
    if (type === thriftTypes.byte) return view.getInt8((byte(), at - 1))
    if (type === thriftTypes.i16 || type === thriftTypes.i32) return Number(BigInt.asIntN(32, zigzag()))
    if (type === thriftTypes.i64) return zigzag()
    if (type === thriftTypes.double) return take(8)
    if (type === thriftTypes.binary) return take(Number(varint()))
    if (type === thriftTypes.list || type === thriftTypes.set) {
      const head = byte()
      const count = head >> 4 === 15 ? Number(varint()) : head >> 4
      if (count > bytes.length - at) throw new Error(`a list of ${count} where ${bytes.length - at} bytes are left`)
      const itemType = head & 15
      const isBoolean = itemType === thriftTypes.true || itemType === thriftTypes.false
      const items: ThriftValue[] = []
      for (let i = 0; i < count; i++) items.push(isBoolean ? byte() === 1 : value(itemType, depth + 1))
      return { type: itemType, items }
    }
    if (type === thriftTypes.struct) return struct(depth + 1)
    throw new Error(`a value of the unknown type ${type}`)
  }
  const struct = (depth: number): ThriftStruct => {
    if (depth > DEEPEST) throw new Error(`structs more than ${DEEPEST} deep`)
    const fields: ThriftStruct = new Map()
    let id = 0
    for (;;) {
      const head = byte()
      if (head === 0) return fields
      id = head >> 4 === 0 ? Number(zigzag()) : id + (head >> 4)
      if (fields.has(id)) throw new Error(`field ${id} twice`)
      const type = head & 15
      fields.set(id, { type, value: value(type, depth) })
    }
  }
  return { struct: struct(0), end: at }
}

/** The bytes of `struct`, fields in the order of their ids. */
export function writeThrift(struct: ThriftStruct): Uint8Array {
  let bytes = new Uint8Array(1024)
  let length = 0
  const reserve = (more: number): void => {
    if (length + more <= bytes.length) return
    const longer = new Uint8Array(2 * (length + more))
    longer.set(bytes)
    bytes = longer
  }
  const byte = (value: number): void => {
    reserve(1)
    bytes[length++] = value
  }
  const varint = (value: bigint): void => {
    for (; value >= 0x80n; value >>= 7n) byte(Number(value & 0x7fn) | 0x80)
    byte(Number(value))
  }
  const zigzag = (value: bigint): void => varint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)))
  const append = (raw: Uint8Array): void => {
    reserve(raw.length)
    bytes.set(raw, length)
    length += raw.length
  }
  const write = (type: number, value: ThriftValue): void => {
    if (type === thriftTypes.byte) byte((value as number) & 0xff)
    else if (type === thriftTypes.i16 || type === thriftTypes.i32 || type === thriftTypes.i64) zigzag(BigInt(value as number | bigint))
    else if (type === thriftTypes.double) append(value as Uint8Array)
    else if (type === thriftTypes.binary) {
      varint(BigInt((value as Uint8Array).length))
      append(value as Uint8Array)
    } else if (type === thriftTypes.list || type === thriftTypes.set) {
      const { type: itemType, items } = value as ThriftList
      byte((Math.min(items.length, 15) << 4) | itemType)
      if (items.length >= 15) varint(BigInt(items.length))
      for (const item of items) {
        if (typeof item === 'boolean') byte(item ? 1 : 2)
        else write(itemType, item)
      }
    } else if (type === thriftTypes.struct) writeStruct(value as ThriftStruct)
  }
  const writeStruct = (fields: ThriftStruct): void => {
    let last = 0
    for (const [id, { type, value }] of [...fields].sort(([a], [b]) => a - b)) {
      const code = typeof value === 'boolean' ? (value ? thriftTypes.true : thriftTypes.false) : type
      const step = id - last
      if (step > 0 && step < 16) byte((step << 4) | code)
      else {
        byte(code)
        zigzag(BigInt(id))
      }
      last = id
      write(code, value)
    }
    byte(0)
  }
  writeStruct(struct)
  return bytes.slice(0, length)
}

/** A whole number of a field, or undefined where it is missing. @throws Error where it is no number below 2^53. */
export function numberField(struct: ThriftStruct, id: number): number | undefined {
  const value = struct.get(id)?.value
  if (value === undefined) return undefined
  const number = typeof value === 'bigint' || typeof value === 'number' ? Number(value) : NaN
  if (!Number.isSafeInteger(number)) throw new Error(`field ${id} of a header is no number`)
  return number
}

export function structField(struct: ThriftStruct, id: number): ThriftStruct | undefined {
  const value = struct.get(id)?.value
  if (value !== undefined && !(value instanceof Map)) throw new Error(`field ${id} of a header is no struct`)
  return value
}

/** The structs of a list; none where it is missing. */
export function structsField(struct: ThriftStruct, id: number): readonly ThriftStruct[] {
  const items = listField(struct, id)
  if (!items.every((item) => item instanceof Map)) throw new Error(`field ${id} of a header is no list of structs`)
  return items as readonly ThriftStruct[]
}

export function textField(struct: ThriftStruct, id: number): string | undefined {
  const value = struct.get(id)?.value
  return value === undefined ? undefined : textOf(value)
}

export function textsField(struct: ThriftStruct, id: number): string[] {
  return listField(struct, id).map(textOf)
}

function listField(struct: ThriftStruct, id: number): readonly ThriftValue[] {
  const value = struct.get(id)?.value
  if (value === undefined) return []
  if (typeof value !== 'object' || !('items' in value)) throw new Error(`field ${id} of a header is no list`)
  return value.items
}

function textOf(value: ThriftValue): string {
  if (!(value instanceof Uint8Array)) throw new Error('a name in a header is no text')
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
}

/** Fields for writing, by id. */
export function thriftStruct(fields: Readonly<Record<number, ThriftField | undefined>>): ThriftStruct {
  return new Map(Object.entries(fields).flatMap(([id, field]) => (field ? [[Number(id), field] as const] : [])))
}

export const thriftValue = {
  i32: (value: number): ThriftField => ({ type: thriftTypes.i32, value }),
  i64: (value: number): ThriftField => ({ type: thriftTypes.i64, value: BigInt(value) }),
  text: (value: string): ThriftField => ({ type: thriftTypes.binary, value: Buffer.from(value, 'utf8') }),
  struct: (fields: Readonly<Record<number, ThriftField | undefined>>): ThriftField => ({ type: thriftTypes.struct, value: thriftStruct(fields) }),
  structs: (items: readonly ThriftStruct[]): ThriftField => ({ type: thriftTypes.list, value: { type: thriftTypes.struct, items } }),
  i32s: (items: readonly number[]): ThriftField => ({ type: thriftTypes.list, value: { type: thriftTypes.i32, items } }),
  texts: (items: readonly string[]): ThriftField => ({ type: thriftTypes.list, value: { type: thriftTypes.binary, items: items.map((item) => Buffer.from(item, 'utf8')) } }),
}
