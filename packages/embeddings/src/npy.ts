/**
 * @file npy files, read and written strictly: little-endian f2, f4 or f8, C order, exactly as long as the header says.
 * A file is checked against its own size before memory is allocated for it, so a hostile header costs nothing.
 */

import { createHash } from 'node:crypto'
import { bytesOf } from '@indistinct/core'
import { bytesSource, fileSource, type ByteSource } from './byte-source.ts'
import { decodeValues, encodeValues, itemSize, type Values } from './dtype-bytes.ts'
import type { Dtype } from './embedding-table.ts'
import { checkNpy, describeNpy, npyHeaderBytes } from './npy-header.ts'

export interface NpyArray {
  readonly shape: readonly number[]
  readonly dtype: Dtype
  /** Row-major values; a Float64Array exactly where `dtype` is f8. */
  readonly data: Values
}

/** Bytes written at a time. */
const CHUNK = 1 << 22

/**
 * Reads an npy array from memory.
 * @param name how messages name it
 * @throws IndistinctError 'bad-data' on anything but a complete C-ordered little-endian f2, f4 or f8 array.
 */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  return readNpySource(bytesSource(bytes, name))
}

/**
 * Reads an npy file in pieces, straight into its array; `sha256` is of the whole file.
 * @throws IndistinctError as {@link readNpy}, and 'file' where the file cannot be read.
 */
export async function readNpyFile(path: string): Promise<NpyArray & { sha256: string }> {
  const source = fileSource(path)
  try {
    const array = readNpySource(source)
    const hash = createHash('sha256')
    // What is hashed is what was read: headers may differ in ways that say the same, so theirs is read again.
    const { offset } = describeNpy(source)
    const head = new Uint8Array(offset)
    source.read(head, 0)
    hash.update(head)
    for (let at = 0; at < array.data.length; at += CHUNK) hash.update(encodeValues(array.data.subarray(at, at + CHUNK), array.dtype))
    return { ...array, sha256: hash.digest('hex') }
  } finally {
    source.close()
  }
}

function readNpySource(source: ByteSource): NpyArray {
  const { shape, dtype, offset } = checkNpy(describeNpy(source), source.size, source.name)
  const count = shape.reduce((product, n) => product * n, 1)
  const data = dtype === 'f8' ? new Float64Array(count) : new Float32Array(count)
  if (dtype === 'f2') {
    const bytes = new Uint8Array(2 * count)
    source.read(bytes, offset)
    decodeValues(bytes, dtype, data)
  } else source.read(bytesOf(data), offset)
  return { shape, dtype, data }
}

/** The bytes of an npy file, version 1.0, of row-major `data`; `dtype` is that of `data` unless given. */
export function writeNpy(shape: readonly number[], data: Values, dtype?: Dtype): Uint8Array {
  return Buffer.concat([...npyChunks(shape, data, dtype)])
}

/** The same bytes in pieces, without a second copy of float32 and float64 values. */
export function* npyChunks(shape: readonly number[], data: Values, dtype: Dtype = data instanceof Float64Array ? 'f8' : 'f4'): Generator<Uint8Array> {
  const count = shape.reduce((product, n) => product * n, 1)
  if (count !== data.length) throw new RangeError(`writeNpy: expected ${count} values for shape (${shape.join(', ')}), got ${data.length}`)
  yield npyHeaderBytes(shape, `<${dtype}`)
  const step = CHUNK / itemSize(dtype)
  for (let at = 0; at < data.length; at += step) yield encodeValues(data.subarray(at, at + step), dtype)
}
