/** @file Class codes of a shard's rows, as a plan leaves them for its worker. */

import { readFileSync } from 'node:fs'
import { badData, bytesOf, fileError, writeFileAtomic } from '@indistinct/core'
import { layout } from './shard-plan.ts'

export function writeShardLabels(folder: string, shard: number, codes: Int32Array): void {
  writeFileAtomic(layout.labels(folder, shard), bytesOf(codes))
}

/** @throws IndistinctError 'file' or 'bad-data'. */
export function readShardLabels(folder: string, shard: number, rows: number): Int32Array {
  const path = layout.labels(folder, shard)
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    throw fileError(`cannot read ${path}: ${(cause as Error).message}; prepare the run again`, { cause })
  }
  if (bytes.length !== 4 * rows)
    throw badData(`${path}: expected labels of ${rows} rows, got ${bytes.length} bytes; prepare the run again`)
  const codes = new Int32Array(rows)
  bytesOf(codes).set(bytes)
  return codes
}
