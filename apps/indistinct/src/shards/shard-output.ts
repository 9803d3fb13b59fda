/** @file A worker's last pass over a shard: the unlearned rows in a file, and the record that says so. */

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { badData, canonicalJson, writeFileAtomic, type Json } from '@indistinct/core'
import { createTable, type TableReader } from '@indistinct/embeddings'
import type { Shard, UnlearnedShards } from '@indistinct/unlearners'
import { layout, type PlannedShard } from './shard-plan.ts'

/** What became of a shard. */
export interface ShardRecord {
  readonly [key: string]: Json
  readonly sha256: string
  /** Of the file that the shard is, or of its rows as float32. */
  readonly inputSha256: string
  /** Rows of which a value changed. */
  readonly moved: number
  /** Sum of squared changes. */
  readonly squares: number
}

/** Writes the shard under its name in `folder`, then its record. @throws IndistinctError 'bad-data' where a value leaves the range of float16. */
export function writeShard(folder: string, shard: Shard, planned: PlannedShard, input: TableReader, result: UnlearnedShards): void {
  const { cols, dtype } = input
  const path = join(folder, planned.output)
  const output = createTable(path, { rows: shard.rows, cols, dtype, force: true, ...(planned.whole && { like: input }) })
  const limit = dtype === 'f2' ? 65520 : Infinity
  const hash = createHash('sha256')
  let moved = 0
  let squares = 0
  try {
    result.eachBlock(shard, (block, first) => {
      const before = new Float32Array(block.length)
      shard.readRows(first, first + block.length / cols, before)
      hash.update(new Uint8Array(before.buffer))
      for (let i = 0; i < block.length; i += cols) {
        let change = 0
        for (let p = i; p < i + cols; p++) {
          if (!(Math.abs(block[p]!) < limit)) throw badData(`${path}: row ${first + i / cols} (from 0), dimension ${p - i}: ${block[p]} is beyond the range of the table's type`)
          change += (block[p]! - before[p]!) ** 2
        }
        if (change > 0) moved++
        squares += change
      }
      if (dtype !== 'f8') return output.writeRows(block)
      // A value that did not move keeps the digits that float32 has not.
      const exact = new Float64Array(block.length)
      input.readRows(planned.from + first, planned.from + first + block.length / cols, exact)
      for (let p = 0; p < exact.length; p++) if (block[p] !== before[p]) exact[p] = block[p]!
      output.writeRows(exact)
    })
    const file = output.stage()
    file.commit()
    const record: ShardRecord = { sha256: file.sha256, inputSha256: planned.whole ? input.sha256() : hash.digest('hex'), moved, squares }
    writeFileAtomic(layout.done(folder, shard.index), `${canonicalJson(record)}\n`)
  } catch (error) {
    output.discard()
    throw error
  }
}
