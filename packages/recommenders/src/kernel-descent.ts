/** @file Adam on an objective, by the kernels: one way to go through an epoch, `device-descent.ts` is the other. */

import { adamStep, allocate, release } from '@indistinct/kernels'
import { checkedContributions } from './contributions.ts'
import type { History, Objective, Regulariser } from './objective.ts'

/** How an objective is gone down. */
export interface DescentSettings {
  readonly lr: number
  /** Examples a step. */
  readonly batch: number
  readonly regulariser: Regulariser | undefined
}

export interface Descent {
  /** The steps of an epoch that the objective has started; returns its mean loss. */
  runEpoch(epoch: number): number
  /** Brings the objective's parameters up to date. */
  read(): void
  /** What a history says of it. */
  readonly record: Pick<History, 'engine'>
  close(): void
}

/** Adam by the kernels, on the objective's parameters in place. */
export function kernelDescent(objective: Objective, { lr, batch, regulariser }: DescentSettings): Descent {
  const { parameters, gradient, examples } = objective
  const [m, v] = [allocate(parameters.length), allocate(parameters.length)]
  let step = 0
  return {
    runEpoch(epoch) {
      let total = 0
      for (let first = 0; first < examples; first += batch) {
        const last = Math.min(first + batch, examples)
        const at = { epoch, step: ++step }
        const loss = objective.step(
          first,
          last,
          regulariser && ((tables) => checkedContributions(tables, regulariser(tables, at))),
        )
        checkLoss(loss, lr, at)
        adamStep(parameters, gradient, m, v, { lr, step })
        total += loss * (last - first)
      }
      return total / examples
    },
    read() {},
    record: {},
    close() {
      release(m)
      release(v)
    },
  }
}

/** @throws Error when a loss is not finite, with epoch, step and loss. */
export function checkLoss(loss: number, lr: number, { epoch, step }: { epoch: number; step: number }): void {
  if (Number.isFinite(loss)) return
  throw new Error(
    `train: expected a finite loss, got ${loss} at epoch ${epoch}, step ${step}; a lower lr than ${lr} may help`,
  )
}
