/** @file Writing Thrift's compact protocol: trees that were read, changed or made, with the types of every field. */

import { utf8Bytes } from '@indistinct/core'
import { thriftTypes, type ThriftField, type ThriftList, type ThriftStruct, type ThriftValue } from './thrift-read.js'

/** The bytes of `struct`, fields in the order of their ids. */
export function writeThrift(struct: ThriftStruct): Uint8Array {
  const sink = thriftSink()
  sink.struct(struct)
  return sink.bytes()
}

/** A list of `count` structs, written one by one: a tree of all of them takes twenty times their bytes. */
export function structList(count: number): { add(struct: ThriftStruct): void; field(): ThriftField } {
  const sink = thriftSink()
  sink.listHead(thriftTypes.struct, count)
  return { add: sink.struct, field: () => ({ type: thriftTypes.list, value: { encoded: sink.bytes() } }) }
}

// eslint-disable-next-line max-lines-per-function -- one buffer, which all of its calls share
function thriftSink(): {
  struct(fields: ThriftStruct): void
  listHead(itemType: number, count: number): void
  bytes(): Uint8Array
} {
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
  const listHead = (itemType: number, count: number): void => {
    byte((Math.min(count, 15) << 4) | itemType)
    if (count >= 15) varint(BigInt(count))
  }
  const write = (type: number, value: ThriftValue): void => {
    if (typeof value === 'object' && 'encoded' in value) append(value.encoded)
    else if (type === thriftTypes.byte) byte((value as number) & 0xff)
    else if (type === thriftTypes.i16 || type === thriftTypes.i32 || type === thriftTypes.i64)
      zigzag(BigInt(value as number | bigint))
    else if (type === thriftTypes.double) append(value as Uint8Array)
    else if (type === thriftTypes.binary) {
      varint(BigInt((value as Uint8Array).length))
      append(value as Uint8Array)
    } else if (type === thriftTypes.list || type === thriftTypes.set) {
      const { type: itemType, items } = value as ThriftList
      listHead(itemType, items.length)
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
  return { struct: writeStruct, listHead, bytes: () => bytes.slice(0, length) }
}

/** Fields for writing, by id. */
export function thriftStruct(fields: Readonly<Record<number, ThriftField | undefined>>): ThriftStruct {
  return new Map(Object.entries(fields).flatMap(([id, field]) => (field ? [[Number(id), field] as const] : [])))
}

export const thriftValue = {
  i32: (value: number): ThriftField => ({ type: thriftTypes.i32, value }),
  i64: (value: number): ThriftField => ({ type: thriftTypes.i64, value: BigInt(value) }),
  text: (value: string): ThriftField => ({ type: thriftTypes.binary, value: utf8Bytes(value) }),
  struct: (fields: Readonly<Record<number, ThriftField | undefined>>): ThriftField => ({
    type: thriftTypes.struct,
    value: thriftStruct(fields),
  }),
  structs: (items: readonly ThriftStruct[]): ThriftField => ({
    type: thriftTypes.list,
    value: { type: thriftTypes.struct, items },
  }),
  i32s: (items: readonly number[]): ThriftField => ({
    type: thriftTypes.list,
    value: { type: thriftTypes.i32, items },
  }),
  texts: (items: readonly string[]): ThriftField => ({
    type: thriftTypes.list,
    value: { type: thriftTypes.binary, items: items.map((item) => utf8Bytes(item)) },
  }),
}
