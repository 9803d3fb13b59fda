/** @file What a sharded run will take, by the same run on a sample of its rows in memory. */

import { unlearnShards, type Shard, type ShardScratch } from '@indistinct/unlearners'
import type { ShardPlan } from './shard-plan.ts'
import type { ShardSample } from './shard-sample.ts'
import { digestBytes } from './shard-sums.ts'

/**
 * Of the whole table where it takes as many passes as the sample did; larger tables may take more, since chance gives
 * them less.
 */
export interface ShardEstimate {
  readonly sampledUsers: number
  readonly sums: number
  /** That one shard gives to all sums. */
  readonly bytesPerShard: number
  /** Bytes of rows read and written by all workers together, originals and scratch, in float32. */
  readonly rowBytesRead: number
  readonly rowBytesWritten: number
  /** Of this machine's processors. */
  readonly processorSeconds: number
}

/** Runs the plan's method on the sample. @throws Error where that cannot be unlearned. */
export function estimateShards(plan: ShardPlan, sample: ShardSample): ShardEstimate {
  const rows = plan.shards.reduce((sum, { from, to }) => sum + to - from, 0)
  const scale = rows / sample.rows.rows
  // The first run warms up what the second is timed with.
  run(plan, sample)
  const before = process.cpuUsage()
  const counted = run(plan, sample)
  const { user, system } = process.cpuUsage(before)
  return {
    sampledUsers: sample.rows.rows,
    sums: counted.sums,
    bytesPerShard: counted.sumBytes,
    rowBytesRead: Math.round(counted.read * scale),
    rowBytesWritten: Math.round(counted.written * scale),
    processorSeconds: (scale * (user + system)) / 1e6,
  }
}

function run(
  { method, parameters, seed, centre }: ShardPlan,
  { rows, labels: { classes, codes } }: ShardSample,
): { sums: number; sumBytes: number; read: number; written: number } {
  const { cols } = rows
  const counted = { sums: 0, sumBytes: 0, read: 0, written: 0 }
  const readerOf =
    (data: Float32Array): Shard['readRows'] =>
    (from, to, into) => {
      into.set(data.subarray(from * cols, to * cols))
      counted.read += into.byteLength
    }
  const kept = new Map<string, Float32Array>()
  const scratch: ShardScratch = {
    open(_, name) {
      const data = kept.get(name)
      return data && { readRows: readerOf(data) }
    },
    create(_, name) {
      const data = new Float32Array(rows.data.length)
      let at = 0
      return {
        write(block) {
          data.set(block, at)
          at += block.length
          counted.written += block.byteLength
        },
        commit: () => void kept.set(name, data),
      }
    },
    keepOnly(_, names) {
      for (const name of kept.keys()) if (!names.includes(name)) kept.delete(name)
    },
  }
  const shard: Shard = { index: 0, rows: rows.rows, codes, readRows: readerOf(rows.data) }
  const present = classes.map((_, c) => codes.reduce((sum, code) => sum + (code === c ? 1 : 0), 0))
  if (present.some((users) => users === 0)) throw new Error('the sample holds no user of some class')
  const result = unlearnShards(
    {
      cols,
      sizes: present,
      centre: Float64Array.from(centre),
      shards: [shard],
      scratch,
      sum(_, length, own) {
        counted.sums++
        counted.sumBytes += digestBytes + 8 * length
        return own(shard)
      },
    },
    method,
    { ...parameters, seed },
  )
  result.eachBlock(shard, (block) => void (counted.written += block.byteLength))
  return counted
}
