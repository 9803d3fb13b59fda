/** @file Options of every command that computes something. */

import type { Options } from 'yargs'
import { numberFromEnvironment, numberOption } from './option-values.ts'

export interface CommonArguments {
  readonly seed: number
  readonly threads?: number | undefined
  readonly json: boolean
  readonly quiet: boolean
}

const seedRange = { integer: true, from: 0 } as const
const threadRange = { integer: true, from: 1, to: 1024 } as const

export const outputOptions = {
  json: { describe: 'print the result as JSON with a versioned schema', type: 'boolean', default: false },
  quiet: { describe: 'nothing on stderr but errors', type: 'boolean', default: false, alias: 'q' },
} as const satisfies Record<string, Options>

/** Seed and threads: a flag comes before INDISTINCT_SEED and INDISTINCT_THREADS, and these before the default. */
export function computeOptions(): Record<'seed' | 'threads', Options> {
  return {
    seed: {
      describe: 'of every random choice (INDISTINCT_SEED)',
      requiresArg: true,
      default: numberFromEnvironment('INDISTINCT_SEED', seedRange) ?? 0,
      coerce: numberOption('--seed', seedRange),
    },
    threads: {
      describe: 'threads of the kernels; the result does not depend on it (INDISTINCT_THREADS; default: all cores)',
      requiresArg: true,
      coerce: numberOption('--threads', threadRange),
    },
  }
}

/** Checks INDISTINCT_THREADS, which the kernels read by themselves when they are loaded. */
export function checkEnvironment(): void {
  numberFromEnvironment('INDISTINCT_THREADS', threadRange)
}
