/** @file The engine that a grid is to run on. */

import { resolve } from 'node:path'
import { usageError, type Json } from '@indistinct/core'
import type { Executor } from '@indistinct/executors'
import type { EngineArguments } from './grid-options.ts'

/** What of `args` chooses and sets the engine. */
export function engineSettings(args: EngineArguments): { readonly [name: string]: Json } {
  const { executor, workers, threads, memory, queue, image, claim, secret } = args
  return Object.fromEntries(
    Object.entries({ executor, workers, threads, memory, queue, image, claim, secret }).filter(
      (entry): entry is [string, string | number] => entry[1] !== undefined,
    ),
  )
}

/** How this very program is called. */
export const ownProgram: readonly string[] = [process.execPath, process.argv[1]!]

/** @throws IndistinctError 'usage' where the engine lacks an option that it needs. */
export async function openEngine(
  args: EngineArguments,
  folder: string,
  label: string,
  store: string,
): Promise<Executor> {
  const { bullmqExecutor, kubernetesExecutor, localExecutor, slurmExecutor } = await import('@indistinct/executors')
  const { executor = 'local', workers, threads, memory, queue, image, claim, secret } = args
  const some = <T extends object>(values: T): T =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
  switch (executor) {
    case 'local':
      return localExecutor({
        program: ownProgram,
        folder,
        ...some({ workers: workers as number, memory: memory as number }),
      })
    case 'slurm':
      return slurmExecutor({ program: ownProgram, folder, label, workers, threads })
    case 'bullmq':
      return bullmqExecutor({ queue })
    case 'kubernetes': {
      if (image === undefined)
        throw usageError(
          '--executor kubernetes: expected --image, which names an image with the repository in /indistinct',
        )
      const shared = !store.includes('://')
      if (shared && claim === undefined)
        throw usageError(
          '--executor kubernetes: expected --claim, the persistent volume claim behind --store, or a store at s3://…',
        )
      const volume = shared ? { claim: claim!, path: resolve(store) } : undefined
      return kubernetesExecutor({
        program: ['node', '/indistinct/apps/indistinct/bin/indistinct.js'],
        folder: `${folder}/kubernetes`,
        label,
        image,
        volume,
        secret,
        workers,
        threads,
      })
    }
    default:
      throw new RangeError(`openEngine: expected a known engine, got ${JSON.stringify(executor satisfies never)}`)
  }
}
