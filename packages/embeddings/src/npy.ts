/**
 * @file npy files, read and written strictly: little-endian f4 or f8, C order, exactly as long as the header says.
 * A file is checked against its own size before memory is allocated for it, so a hostile header costs nothing.
 */

import { createHash } from 'node:crypto'
import { badData } from '@indistinct/core'
import { type Dtype } from './embedding-table.ts'
import { npyHeaderBytes, npyHeaderEnd, parseNpyHeader, type NpyHeader } from './npy-header.ts'
import { openForReading } from './open-file.ts'

export interface NpyArray {
  readonly shape: readonly number[]
  readonly dtype: Dtype
  /** Row-major values; a Float64Array exactly where `dtype` is f8. */
  readonly data: Float32Array | Float64Array
}

/** Bytes read at a time. */
const CHUNK = 1 << 22

/**
 * Reads an npy array from memory.
 * @param name how messages name it
 * @throws IndistinctError 'bad-data' on anything but a complete C-ordered little-endian f4 or f8 array.
 */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  const { textStart, textEnd, utf8 } = npyHeaderEnd(bytes.subarray(0, 12), bytes.length, name)
  const header = parseNpyHeader(headerText(bytes.subarray(textStart, textEnd), utf8), textEnd, bytes.length, name)
  const { data, target } = emptyArray(header)
  target.set(bytes.subarray(header.offset))
  return { shape: header.shape, dtype: header.dtype, data }
}

/**
 * Reads an npy file in pieces, straight into its array; `sha256` is of the whole file.
 * @throws IndistinctError as {@link readNpy}, and 'file' where the file cannot be read.
 */
export async function readNpyFile(path: string): Promise<NpyArray & { sha256: string }> {
  const file = await openForReading(path)
  try {
    const { size } = await file.stat()
    const hash = createHash('sha256')
    const readInto = async (target: Uint8Array, position: number): Promise<void> => {
      for (let at = 0; at < target.length; ) {
        const { bytesRead } = await file.read(target, at, Math.min(CHUNK, target.length - at), position + at)
        if (bytesRead === 0) throw badData(`${path}: expected ${size} bytes, got ${position + at}; the file shrank while it was read`)
        hash.update(target.subarray(at, at + bytesRead))
        at += bytesRead
      }
    }
    const head = new Uint8Array(Math.min(12, size))
    await readInto(head, 0)
    const { textStart, textEnd, utf8 } = npyHeaderEnd(head, size, path)
    // In version 1 the text starts at byte 10, so its first two bytes came with the head.
    const text = new Uint8Array(Math.max(textEnd, head.length))
    text.set(head)
    await readInto(text.subarray(head.length), head.length)
    const header = parseNpyHeader(headerText(text.subarray(textStart, textEnd), utf8), textEnd, size, path)
    const { data, target } = emptyArray(header)
    await readInto(target, textEnd)
    return { shape: header.shape, dtype: header.dtype, data, sha256: hash.digest('hex') }
  } finally {
    await file.close()
  }
}

/** The bytes of an npy file, version 1.0, of row-major `data`; Float32Array becomes <f4, Float64Array <f8. */
export function writeNpy(shape: readonly number[], data: Float32Array | Float64Array): Uint8Array {
  return Buffer.concat([...npyChunks(shape, data)])
}

/** The same bytes without a second copy of the values. */
export function npyChunks(shape: readonly number[], data: Float32Array | Float64Array): Uint8Array[] {
  const count = shape.reduce((product, n) => product * n, 1)
  if (count !== data.length) throw new RangeError(`writeNpy: expected ${count} values for shape (${shape.join(', ')}), got ${data.length}`)
  const chunks = [npyHeaderBytes(shape, data instanceof Float64Array ? 'f8' : 'f4')]
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  for (let at = 0; at < bytes.length; at += CHUNK) chunks.push(bytes.subarray(at, at + CHUNK))
  return chunks
}

function headerText(bytes: Uint8Array, utf8: boolean): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(utf8 ? 'utf8' : 'latin1')
}

/** Typed arrays are little-endian on every platform that Node supports with prebuilt binaries, as the file is. */
function emptyArray({ shape, dtype }: NpyHeader): { data: Float32Array | Float64Array; target: Uint8Array } {
  const count = shape.reduce((product, n) => product * n, 1)
  const data = dtype === 'f4' ? new Float32Array(count) : new Float64Array(count)
  return { data, target: new Uint8Array(data.buffer) }
}
