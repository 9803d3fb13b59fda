/** @file How often the bounds of `certify` hold a known truth, and how far above it they lie. */

import { randomStream } from '@indistinct/core'
import { cellBounds, kernelBound, thresholdBounds, type CertifiedBound } from '@indistinct/metrics'
import { bandwidth, shiftedNormals, tiltedCells } from './populations.ts'

export interface Coverage {
  readonly population: string
  /** Users with the label and without. */
  readonly users: readonly [number, number]
  readonly bound: string
  readonly truth: number
  readonly delta: number
  readonly draws: number
  /** Share of draws in which the bound was at least the truth, and in which the sample alone was. */
  readonly held: number
  readonly heldWithoutMargin: number
  /** Mean of bound less truth. */
  readonly above: number
}

interface Question {
  readonly population: string
  readonly users: readonly [number, number]
  readonly delta: number
  readonly truths: readonly (readonly [bound: string, truth: number])[]
  readonly bounds: (positive: Uint8Array, draw: number) => readonly CertifiedBound[]
}

/** Every question, over `draws` draws each, all drawn from `seed`. */
export function coverages(draws: number, seed: number): Coverage[] {
  return questions(seed).flatMap(({ population, users, delta, truths, bounds }) => {
    const positive = Uint8Array.from({ length: users[0] + users[1] }, (_, i) => (i < users[0] ? 1 : 0))
    const found = Array.from({ length: draws }, (_, draw) => bounds(positive, draw))
    return truths.map(([bound, truth], at): Coverage => {
      const own = found.map((each) => each[at]!)
      const share = (holds: (each: CertifiedBound) => boolean): number => own.filter(holds).length / draws
      return {
        population,
        users,
        bound,
        truth,
        delta,
        draws,
        held: share((each) => each.bound >= truth),
        heldWithoutMargin: share((each) => each.sample >= truth),
        above: own.reduce((sum, each) => sum + each.bound - truth, 0) / draws,
      }
    })
  })
}

function questions(seed: number): Question[] {
  const cells = (count: number, users: readonly [number, number], delta: number): Question => {
    const { title, advantage, auc, draw } = tiltedCells(count)
    return {
      population: title,
      users,
      delta,
      truths: [
        ['advantage of anybody', advantage],
        ['AUC of anybody', auc],
      ],
      bounds(positive, at) {
        const found = cellBounds(draw(positive, randomStream(seed, `${title} ${users[0]} ${at}`)), positive, delta)
        return [found.advantage, found.auc]
      },
    }
  }
  const normals = (shift: number): Question => {
    const { title, threshold, columnAuc, ball, draw } = shiftedNormals(shift)
    const delta = 0.05
    return {
      population: title,
      users: [150, 250],
      delta,
      truths: [
        ['advantage of thresholds', threshold],
        ['AUC of a column', columnAuc],
        ['advantage in the ball', ball],
      ],
      bounds(positive, at) {
        const x = draw(positive, randomStream(seed, `${title} ${at}`))
        const found = thresholdBounds(x, positive, delta)
        return [found.advantage, found.auc, kernelBound(x, positive, bandwidth, delta)]
      },
    }
  }
  const sizes = [
    [400, 600],
    [100, 1900],
  ] as const
  return [
    ...[8, 64, 512].flatMap((count) => sizes.map((users) => cells(count, users, 0.05))),
    cells(8, sizes[0], 0.2),
    normals(0),
    normals(0.3),
  ]
}
