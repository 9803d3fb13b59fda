/** @file What `shards unlearn --dry-run` says: the shards, and what their run will take by the measure of a sample. */

import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { counted, type Json } from '@indistinct/core'
import type { Plan } from '../outputs/dry-run.ts'
import { duration } from '../terminal/progress.ts'
import { labelLine } from '../inputs/table-inputs.ts'
import { countOf, dataSize, grouped } from '../terminal/text-table.ts'
import { estimateShards, type ShardEstimate } from './shard-estimate.ts'
import type { PlannedRun } from './prepare-shards.ts'
import type { ShardPlan } from './shard-plan.ts'
import { shardSample } from './shard-sample.ts'

/** Users of the sample. */
const sampledUsers = 16_384

/** MiB of a worker without rows: Node with this program, and blocks of rows; docs/scale.md has the measurements. */
const emptyWorker = 210

/** MiB that the worker with most rows takes: beside blocks of rows it holds their classes. */
export function workerMemory({ shards }: ShardPlan, workers: number): number {
  const held = new Array<number>(workers).fill(0)
  shards.forEach(({ from, to }, s) => (held[s % workers]! += to - from))
  return Math.ceil(emptyWorker + (4 * held.reduce((most, rows) => Math.max(most, rows), 0)) / 2 ** 20)
}

export function shardDryRun({ plan, resumed, readers, codes }: PlannedRun, out: string, workers: number): Plan {
  const { shards, dimensions, attribute, method, parameters, seed, fit } = plan
  const rows = shards.reduce((sum, { from, to }) => sum + to - from, 0)
  const largest = shards.reduce((most, { from, to }) => Math.max(most, to - from), 0)
  const bytes = 4 * rows * dimensions
  const memory = workerMemory(plan, workers)
  // A closed form keeps no rows between passes.
  const scratch = method === 'flow' ? 2 * bytes : 0
  const { estimate, reason } = estimated(() =>
    estimateShards(
      plan,
      shardSample(
        plan,
        sampledUsers,
        (input) => readers[input]!,
        (shard) => codes[shard]!,
      ),
    ),
  )
  const given = Object.entries(parameters).map(([name, value]) => `${name} ${value}`)
  const names = shards.length === 1 ? shards[0]!.output : `${shards[0]!.output} to ${shards.at(-1)!.output}`
  return {
    command: 'shards unlearn',
    checked: 'labels were joined and some rows were read',
    steps: [
      `${readers[0]!.path}${readers.length > 1 ? ` and ${grouped(readers.length - 1)} more` : ''}: ` +
        `${countOf(rows, 'user')}, ${counted(dimensions, 'dimension')}, ${readers[0]!.dtype}`,
      labelLine(attribute, 0),
      `${method}${given.length > 0 ? `: ${given.join(', ')}` : ''}; seed ${seed}; users without a label are left ` +
        'as they are',
      `${countOf(shards.length, 'shard')} of up to ${countOf(largest, 'user')}, ${countOf(workers, 'worker')}: ` +
        `${names}`,
      estimate ? estimateText(estimate) : `no estimate: ${reason}`,
      `a worker takes about ${memory} MiB of memory; ` +
        `${scratch > 0 ? `rows between passes take up to ${dataSize(scratch)} of disk in all, ` : ''}the result ` +
        `takes ${dataSize(bytes)} in float32`,
      ...(resumed ? [`${out} holds this run: it would go on`] : []),
    ],
    facts: {
      rows,
      dimensions,
      attribute: attribute as unknown as Json,
      method,
      parameters,
      seed,
      resumed,
      workers,
      workerMiB: memory,
      scratchBytes: scratch,
      shards: shards.map(({ output, from, to }) => ({ file: output, rows: to - from })),
      estimate: (estimate ?? null) as Json,
    },
    writes: [`${join(out, '/')}`, ...(fit === null ? [] : [fit])],
  }
}

function estimateText({
  sampledUsers: users,
  sums,
  bytesPerShard,
  rowBytesRead,
  rowBytesWritten,
  processorSeconds,
}: ShardEstimate): string {
  const cores = availableParallelism()
  return (
    `${grouped(users)} of the users took ${counted(sums, 'sum')} of ${grouped(bytesPerShard)} ` +
    `bytes a shard; at that rate all workers together read ${dataSize(rowBytesRead)} of rows, write ` +
    `${dataSize(rowBytesWritten)} ` +
    `and take ${duration(1000 * processorSeconds)} of processor time, ` +
    `${duration((1000 * processorSeconds) / cores)} on ${cores} cores like those of this machine`
  )
}

/** A sample may be too small to be unlearned where the table is not. */
function estimated(estimate: () => ShardEstimate): { readonly estimate?: ShardEstimate; readonly reason?: string } {
  try {
    return { estimate: estimate() }
  } catch (error) {
    return { reason: (error as Error).message }
  }
}
