/** @file The steps of `descend` on the device. */

import { matrix, usageError, type Matrix } from '@indistinct/core'
import { openDevice } from '@indistinct/kernels/device'
import { checkRange, runawayCheck, type DescentOptions } from '../paper/descend.ts'
import type { TraceRow } from '../unlearned.ts'
import type { DescentProgram, DescentSetup, DistanceSetup } from './descent-program.ts'

/** Steps between two looks at what came of them. */
const together = 25

export interface DeviceDescent extends DescentOptions {
  readonly classes: readonly Int32Array[]
  readonly distance: DistanceSetup
  readonly tradeOff: number
}

/** What a step measured: `totals` by pair of classes. */
export interface StepMeasures {
  readonly distance: number
  readonly movement: number
  readonly totals: Float32Array
}

/**
 * Takes `steps` steps from `start` (N, K) down distance + tradeOff ||theta - theta*||_F^2; `measured` gives what a row
 * of the trace says beside the loss.
 * @throws IndistinctError 'bad-data' with step and loss on divergence, 'usage' where no device opens.
 */
export function descendOnDevice(
  caller: string,
  { rows, cols, data }: Matrix,
  measured: (sums: StepMeasures) => { readonly [quantity: string]: number },
  { classes, distance, tradeOff, steps, learningRate, optimiser, onPass }: DeviceDescent,
): { embedding: Matrix; trace: TraceRow[] } {
  const setup: DescentSetup = {
    rows,
    cols,
    data: new Float32Array(data),
    classes,
    distance,
    tradeOff,
    optimiser,
    learningRate,
  }
  const program = openDevice().open<DescentProgram>(new URL('./descent-program.js', import.meta.url), setup)
  try {
    const trace: TraceRow[] = []
    const checkStep = runawayCheck(caller, learningRate)
    for (let first = 1; first <= steps; first += together) {
      const count = Math.min(together, steps - first + 1)
      const sums = program.call('steps', { first, count })
      const pairs = sums.totals.length / count
      for (let s = 0; s < count; s++) {
        const [own, movement] = [sums.distance[s]!, sums.movement[s]!]
        const loss = own + tradeOff * movement
        checkStep(loss, first + s)
        const totals = sums.totals.subarray(s * pairs, (s + 1) * pairs)
        const row: TraceRow = Object.freeze({
          pass: first + s,
          loss,
          ...measured({ distance: own, movement, totals }),
        })
        trace.push(row)
        onPass?.(row)
      }
    }
    const embedding = matrix(rows, cols, program.call('read', undefined))
    checkRange(caller, embedding, { step: steps, learningRate })
    return { embedding, trace }
  } finally {
    program.close()
  }
}

/** @throws IndistinctError 'usage' where a method asks for what the kernels alone have. */
export function expectOnDevice(caller: string, what: string, given: string, possible: readonly string[]): void {
  if (possible.includes(given)) return
  throw usageError(
    `${caller}: engine tfjs has ${what} ${possible.join(' and ')}, got ${given}; use engine kernels for it`,
  )
}
