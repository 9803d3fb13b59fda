/** @file How long work takes, from the processor seconds that it was measured to take on one core. */

import { threads } from '@indistinct/kernels'
import { duration } from './progress.ts'

/** Share of work that one thread does while others wait: about this of audits and of unlearning on two cores. */
const serial = 0.3

/** Seconds of wall-clock for so many seconds of one processor, on the threads that there are. */
export function wallClock(processorSeconds: number): number {
  return processorSeconds * (serial + (1 - serial) / threads())
}

/** "about 45 s". */
export function about(processorSeconds: number): string {
  return `about ${duration(1000 * wallClock(processorSeconds))}`
}
