/** @file Options of `indistinct grid`, and its arguments as yargs gives them. */

import type { Executor } from '@indistinct/executors'
import type { Options } from 'yargs'
import { inGroup } from '../terminal/command-help.ts'
import { outputOptions } from '../terminal/common-options.ts'
import { numberOption, textOption } from '../terminal/option-values.ts'

const positive = { integer: true, from: 1 } as const

/** Which grid, and where its artifacts are. */
const gridOptions = inGroup('Grid', {
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
      workers: {
        describe: 'cells at a time (default: 1)',
        requiresArg: true,
        coerce: numberOption('--workers', { integer: true, from: 1, to: 1024 }),
      },
      logs: {
        describe: 'folder for the output of cells (default: artifacts/grid/worker in the repository)',
        type: 'string',
        requiresArg: true,
        coerce: textOption('--logs'),
      },
      'lock-seconds': {
        describe: 'after so long without a sign of life the cells of a worker go to another (default: 30)',
        requiresArg: true,
        coerce: numberOption('--lock-seconds', { from: 1, to: 3600 }),
      },
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
