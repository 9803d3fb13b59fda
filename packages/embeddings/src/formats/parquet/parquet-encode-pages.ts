/** @file Pages of new columns, as Parquet has them. */

import { concatBytes, utf8Bytes } from '@indistinct/core'
import { encodeValues, itemSize, type Values } from '../../numbers/dtype-bytes.ts'
import { writeU32 } from '../../numbers/little-endian.ts'
import type { Dtype } from '../../embedding-table.ts'
import type { ParquetLeaf } from './parquet-schema.ts'
import type { ThriftStruct } from './thrift-read.js'
import { thriftStruct, thriftValue, writeThrift } from './thrift-write.ts'

const { i32, struct } = thriftValue

/** Bytes of a page, about. */
const PAGE = 1 << 20

export type LayoutColumn =
  | { readonly kind: 'copy'; readonly leafNumber: number }
  | { readonly kind: 'text'; readonly leaf: ParquetLeaf; readonly values: readonly string[] }
  | { readonly kind: 'lists'; readonly leaf: ParquetLeaf }
  | { readonly kind: 'dimension'; readonly leaf: ParquetLeaf; readonly dimension: number }

export interface Layout {
  readonly columns: readonly LayoutColumn[]
  footer(groups: readonly ThriftStruct[]): ThriftStruct
}

interface Page {
  readonly header: Uint8Array
  readonly parts: readonly Uint8Array[]
  readonly slots: number
}

function page(slots: number, parts: readonly Uint8Array[]): Page {
  const bytes = parts.reduce((sum, part) => sum + part.length, 0)
  const header = writeThrift(
    thriftStruct({
      1: i32(0),
      2: i32(bytes),
      3: i32(bytes),
      5: struct({ 1: i32(slots), 2: i32(0), 3: i32(3), 4: i32(3) }),
    }),
  )
  return { header, parts, slots }
}

/** Pages of lists of `cols` values, or of one of the dimensions. */
export function* vectorPages(
  values: Values,
  rows: number,
  cols: number,
  dtype: Dtype,
  column: Extract<LayoutColumn, { kind: 'lists' | 'dimension' }>,
): Generator<Page> {
  const { leaf } = column
  const width = column.kind === 'lists' ? cols : 1
  const perPage = Math.max(1, Math.floor(PAGE / (width * itemSize(dtype))))
  for (let first = 0; first < rows; first += perPage) {
    const last = Math.min(first + perPage, rows)
    const slots = (last - first) * width
    const parts: Uint8Array[] = []
    if (leaf.maxRepetition > 0) parts.push(lengthBefore(listStarts(slots, cols)))
    if (leaf.maxDefinition > 0) parts.push(lengthBefore(run(slots, leaf.maxDefinition)))
    if (column.kind === 'lists') parts.push(encodeValues(values.subarray(first * cols, last * cols), dtype))
    else {
      const one = values instanceof Float64Array ? new Float64Array(slots) : new Float32Array(slots)
      for (let i = first; i < last; i++) one[i - first] = values[i * cols + column.dimension]!
      parts.push(encodeValues(one, dtype))
    }
    yield page(slots, parts)
  }
}

export function* textPages(values: readonly string[], first: number, count: number): Generator<Page> {
  let parts: Uint8Array[] = []
  let bytes = 0
  for (let i = first; i < first + count; i++) {
    const item = utf8Bytes(values[i]!)
    parts.push(lengthBefore(item))
    bytes += item.length + 4
    if (bytes < PAGE && i < first + count - 1) continue
    yield page(parts.length, [concatBytes(parts)])
    parts = []
    bytes = 0
  }
}

/** Repetition levels of lists of `cols`: 0 where one starts, 1 within, one bit each. */
function listStarts(slots: number, cols: number): Uint8Array {
  const groups = Math.ceil(slots / 8)
  const bits = new Uint8Array(groups).fill(0xff)
  for (let s = 0; s < slots; s += cols) bits[s >> 3]! &= ~(1 << (s & 7))
  return concatBytes([varint(groups * 2 + 1), bits])
}

/** `count` times the same level. */
function run(count: number, level: number): Uint8Array {
  return concatBytes([varint(count * 2), Uint8Array.of(level)])
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128)
  return Uint8Array.from([...bytes, value])
}

function lengthBefore(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(4 + bytes.length)
  writeU32(all, bytes.length, 0)
  all.set(bytes, 4)
  return all
}
