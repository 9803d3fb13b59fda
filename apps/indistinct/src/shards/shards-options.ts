/** @file Options of `indistinct shards`, and its arguments as yargs gives them. */

import { shardMethods, type ShardMethod } from '@indistinct/unlearners'
import type { Options } from 'yargs'
import type { TableArguments } from '../inputs/table-arguments.ts'
import { tableOptions } from '../inputs/table-inputs.ts'
import { inGroup } from '../terminal/command-help.ts'
import { computeOptions, outputOptions, type CommonArguments } from '../terminal/common-options.ts'
import { numberOption, textOption, valueFlag, textFlag } from '../terminal/option-values.ts'
import { dryRunOption, type DryRunArguments } from '../outputs/dry-run.ts'

/** Flags that set a parameter of the flow, by the name that it knows them under. */
export const parameterFlags = {
  level: {
    flag: 'level',
    describe: 'flow: where to stop, in multiples of the value that chance gives',
    range: { above: 0 },
  },
  firstStep: {
    flag: 'first-step',
    describe: 'flow: first step, in quarters of the bandwidth',
    range: { above: 0, to: 1 },
  },
  tolerance: { flag: 'tolerance', describe: 'flow: how near to that value to land', range: { above: 0 } },
  maxPasses: { flag: 'max-passes', describe: 'flow: passes after which to give up', range: { integer: true, from: 1 } },
  frequencies: {
    flag: 'frequencies',
    describe: 'flow: random frequencies, a multiple of 8; default 512',
    range: { integer: true, from: 8 },
  },
} as const

type ParameterFlag = (typeof parameterFlags)[keyof typeof parameterFlags]['flag']

export interface UnlearnShardsArguments
  extends
    Omit<TableArguments, 'table' | 'attributes' | 'unlabelled'>,
    CommonArguments,
    DryRunArguments,
    Readonly<Partial<Record<ParameterFlag, number>>> {
  readonly tables: readonly string[]
  readonly attributes: readonly string[]
  readonly out: string
  readonly method: ShardMethod
  readonly shards?: number | undefined
  readonly workers: number
  readonly 'prepare-only': boolean
  readonly fit?: string | undefined
  readonly force: boolean
}

export interface WorkerArguments extends Omit<CommonArguments, 'seed'> {
  readonly folder: string
  readonly index: number
  readonly of: number
  readonly 'peer-timeout': number
  readonly scratch?: string | undefined
}

export const shardsOptions = {
  unlearn: {
    ...tableOptions,
    ...inGroup('Table and labels', {
      attributes: {
        describe: 'file with the attribute of each user, or one for each table, in their order',
        type: 'string',
        array: true,
        demandOption: true,
        requiresArg: true,
      },
    }),
    ...inGroup('Method', {
      method: { describe: 'how to unlearn', choices: shardMethods, default: 'flow', requiresArg: true },
      ...Object.fromEntries(
        Object.values(parameterFlags).map(({ flag, describe, range }) => [
          flag,
          { describe, requiresArg: true, coerce: numberOption(`--${flag}`, range) } as const,
        ]),
      ),
    }),
    ...inGroup('Shards', {
      shards: valueFlag(
        'shards of a single table; default: one for each 250,000 rows; several tables are a shard each',
        numberOption('--shards', { integer: true, from: 1, to: 99_999 }),
      ),
      workers: valueFlag(
        'worker processes on this machine',
        numberOption('--workers', { integer: true, from: 1, to: 1024 }),
        { default: 1 },
      ),
      'prepare-only': {
        describe: 'write the plan and start no worker: an engine starts them',
        type: 'boolean',
        default: false,
      },
    }),
    ...inGroup('Output', {
      out: textFlag(
        'folder for the shards, their manifest, and the work of the run, which all workers share',
        textOption('--out'),
        { demandOption: true },
      ),
      fit: textFlag(
        'closed forms: write the fitted method here, for unlearn --update; as sensitive as the original',
        textOption('--fit'),
      ),
      force: { describe: 'replace what the folder holds', type: 'boolean', default: false },
    }),
    ...dryRunOption,
    ...outputOptions,
    ...computeOptions,
  },
  worker: {
    ...inGroup('Shards', {
      index: valueFlag(
        'which of the workers this is, from 0: it holds the shards s with s mod <of> = <index>',
        numberOption('--index', { integer: true, from: 0 }),
        { demandOption: true },
      ),
      of: valueFlag('how many workers there are', numberOption('--of', { integer: true, from: 1 }), {
        demandOption: true,
      }),
      'peer-timeout': valueFlag(
        'seconds to wait for what another worker owes',
        numberOption('--peer-timeout', { above: 0 }),
        { default: 3600 },
      ),
      scratch: textFlag(
        'folder on a disk of this machine for rows between passes, twice the size of its shards; default: in ' +
          'the shared folder',
        textOption('--scratch'),
      ),
    }),
    ...outputOptions,
    threads: computeOptions.threads,
  },
} as const satisfies Record<string, Record<string, Options>>
