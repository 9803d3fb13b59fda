/** @file Options of every command that computes something. */

import type { Options } from 'yargs'
import { inGroup } from './command-help.ts'
import { numberFromEnvironment, numberOption, valueFlag } from './option-values.ts'

export interface CommonArguments {
  readonly seed: number
  readonly threads?: number | undefined
  readonly json: boolean
  readonly quiet: boolean
}

const seedRange = { integer: true, from: 0 } as const
const threadRange = { integer: true, from: 1, to: 1024 } as const

export const outputOptions = inGroup('Output', {
  json: { describe: 'print the result as JSON with a versioned schema', type: 'boolean', default: false },
  quiet: { describe: 'nothing on stderr but errors', type: 'boolean', default: false, alias: 'q' },
} as const satisfies Record<string, Options>)

/** Variables that stand in for flags which are not given. */
export const environmentOf: Readonly<Record<string, string>> = {
  seed: 'INDISTINCT_SEED',
  threads: 'INDISTINCT_THREADS',
  'data-folder': 'INDISTINCT_DATA',
  store: 'INDISTINCT_STORE',
}

export const computeEnvironment = {
  INDISTINCT_SEED: 'the seed, where --seed is not given',
  INDISTINCT_THREADS: 'the number of threads, where --threads is not given',
} as const

export const dataEnvironment = {
  INDISTINCT_DATA: 'folder with one folder a data set, where --data-folder is not given',
} as const

/**
 * Seed and threads. The environment is read here, when the module is loaded; that of the threads is only checked, since
 * the kernels read it by themselves.
 */
export const computeOptions = inGroup('Computation', {
  seed: valueFlag('of every random choice (INDISTINCT_SEED)', numberOption('--seed', seedRange), {
    default: numberFromEnvironment('INDISTINCT_SEED', seedRange) ?? 0,
  }),
  threads: valueFlag(
    'threads of the kernels; the result does not depend on it (INDISTINCT_THREADS; default: all cores)',
    numberOption('--threads', threadRange),
  ),
} as const satisfies Record<string, Options>)

numberFromEnvironment('INDISTINCT_THREADS', threadRange)
