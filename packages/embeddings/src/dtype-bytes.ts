/** @file Values as bytes of their storage type and back. Files are little-endian, as every platform that Node runs on. */

import { bytesOf } from '@indistinct/core'
import type { Dtype } from './embedding-table.ts'
import { fromFloat16, toFloat16 } from './float16.ts'

/** Values in memory: rounded to float32, or in full. */
export type Values = Float32Array | Float64Array

export function itemSize(dtype: Dtype): number {
  return dtype === 'f2' ? 2 : dtype === 'f4' ? 4 : 8
}

/** Fills `into` with the values whose bytes are `bytes`; float64 is rounded where `into` is float32. */
export function decodeValues(bytes: Uint8Array, dtype: Dtype, into: Values): void {
  // Not slice(), which is a view where the bytes are a Buffer.
  const aligned = bytes.byteOffset % itemSize(dtype) === 0 ? bytes : new Uint8Array(bytes)
  const { buffer, byteOffset } = aligned
  if (dtype === 'f2') {
    const halves = new Uint16Array(buffer, byteOffset, into.length)
    for (let p = 0; p < into.length; p++) into[p] = fromFloat16(halves[p]!)
  } else into.set(dtype === 'f4' ? new Float32Array(buffer, byteOffset, into.length) : new Float64Array(buffer, byteOffset, into.length))
}

/** The bytes of `values`; those of `values` themselves, without a copy, where the type is theirs. */
export function encodeValues(values: Values, dtype: Dtype): Uint8Array {
  const same = values instanceof Float32Array ? 'f4' : 'f8'
  if (dtype === same) return bytesOf(values)
  if (dtype === 'f2') return bytesOf(Uint16Array.from(values, toFloat16))
  return bytesOf(dtype === 'f4' ? Float32Array.from(values) : Float64Array.from(values))
}
