/** @file Distribution-to-distribution distinguishability (paper, Eq. 11): MMD^2 between the classes. */

import { matrix, type Labels, type Matrix } from '@indistinct/core'
import { nullMmd, rbfMmd } from '@indistinct/kernels'
import { classRows } from './class-rows.ts'
import type { Loss } from './loss.ts'

/**
 * How more than two labels become pairs. 'every': all pairs (a, b), each weighted by n_a n_b over the sum of these
 * products. 'anchor': each later class against the first, weight 1, as in the authors' code.
 */
export type Pairing = 'every' | 'anchor'

export interface D2dOptions {
  /** Default 'every'. With two labels both are the one pair with weight 1. */
  readonly pairing?: Pairing
  /** Bandwidth b for every pair; default: the pair's own mean off-diagonal squared distance at this theta. */
  readonly bandwidth?: number
}

/** One pair's share of the loss. */
export interface PairMmd {
  /** Positions among the classes that have users. */
  readonly first: number
  readonly second: number
  readonly weight: number
  /** MMD^2 of the pair. */
  readonly value: number
  /** E[MMD^2] of the pair under random relabelling: at or below it, the classes differ no more than by chance. */
  readonly nullValue: number
  readonly bandwidth: number
}

export interface D2dLoss extends Loss {
  readonly pairs: readonly PairMmd[]
}

/**
 * Weighted sum of MMD^2 over pairs of classes of theta (N, K): biased V-statistic, five radial kernels
 * exp(-d^2 / (b {1/4, 1/2, 1, 2, 4})). The gradient takes b as a constant (detached), so a caller that steps lets b
 * follow theta from step to step without differentiating through it.
 *
 * Deviation: Eq. 11 writes MMD; this is its square, as in the authors' code, whose gradient stays finite at zero.
 * Deviation: the paper names radial kernels but neither number nor bandwidth; both are those of the authors' code.
 * @throws RangeError when the labels do not fit theta or fewer than two classes have users.
 */
export function d2d(theta: Matrix, labels: Labels, options: D2dOptions = {}): D2dLoss {
  const classes = classRows('d2d', theta, labels)
  if (classes.length < 2) throw new RangeError(`d2d: expected users of at least two classes, got ${classes.length}`)
  const { pairing = 'every', bandwidth } = options
  const gradient = matrix(theta.rows, theta.cols)
  const sum = new Float64Array(gradient.data.length)
  let value = 0
  const pairs = classPairs(classes, pairing).map(({ first, second, weight }): PairMmd => {
    const [a, b] = [classes[first]!, classes[second]!]
    const mmd = rbfMmd(theta, { first: a, second: b }, { gradient: true, ...(bandwidth !== undefined && { bandwidth }) })
    value += weight * mmd.value
    const part = mmd.gradient!.data
    for (let p = 0; p < part.length; p++) sum[p]! += weight * part[p]!
    const nullValue = nullMmd(mmd.total, mmd.trace, a.length, b.length)
    return { first, second, weight, value: mmd.value, nullValue, bandwidth: mmd.bandwidth }
  })
  gradient.data.set(sum)
  return { value, gradient, pairs }
}

function classPairs(classes: readonly Int32Array[], pairing: Pairing): { first: number; second: number; weight: number }[] {
  const pairs: { first: number; second: number; weight: number }[] = []
  switch (pairing) {
    case 'anchor':
      for (let c = 1; c < classes.length; c++) pairs.push({ first: 0, second: c, weight: 1 })
      return pairs
    case 'every': {
      let sum = 0
      for (let a = 0; a < classes.length; a++) {
        for (let b = a + 1; b < classes.length; b++) {
          const product = classes[a]!.length * classes[b]!.length
          sum += product
          pairs.push({ first: a, second: b, weight: product })
        }
      }
      return pairs.map((pair) => ({ ...pair, weight: pair.weight / sum }))
    }
    default:
      throw new RangeError(`d2d: expected pairing 'every' or 'anchor', got '${String(pairing satisfies never)}'`)
  }
}
