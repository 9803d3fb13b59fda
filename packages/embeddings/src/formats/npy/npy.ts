/**
 * @file npy files, read and written strictly: floats, or whole numbers of 8 bits with a scale, in either byte order,
 * row by row or column by column, exactly as long as the header says. A file is checked against its own size before
 * memory is allocated for it, so a hostile header costs nothing.
 */

import { bytesOf, concatBytes } from '@indistinct/core'
import { createHash } from '@indistinct/core/platform'
import { bytesSource, fileSource, readBytes, type ByteSource } from '../../files/byte-source.ts'
import { decodeValues, encodeValues, itemSize, type Values } from '../../numbers/dtype-bytes.ts'
import { checkNpy, describeNpy, npyDescr, npyHeaderBytes, type ArrayLayout, type NpyHeader } from './npy-header.ts'
import type { AskedScale, Dtype, Quantisation, StoredType } from '../../numbers/stored-type.ts'

export interface NpyArray {
  readonly shape: readonly number[]
  readonly dtype: Dtype
  /** What whole numbers stand for, where `dtype` is i1 or u1. */
  readonly quantisation?: Quantisation | undefined
  /** How the bytes lay in the file. */
  readonly layout: ArrayLayout
  /** Row-major values; a Float64Array exactly where `dtype` is f8. */
  readonly data: Values
}

/** Bytes written at a time. */
const CHUNK = 1 << 22

/**
 * Reads an npy array from memory.
 * @param name how messages name it
 * @param scale what whole numbers of 8 bits stand for
 * @throws IndistinctError 'bad-data' on anything but a complete array of such values, 'usage' on a scale that does not
 * fit.
 */
export function readNpy(bytes: Uint8Array, name: string, scale: AskedScale = {}): NpyArray {
  const source = bytesSource(bytes, name)
  return readValues(source, checkNpy(describeNpy(source), source.size, name, scale))
}

/**
 * Reads an npy file in pieces, straight into its array; `sha256` is of the whole file.
 * @throws IndistinctError as {@link readNpy}, and 'file' where the file cannot be read.
 */
export async function readNpyFile(path: string, scale: AskedScale = {}): Promise<NpyArray & { sha256: string }> {
  const source = fileSource(path)
  try {
    const header = checkNpy(describeNpy(source), source.size, source.name, scale)
    const array = readValues(source, header)
    const hash = createHash('sha256')
    // What is hashed is what was read: headers may differ in ways that say the same, so theirs is read again.
    hash.update(readBytes(source, 0, header.offset))
    for (const piece of valueChunks(header.shape, array.data, header.type, header.layout)) hash.update(piece)
    return { ...array, sha256: hash.digest('hex') }
  } finally {
    source.close()
  }
}

function readValues(source: ByteSource, { shape, type, layout, offset }: NpyHeader): NpyArray {
  const count = shape.reduce((product, n) => product * n, 1)
  const data = type.dtype === 'f8' ? new Float64Array(count) : new Float32Array(count)
  const facts = {
    shape,
    dtype: type.dtype,
    layout,
    data,
    ...(type.quantisation && { quantisation: type.quantisation }),
  }
  if (layout.fortran) readColumns(source, offset, type, shape as [number, number], 0, shape[0]!, data)
  else if ((type.dtype === 'f4' || type.dtype === 'f8') && !type.bigEndian) source.read(bytesOf(data), offset)
  else {
    const step = CHUNK / itemSize(type.dtype)
    for (let at = 0; at < count; at += step) {
      const part = data.subarray(at, at + step)
      const size = itemSize(type.dtype)
      decodeValues(readBytes(source, offset + at * size, part.length * size), type, part)
    }
  }
  return facts
}

/** Fills `into` with rows from <= i < to, row-major, of an array (N, K) at byte `offset` that lies column by column. */
export function readColumns(
  source: ByteSource,
  offset: number,
  type: StoredType,
  [rows, cols]: readonly [number, number],
  from: number,
  to: number,
  into: Values,
): void {
  const size = itemSize(type.dtype)
  const count = to - from
  const column = into instanceof Float64Array ? new Float64Array(count) : new Float32Array(count)
  for (let j = 0; j < cols; j++) {
    decodeValues(readBytes(source, offset + (j * rows + from) * size, count * size), type, column)
    for (let i = 0; i < count; i++) into[i * cols + j] = column[i]!
  }
}

/** The bytes of an npy file, version 1.0, of row-major `data`; `dtype` is that of `data` unless given. */
export function writeNpy(shape: readonly number[], data: Values, dtype?: Dtype): Uint8Array {
  return concatBytes([...npyChunks(shape, data, dtype && { dtype })])
}

/** The same bytes in pieces, without a second copy of float32 and float64 values; as `layout` has it. */
export function* npyChunks(
  shape: readonly number[],
  data: Values,
  type: StoredType = { dtype: data instanceof Float64Array ? 'f8' : 'f4' },
  { bigEndian, fortran }: ArrayLayout = { bigEndian: false, fortran: false },
): Generator<Uint8Array> {
  const count = shape.reduce((product, n) => product * n, 1)
  if (count !== data.length)
    throw new RangeError(`writeNpy: expected ${count} values for shape (${shape.join(', ')}), got ${data.length}`)
  const written = { ...type, bigEndian }
  yield npyHeaderBytes(shape, npyDescr(written), fortran)
  yield* valueChunks(shape, data, written, { bigEndian, fortran })
}

/** The bytes of row-major `values` as `type` and `layout` have them, in pieces. */
export function* valueChunks(
  shape: readonly number[],
  values: Values,
  type: StoredType,
  { fortran }: ArrayLayout,
): Generator<Uint8Array> {
  if (fortran) {
    const [rows, cols] = shape as [number, number]
    const column = values instanceof Float64Array ? new Float64Array(rows) : new Float32Array(rows)
    for (let j = 0; j < cols; j++) {
      for (let i = 0; i < rows; i++) column[i] = values[i * cols + j]!
      // A copy: the column is used again.
      yield encodeValues(column.slice(), type)
    }
    return
  }
  const step = CHUNK / itemSize(type.dtype)
  for (let at = 0; at < values.length; at += step) yield encodeValues(values.subarray(at, at + step), type)
}
