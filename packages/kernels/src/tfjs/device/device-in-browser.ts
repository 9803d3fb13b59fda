/** @file Browsers have no thread that another one could wait for without events: there kernels do the work. */

import { usageError } from '@indistinct/core'
import { chosenEngine, type Engine } from '../../engine.ts'
import type { Device } from './device.ts'

export type { Device, DeviceProgram, Methods } from './device.ts'

/** @throws IndistinctError 'usage'. */
export function openDevice(): Device {
  throw usageError('TensorFlow.js has no thread of its own in a browser: train with the engine of the kernels')
}

/** Nothing: the kernels are the only engine here. @throws IndistinctError 'usage' where another is asked for. */
export function engineRecord(given?: Engine): object {
  if (chosenEngine(given) !== 'kernels') openDevice()
  return {}
}
