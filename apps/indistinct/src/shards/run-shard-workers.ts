/** @file All workers of a sharded run on this machine. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { badData, fileError, usageError } from '@indistinct/core'
import { localExecutor, runTasks } from '@indistinct/executors'
import { ownProgram } from '../grid/grid-engine.ts'
import { exitCodes } from '../terminal/exit-codes.ts'
import type { Log } from '../terminal/log.ts'
import { workerMemory } from './shard-dry-run.ts'
import { layout, type ShardPlan } from './shard-plan.ts'
import type { UnlearnShardsArguments } from './shards-options.ts'

/** How many workers have something to do. */
export function workersOf({ workers }: Pick<UnlearnShardsArguments, 'workers'>, { shards }: ShardPlan): number {
  return Math.min(workers, shards.length)
}

/** Whether the manifest is there, and nothing is left of the work. */
export function isFinished(out: string): boolean {
  return existsSync(layout.manifest(out)) && !existsSync(layout.work(out))
}

/**
 * Runs the workers of `args` and waits for them; where some were stopped, it warns, and the run can be gone on with.
 * @returns whether the run is finished
 * @throws IndistinctError what a worker refused.
 */
export async function runShardWorkers(plan: ShardPlan, args: UnlearnShardsArguments, log: Log): Promise<boolean> {
  const { out } = args
  const workers = workersOf(args, plan)
  const memory = workerMemory(plan, workers)
  const logs = mkdtempSync(join(tmpdir(), 'indistinct-shards-'))
  const env = args.threads === undefined ? {} : { INDISTINCT_THREADS: String(args.threads) }
  const tasks = Array.from({ length: workers }, (_, index) => ({
    id: `worker-${index}`,
    args: ['shards', 'worker', out, '--index', String(index), '--of', String(workers), '--quiet'],
    memory,
    env,
  }))
  // Workers wait for each other, so that all of them must run.
  const executor = localExecutor({ program: ownProgram, folder: logs, workers, memory: Infinity })
  try {
    const { missing, failures } = await runTasks(executor, tasks, {
      done: (ids) => Promise.resolve(new Set(isFinished(out) ? ids : [])),
      onWarning: (text) => log.warn(text),
      poll: 200,
    })
    if (missing.length === 0) return true
    const [id, failure] = [...failures][0] ?? ['the workers', { text: 'ended without a result' }]
    const text = `${id}: ${failure.text.replace(/^error: /, '')}`
    const refused = { [exitCodes.usage]: usageError, [exitCodes.badData]: badData, [exitCodes.file]: fileError }[
      failure.code ?? -1
    ]
    if (refused) throw refused(text)
    log.warn(`${text}; the same command goes on from there`)
    return false
  } finally {
    await executor.close()
    rmSync(logs, { recursive: true, force: true })
  }
}
