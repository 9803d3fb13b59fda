/** @file One-dimensional arrays of names or whole numbers as text, for ids and labels inside npz and safetensors. */

import { badData, bytesOf } from '@indistinct/core'
import { writeU16, writeU32, writeU64 } from '../../numbers/little-endian.ts'
import { swapBytes } from '../../numbers/dtype-bytes.ts'

/** A type whose values have one text each: Unicode or bytes of a width, or integers. */
const TEXT_TYPE = /^([<>|=])([US])(\d{1,6})$/
const INTEGER_TYPE = /^([<>|=])([iu])([1248])$/

/** Bytes of an item of the NumPy type `descr`, or undefined where its values are neither names nor whole numbers. */
export function textItemSize(descr: string): number | undefined {
  const text = TEXT_TYPE.exec(descr)
  if (text) return Number(text[3]) * (text[2] === 'U' ? 4 : 1)
  const integer = INTEGER_TYPE.exec(descr)
  return integer ? Number(integer[3]) : undefined
}

/**
 * The items of a one-dimensional array as text.
 * @param bytes exactly `count` items of the NumPy type `descr`
 * @throws IndistinctError 'bad-data' on text that is no Unicode.
 */
export function arrayText(bytes: Uint8Array, descr: string, count: number, name: string): string[] {
  const size = textItemSize(descr)!
  const text = TEXT_TYPE.exec(descr)
  // Characters of Unicode are numbers of four bytes; those of bytes have no order.
  const ordered = descr.startsWith('>')
    ? swapBytes(new Uint8Array(bytes), text ? (text[2] === 'U' ? 4 : 1) : size)
    : bytes
  const view = new DataView(ordered.buffer, ordered.byteOffset, ordered.byteLength)
  return Array.from({ length: count }, (_, i) => {
    const at = i * size
    if (!text) return integerAt(view, at, size, INTEGER_TYPE.exec(descr)![2] === 'i')
    return text[2] === 'U'
      ? unicodeAt(view, at, size, `${name}: item ${i}`)
      : bytesAt(bytes.subarray(at, at + size), `${name}: item ${i}`)
  })
}

/** `values` as NumPy's fixed-width Unicode: the type, and the bytes of all items. */
export function unicodeArray(values: readonly string[]): { descr: string; bytes: Uint8Array } {
  const points = values.map((value) => Array.from(value, (character) => character.codePointAt(0)!))
  const width = points.reduce((most, { length }) => Math.max(most, length), 1)
  const words = new Uint32Array(width * values.length)
  points.forEach((item, i) => words.set(item, i * width))
  return { descr: `<U${width}`, bytes: bytesOf(words) }
}

/** The type of whole numbers that `descr` is, little-endian; undefined where it is no such type. */
export function wholeNumberType(descr: string): string | undefined {
  const integer = INTEGER_TYPE.exec(descr)
  return integer ? `${integer[3] === '1' ? '|' : '<'}${integer[2]}${integer[3]}` : undefined
}

/** Ids as an array of the type that they were read from: whole numbers within its range. */
export function idArray(ids: readonly string[], descr: string): Uint8Array {
  const [, , , size] = INTEGER_TYPE.exec(descr)!
  const width = Number(size)
  const bytes = new Uint8Array(ids.length * width)
  ids.forEach((id, i) => {
    // The bits of a negative number are those of an unsigned one, 2^64 above it.
    if (width === 8) writeU64(bytes, BigInt.asUintN(64, BigInt(id)), 8 * i)
    else if (width === 4) writeU32(bytes, Number(id), 4 * i)
    else if (width === 2) writeU16(bytes, Number(id), 2 * i)
    else bytes[i] = Number(id)
  })
  return bytes
}

function integerAt(view: DataView, at: number, size: number, signed: boolean): string {
  if (size === 8) return String(signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true))
  if (size === 4) return String(signed ? view.getInt32(at, true) : view.getUint32(at, true))
  if (size === 2) return String(signed ? view.getInt16(at, true) : view.getUint16(at, true))
  return String(signed ? view.getInt8(at) : view.getUint8(at))
}

function unicodeAt(view: DataView, at: number, size: number, place: string): string {
  // Items are padded with zeros at the end; a zero within the text belongs to it.
  let end = at + size
  while (end > at && view.getUint32(end - 4, true) === 0) end -= 4
  let text = ''
  for (let p = at; p < end; p += 4) {
    const point = view.getUint32(p, true)
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
      throw badData(`${place}: expected Unicode text, got the number ${point}`)
    text += String.fromCodePoint(point)
  }
  return text
}

function bytesAt(bytes: Uint8Array, place: string): string {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end))
  } catch (cause) {
    throw badData(`${place}: expected UTF-8 text, got other bytes`, { cause })
  }
}
