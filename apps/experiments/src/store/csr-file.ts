/**
 * @file Sparse matrices on disk: a 24-byte header (8 bytes "INDCSR1\0", then rows, columns, entries and a flag for
 * values, int32), followed by indptr, indices and values as they lie in memory (little-endian).
 */

import { badData, bytesOf, type Csr } from '@indistinct/core'

const MAGIC = Buffer.from('INDCSR1\0', 'latin1')
const HEADER = 24

/** The bytes of `m`; equal matrices are equal bytes. */
export function csrBytes(m: Csr): Uint8Array {
  const header = Buffer.alloc(HEADER)
  MAGIC.copy(header)
  const fields = [m.rows, m.cols, m.indices.length, m.values ? 1 : 0]
  fields.forEach((value, at) => header.writeInt32LE(value, 8 + 4 * at))
  return Buffer.concat([header, bytesOf(m.indptr), bytesOf(m.indices), ...(m.values ? [bytesOf(m.values)] : [])])
}

/**
 * The matrix in `bytes`.
 * @param name how the message names them
 * @throws IndistinctError 'bad-data' unless they are a complete matrix.
 */
export function readCsr(bytes: Uint8Array, name: string): Csr {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.length < HEADER || !view.subarray(0, 8).equals(MAGIC)) {
    throw badData(
      `${name}: expected a sparse matrix that starts with INDCSR1, got other bytes; delete the file and run again`,
    )
  }
  const [rows, cols, entries, flag] = [8, 12, 16, 20].map((at) => view.readInt32LE(at)) as [
    number,
    number,
    number,
    number,
  ]
  const expected = HEADER + 4 * (rows + 1 + entries * (flag === 1 ? 2 : 1))
  if (view.length !== expected)
    throw badData(`${name}: expected ${expected} bytes, got ${view.length}; delete the file and run again`)
  // A copy: the bytes of a file need not lie on a four-byte boundary.
  const words = new Uint8Array(view.subarray(HEADER)).buffer
  const indptr = new Int32Array(words, 0, rows + 1)
  const indices = new Int32Array(words, 4 * (rows + 1), entries)
  return {
    rows,
    cols,
    indptr,
    indices,
    ...(flag === 1 && { values: new Float32Array(words, 4 * (rows + 1 + entries), entries) }),
  }
}
