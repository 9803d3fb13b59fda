/** @file Values as bytes of their storage type and back; every platform that Node runs on is little-endian. */

import { bytesOf } from '@indistinct/core'
import { fromBfloat16, toBfloat16 } from './bfloat16.ts'
import { fromFloat16, toFloat16 } from './float16.ts'
import { dequantised, itemSize, quantised, type Dtype, type StoredType } from './stored-type.ts'

export { itemSize }

/** Values in memory: rounded to float32, or in full. */
export type Values = Float32Array | Float64Array

/** Fills `into` with the values whose bytes are `bytes`; float64 is rounded where `into` is float32. */
export function decodeValues(bytes: Uint8Array, stored: Dtype | StoredType, into: Values): void {
  const type = typeof stored === 'string' ? { dtype: stored } : stored
  const { dtype } = type
  const size = itemSize(dtype)
  const copied = type.bigEndian === true || bytes.byteOffset % size !== 0
  // Not slice(), which is a view where the bytes are a Buffer.
  const aligned = copied ? new Uint8Array(bytes) : bytes
  if (type.bigEndian) swapBytes(aligned, size)
  const { buffer, byteOffset } = aligned
  const count = into.length
  switch (dtype) {
    case 'f2':
    case 'bf16': {
      const halves = new Uint16Array(buffer, byteOffset, count)
      const from = dtype === 'f2' ? fromFloat16 : fromBfloat16
      for (let p = 0; p < count; p++) into[p] = from(halves[p]!)
      return
    }
    case 'i1':
    case 'u1': {
      const whole =
        dtype === 'i1' ? new Int8Array(buffer, byteOffset, count) : new Uint8Array(buffer, byteOffset, count)
      for (let p = 0; p < count; p++) into[p] = dequantised(whole[p]!, type.quantisation!)
      return
    }
    case 'f4':
      return into.set(new Float32Array(buffer, byteOffset, count))
    case 'f8':
      return into.set(new Float64Array(buffer, byteOffset, count))
    default:
      throw new RangeError(`decodeValues: expected a storage type, got ${String(dtype satisfies never)}`)
  }
}

/** The bytes of `values`; those of `values` themselves, without a copy, where the type is theirs. */
export function encodeValues(values: Values, stored: Dtype | StoredType): Uint8Array {
  const type = typeof stored === 'string' ? { dtype: stored } : stored
  const own = values instanceof Float32Array ? 'f4' : 'f8'
  const bytes = type.dtype === own ? bytesOf(values) : converted(values, type)
  return type.bigEndian ? swapBytes(new Uint8Array(bytes), itemSize(type.dtype)) : bytes
}

function converted(values: Values, type: StoredType): Uint8Array {
  const { dtype } = type
  switch (dtype) {
    case 'f2':
      return bytesOf(Uint16Array.from(values, toFloat16))
    case 'bf16':
      return bytesOf(Uint16Array.from(values, toBfloat16))
    case 'i1':
      return bytesOf(Int8Array.from(values, (value) => quantised(value, dtype, type.quantisation!)))
    case 'u1':
      return Uint8Array.from(values, (value) => quantised(value, dtype, type.quantisation!))
    case 'f4':
      return bytesOf(Float32Array.from(values))
    case 'f8':
      return bytesOf(Float64Array.from(values))
    default:
      throw new RangeError(`encodeValues: expected a storage type, got ${String(dtype satisfies never)}`)
  }
}

/** Turns the bytes of every item of `size` bytes around, in place. */
export function swapBytes(bytes: Uint8Array, size: number): Uint8Array {
  if (size > 1) for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse()
  return bytes
}
