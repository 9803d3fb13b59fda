/** @file Which engine trains and unlearns: the package's kernels, or TensorFlow.js on a device. */

import { usageError } from '@indistinct/core'

/** `kernels` is the default: WebAssembly on the CPU. `tfjs` is TensorFlow.js: a GPU where there is one. */
export const engines = ['kernels', 'tfjs'] as const

export type Engine = (typeof engines)[number]

/**
 * The engine `given`, else the one that the environment variable INDISTINCT_ENGINE names, else `kernels`.
 * @throws IndistinctError 'usage' for a name that is no engine.
 */
export function chosenEngine(given?: string): Engine {
  const set = typeof process === 'undefined' ? undefined : process.env['INDISTINCT_ENGINE'] || undefined
  const name = given ?? set ?? 'kernels'
  const known = engines.find((engine) => engine === name)
  if (!known)
    throw usageError(
      `${given === undefined ? 'INDISTINCT_ENGINE' : 'engine'}: expected one of ${engines.join(', ')}, got ` +
        JSON.stringify(name),
    )
  return known
}
