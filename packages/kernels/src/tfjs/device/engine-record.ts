/** @file What an artifact says of the engine that made it. */

import { chosenEngine, type Engine } from '../../engine.ts'
import { openDevice } from './device.ts'

/** Name and backend of the engine `given` or chosen by INDISTINCT_ENGINE; nothing where it is the kernels. */
export function engineRecord(given?: Engine): {
  readonly engine?: { readonly name: string; readonly backend: string }
} {
  const name = chosenEngine(given)
  return name === 'kernels' ? {} : { engine: { name, backend: openDevice().backend.name } }
}
