/** @file A worker's last pass over a shard: the unlearned rows in a file, and the record that says so. */

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { badData, bytesOf, jsonText, type Json, writeFileAtomic } from '@indistinct/core'
import { createTable, rounded, type TableReader } from '@indistinct/embeddings'
import type { Shard, UnlearnedShards } from '@indistinct/unlearners'
import { changeSums, type ShardChange } from './shard-change.ts'
import { layout, type ShardPlan } from './shard-plan.ts'

/** What became of a shard. */
export interface ShardRecord {
  readonly [key: string]: Json
  readonly sha256: string
  /** Of the file that the shard is, or of its rows as float32. */
  readonly inputSha256: string
  readonly change: ShardChange
}

/**
 * Writes the shard under its name in `folder`, then its record. @throws IndistinctError 'bad-data' where a value leaves
 * the range of its type.
 */
export function writeShard(
  folder: string,
  shard: Shard,
  plan: ShardPlan,
  input: TableReader,
  result: UnlearnedShards,
): void {
  const { cols, dtype, quantisation } = input
  const planned = plan.shards[shard.index]!
  const path = join(folder, planned.output)
  const output = createTable(path, {
    rows: shard.rows,
    cols,
    dtype,
    quantisation,
    force: true,
    ...(planned.whole && { like: input }),
  })
  const narrow = dtype !== 'f4' && dtype !== 'f8'
  const hash = createHash('sha256')
  const change = changeSums(plan)
  try {
    result.eachBlock(shard, (unlearned, first) => {
      const block = narrow ? unlearned.map((value) => rounded(value, input)) : unlearned
      const before = new Float32Array(block.length)
      shard.readRows(first, first + block.length / cols, before)
      hash.update(bytesOf(before))
      const beyond = block.findIndex((value) => !Number.isFinite(value))
      if (beyond >= 0)
        throw badData(
          `${path}: row ${first + Math.floor(beyond / cols)} (from 0), dimension ${beyond % cols}: ` +
            `${unlearned[beyond]} is beyond the range of the table's type`,
        )
      change.add(before, block, shard.codes.subarray(first, first + block.length / cols))
      if (dtype !== 'f8') return output.writeRows(block)
      // A value that did not move keeps the digits that float32 has not.
      const exact = new Float64Array(block.length)
      input.readRows(planned.from + first, planned.from + first + block.length / cols, exact)
      for (let p = 0; p < exact.length; p++) if (block[p] !== before[p]) exact[p] = block[p]!
      output.writeRows(exact)
    })
    const file = output.stage()
    file.commit()
    const record: ShardRecord = {
      sha256: file.sha256,
      inputSha256: planned.whole ? input.sha256() : hash.digest('hex'),
      change: change.sums(),
    }
    writeFileAtomic(layout.done(folder, shard.index), jsonText(record))
  } catch (error) {
    output.discard()
    throw error
  }
}
