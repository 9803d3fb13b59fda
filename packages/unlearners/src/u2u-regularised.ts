/** @file U2U-R by iteration (paper, sections 3.5.2 and 4): users of different labels drawn together pair by pair. */

import type { Labels, Matrix } from '@indistinct/core'
import { frobenius, u2u } from '@indistinct/losses'
import { checkCount, checkedClasses, checkPositive } from './checked-classes.ts'
import { descend } from './descend.ts'
import { unlearned, type TraceRow, type Unlearned } from './unlearned.ts'

export interface U2uRegularisedOptions {
  /** alpha of Eq. 1. Default 1e-4 (paper). */
  readonly tradeOff?: number
  /** Default 5,000 (paper). */
  readonly steps?: number
  /** 'adam' (default) or 'gradient', plain steps that reach the optimum of this quadratic loss. */
  readonly optimiser?: 'adam' | 'gradient'
  /** Default 0.001 (paper) for Adam; for plain steps 1 / (4n + 2 alpha), one over the largest curvature. */
  readonly learningRate?: number
  readonly onPass?: (row: TraceRow) => void
}

/**
 * Minimises l_u + alpha ||theta - theta*||_F^2 (Eq. 1, 7, 10) from theta* = `embedding` (N, K), any number of labels.
 *
 * At the paper's alpha both classes collapse towards each other's mean, each with a spread of its own (in the optimum
 * the two-class spreads relate as n1 : n2): an attacker who standardises his input tells them apart. Prefer
 * `calibratedFlow`.
 *
 * Deviation: the paper names a learning rate and no optimiser; Adam is that of the authors' code.
 * @throws RangeError on options or shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes;
 * Error with step and loss on divergence.
 */
export function u2uRegularised(embedding: Matrix, labels: Labels, options: U2uRegularisedOptions = {}): Unlearned {
  const caller = 'u2uRegularised'
  const classes = checkedClasses(caller, embedding, labels)
  const { tradeOff = 1e-4, steps = 5000, optimiser = 'adam', onPass } = options
  checkPositive(caller, 'tradeOff', tradeOff, true)
  checkCount(caller, 'steps', steps)
  const users = classes.reduce((n, members) => n + members.length, 0)
  const learningRate = options.learningRate ?? (optimiser === 'adam' ? 0.001 : 1 / (4 * users + 2 * tradeOff))
  checkPositive(caller, 'learningRate', learningRate)

  const { embedding: moved, trace } = descend(
    caller,
    embedding,
    (theta) => {
      const distance = u2u(theta, labels)
      const movement = frobenius(theta, embedding)
      const gradient = distance.gradient
      for (let p = 0; p < gradient.data.length; p++) gradient.data[p]! += tradeOff * movement.gradient.data[p]!
      return {
        value: distance.value + tradeOff * movement.value,
        gradient,
        measured: { distinguishability: distance.value, movement: movement.value },
      }
    },
    { steps, learningRate, optimiser, onPass },
  )
  return unlearned({
    embedding: moved,
    method: 'u2u-r',
    parameters: { tradeOff, steps, optimiser, learningRate },
    trace,
    passes: trace.length,
  })
}
