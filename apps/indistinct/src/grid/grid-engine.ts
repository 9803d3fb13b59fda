/** @file Options of grids, and the engine that they ask for. */

import { resolve } from 'node:path'
import { usageError, type Json } from '@indistinct/core'
import type { Executor } from '@indistinct/executors'
import type { Options } from 'yargs'
import { inGroup } from '../terminal/command-help.ts'
import { numberOption, textOption } from '../terminal/option-values.ts'

const positive = { integer: true, from: 1 } as const

/** Which grid, and where its artifacts are. */
export const gridOptions = inGroup('Grid', {
  store: {
    describe:
      'folder that all workers share, or s3://BUCKET/PREFIX (INDISTINCT_STORE; default: artifacts/grid in the ' +
      'repository)',
    type: 'string',
    requiresArg: true,
    coerce: textOption('--store'),
  },
  datasets: {
    describe: 'of the grid, comma separated (default: all)',
    type: 'string',
    requiresArg: true,
    coerce: textOption('--datasets'),
  },
  recommenders: {
    describe: 'of the grid, comma separated (default: all)',
    type: 'string',
    requiresArg: true,
    coerce: textOption('--recommenders'),
  },
  methods: {
    describe: 'of the grid, comma separated (default: all)',
    type: 'string',
    requiresArg: true,
    coerce: textOption('--methods'),
  },
  seeds: {
    describe: 'the first N seeds of the grid (default: all)',
    requiresArg: true,
    coerce: numberOption('--seeds', positive),
  },
  'data-folder': {
    describe: 'folder with one folder a data set, under the same path for every worker (INDISTINCT_DATA)',
    type: 'string',
    requiresArg: true,
    coerce: textOption('--data-folder'),
  },
} as const satisfies Record<string, Options>)

export interface GridArguments {
  readonly grid: string
  readonly store?: string | undefined
  readonly datasets?: string | undefined
  readonly recommenders?: string | undefined
  readonly methods?: string | undefined
  readonly seeds?: number | undefined
  readonly 'data-folder'?: string | undefined
}

/** Engines, and what they are asked. */
export const engineOptions = inGroup('Engine', {
  executor: { describe: 'what runs the cells', choices: ['local', 'slurm', 'bullmq', 'kubernetes'] },
  workers: {
    describe: 'cells at a time (default: 2; kubernetes 10; slurm as many as it gives; bullmq has workers of its own)',
    requiresArg: true,
    coerce: numberOption('--workers', { ...positive, to: 10_000 }),
  },
  threads: {
    describe: 'cores a cell, for slurm and kubernetes (default: 1)',
    requiresArg: true,
    coerce: numberOption('--threads', { ...positive, to: 1024 }),
  },
  memory: {
    describe: 'MiB that local cells may take together (default: what is free)',
    requiresArg: true,
    coerce: numberOption('--memory', positive),
  },
  queue: {
    describe: 'name of the BullMQ queue (default: indistinct)',
    type: 'string',
    requiresArg: true,
    coerce: textOption('--queue'),
  },
  image: {
    describe: 'for kubernetes: an image with a clone of the repository in /indistinct, after npm ci',
    type: 'string',
    requiresArg: true,
    coerce: textOption('--image'),
  },
  claim: {
    describe: "for kubernetes: the persistent volume claim to mount at the store's folder",
    type: 'string',
    requiresArg: true,
    coerce: textOption('--claim'),
  },
  secret: {
    describe: "for kubernetes: a secret that becomes the pods' environment",
    type: 'string',
    requiresArg: true,
    coerce: textOption('--secret'),
  },
} as const satisfies Record<string, Options>)

export interface EngineArguments {
  readonly executor?: Executor['name'] | undefined
  readonly workers?: number | undefined
  readonly threads?: number | undefined
  readonly memory?: number | undefined
  readonly queue?: string | undefined
  readonly image?: string | undefined
  readonly claim?: string | undefined
  readonly secret?: string | undefined
}

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
