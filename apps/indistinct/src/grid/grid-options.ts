/** @file Options of `indistinct grid`, and its arguments as yargs gives them. */

import type { Executor } from '@indistinct/executors'
import type { Options } from 'yargs'
import { inGroup } from '../terminal/command-help.ts'
import { outputOptions } from '../terminal/common-options.ts'
import { numberOption, textOption, textFlag, valueFlag } from '../terminal/option-values.ts'

const positive = { integer: true, from: 1 } as const

/** Which grid, and where its artifacts are. */
const gridOptions = inGroup('Grid', {
  store: textFlag(
    'folder that all workers share, or s3://BUCKET/PREFIX (INDISTINCT_STORE; default: artifacts/grid in the ' +
      'repository)',
    textOption('--store'),
  ),
  datasets: textFlag('of the grid, comma separated (default: all)', textOption('--datasets')),
  recommenders: textFlag('of the grid, comma separated (default: all)', textOption('--recommenders')),
  methods: textFlag('of the grid, comma separated (default: all)', textOption('--methods')),
  seeds: valueFlag('the first N seeds of the grid (default: all)', numberOption('--seeds', positive)),
  'data-folder': textFlag(
    'folder with one folder a data set, under the same path for every worker (INDISTINCT_DATA)',
    textOption('--data-folder'),
  ),
} as const satisfies Record<string, Options>)

export interface GridArguments {
  readonly json: boolean
  readonly quiet: boolean
  readonly grid: string
  readonly store?: string | undefined
  readonly datasets?: string | undefined
  readonly recommenders?: string | undefined
  readonly methods?: string | undefined
  readonly seeds?: number | undefined
  readonly 'data-folder'?: string | undefined
}

/** Engines, and what they are asked. */
const engineOptions = inGroup('Engine', {
  executor: { describe: 'what runs the cells', choices: ['local', 'slurm', 'bullmq', 'kubernetes'] },
  workers: valueFlag(
    'cells at a time (default: 2; kubernetes 10; slurm as many as it gives; bullmq has workers of its own)',
    numberOption('--workers', { ...positive, to: 10_000 }),
  ),
  threads: valueFlag(
    'cores a cell, for slurm and kubernetes (default: 1)',
    numberOption('--threads', { ...positive, to: 1024 }),
  ),
  memory: valueFlag(
    'MiB that local cells may take together (default: what is free)',
    numberOption('--memory', positive),
  ),
  queue: textFlag('name of the BullMQ queue (default: indistinct)', textOption('--queue')),
  image: textFlag(
    'for kubernetes: an image with a clone of the repository in /indistinct, after npm ci',
    textOption('--image'),
  ),
  claim: textFlag("for kubernetes: the persistent volume claim to mount at the store's folder", textOption('--claim')),
  secret: textFlag("for kubernetes: a secret that becomes the pods' environment", textOption('--secret')),
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

export const gridCommandOptions = {
  plan: { ...gridOptions, ...outputOptions },
  run: {
    ...gridOptions,
    ...engineOptions,
    ...inGroup('Engine', {
      detach: {
        describe: 'submit and do not wait; indistinct grid status tells how far it is',
        type: 'boolean',
        default: false,
      },
    }),
    ...outputOptions,
  },
  resume: {
    ...gridOptions,
    ...engineOptions,
    ...inGroup('Engine', { detach: { describe: 'submit and do not wait', type: 'boolean', default: false } }),
    ...outputOptions,
  },
  status: { ...gridOptions, ...outputOptions },
  cell: { ...gridOptions, ...outputOptions },
  worker: {
    queue: engineOptions.queue,
    ...inGroup('Worker', {
      workers: valueFlag(
        'cells at a time (default: 1)',
        numberOption('--workers', { integer: true, from: 1, to: 1024 }),
      ),
      logs: textFlag(
        'folder for the output of cells (default: artifacts/grid/worker in the repository)',
        textOption('--logs'),
      ),
      'lock-seconds': valueFlag(
        'after so long without a sign of life the cells of a worker go to another (default: 30)',
        numberOption('--lock-seconds', { from: 1, to: 3600 }),
      ),
    }),
    quiet: outputOptions.quiet,
  },
} as const satisfies Record<string, Record<string, Options>>

export type RunArguments = GridArguments & EngineArguments & { readonly detach: boolean }

export interface GridWorkerArguments {
  readonly queue?: string | undefined
  readonly workers?: number | undefined
  readonly logs?: string | undefined
  readonly 'lock-seconds'?: number | undefined
  readonly quiet: boolean
}
