/** @file A digest of a set of rows that does not depend on their order, since a store returns them in its own. */

import { hash } from 'node:crypto'
import type { VectorBatch } from './store.ts'

export interface TableDigest {
  /** Rows added so far. */
  rows(): number
  add(batch: VectorBatch): void
  /** 64 hexadecimal digits. */
  checksum(): string
}

/**
 * Starts a digest. Each row is hashed on its own (SHA-256 over the length of the id, the id in UTF-8 and the K values
 * as little-endian float32), and the row hashes are added up in eight lanes modulo 2^32: equal sets of rows have equal
 * sums in any order. It finds damage and foreign writes; it is no signature.
 */
export function tableDigest(): TableDigest {
  const lanes = new Uint32Array(8)
  let rows = 0
  return {
    rows: () => rows,
    add({ ids, vectors, dimensions }) {
      for (let i = 0; i < ids.length; i++) {
        const id = Buffer.from(ids[i]!)
        const row = Buffer.allocUnsafe(4 + id.length + 4 * dimensions)
        row.writeUInt32LE(id.length, 0)
        id.copy(row, 4)
        for (let k = 0, at = 4 + id.length; k < dimensions; k++, at += 4)
          row.writeFloatLE(vectors[i * dimensions + k]!, at)
        const digest = hash('sha256', row, 'buffer')
        for (let lane = 0; lane < 8; lane++) lanes[lane] = lanes[lane]! + digest.readUInt32LE(4 * lane)
        rows++
      }
    },
    checksum: () => Array.from(lanes, (lane) => lane.toString(16).padStart(8, '0')).join(''),
  }
}

/** The digest of everything that `batches` yields. */
export async function digestOf(
  batches: AsyncIterable<VectorBatch> | Iterable<VectorBatch>,
  onBatch?: (batch: VectorBatch) => void,
): Promise<{ rows: number; checksum: string }> {
  const digest = tableDigest()
  for await (const batch of batches) {
    digest.add(batch)
    onBatch?.(batch)
  }
  return { rows: digest.rows(), checksum: digest.checksum() }
}
