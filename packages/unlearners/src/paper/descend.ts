/** @file Fixed numbers of first-order steps on a loss of the embedding, shared by the regularised unlearners. */

import { badData, copyMatrix, type Matrix } from '@indistinct/core'
import { adamStep } from '@indistinct/kernels'
import type { Loss } from '@indistinct/losses'
import type { TraceRow } from '../unlearned.ts'

export interface DescentOptions {
  readonly steps: number
  readonly learningRate: number
  /** 'adam', or 'gradient' for theta - learningRate * gradient. */
  readonly optimiser: 'adam' | 'gradient'
  /** Called with every step's row, for progress. */
  readonly onPass?: ((row: TraceRow) => void) | undefined
}

/** A loss above this multiple of its first value has run away: distances between classes have only to shrink. */
const runawayFactor = 1000

/**
 * Takes `steps` steps from `start` (N, K) down the loss; rows whose gradient is zero throughout stay bit for bit.
 * @throws IndistinctError 'bad-data' with step and loss on divergence.
 */
export function descend(
  caller: string,
  start: Matrix,
  loss: (theta: Matrix) => Loss & { readonly measured?: { readonly [quantity: string]: number } },
  options: DescentOptions,
): { embedding: Matrix; trace: TraceRow[] } {
  const { steps, learningRate, optimiser, onPass } = options
  const theta = copyMatrix(start)
  const first = new Float32Array(theta.data.length)
  const second = new Float32Array(theta.data.length)
  const trace: TraceRow[] = []
  const checkStep = runawayCheck(caller, learningRate)
  for (let step = 1; step <= steps; step++) {
    const { value, gradient, measured } = loss(theta)
    checkStep(value, step)
    const row: TraceRow = Object.freeze({ pass: step, loss: value, ...measured })
    trace.push(row)
    onPass?.(row)
    if (optimiser === 'adam') {
      adamStep(theta.data, gradient.data, first, second, { lr: learningRate, step })
    } else {
      for (let p = 0; p < theta.data.length; p++) theta.data[p]! -= learningRate * gradient.data[p]!
    }
    checkRange(caller, theta, { step, learningRate })
  }
  return { embedding: theta, trace }
}

/**
 * A check of each step's loss, in their order.
 * @throws IndistinctError 'bad-data' with step and loss where it is no number, or has run away.
 */
export function runawayCheck(caller: string, learningRate: number): (loss: number, step: number) => void {
  let [first, limit] = [NaN, Infinity]
  return (loss, step) => {
    if (step === 1) [first, limit] = [loss, runawayFactor * Math.abs(loss)]
    if (loss <= limit) return
    throw badData(
      step === 1
        ? `${caller}: expected a loss that is a number, got ${loss} at step 1; look for columns of very large ` +
            'values, and divide them by a constant'
        : `${caller}: diverged at step ${step} with loss ${loss} (first loss ${first}); lower ` +
            `learningRate (${learningRate}; --learning-rate on the command line)` +
            (Number.isFinite(loss) ? '' : ', or divide the table by a constant'),
    )
  }
}

/** @throws IndistinctError 'bad-data' where the table that a step led to is not finite. */
export function checkRange(
  caller: string,
  { data }: Matrix,
  { step, learningRate }: { readonly step: number; readonly learningRate: number },
): void {
  if (data.every(Number.isFinite)) return
  throw badData(
    `${caller}: users left the range of float32 at step ${step}; lower learningRate (${learningRate}; ` +
      '--learning-rate on the ' +
      'command line), or bring the table to values near 1',
  )
}
