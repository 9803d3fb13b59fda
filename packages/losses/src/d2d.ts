/** @file Distribution-to-distribution distinguishability (paper, Eq. 11): MMD^2 between the classes. */

import { checkOptions, matrix, type Labels, type Matrix } from '@indistinct/core'
import { nullMmd, rbfMmd } from '@indistinct/kernels'
import { classPairs, type ClassPair, type Pairing } from './class-pairs.ts'
import { classRows } from './class-rows.ts'
import type { Loss } from './loss.ts'

export interface D2dOptions {
  /** How more than two classes become pairs. Default 'every'. */
  readonly pairing?: Pairing
  /** Bandwidth b for every pair; default: the pair's own mean off-diagonal squared distance at this theta. */
  readonly bandwidth?: number
  /**
   * Users of each class (of those that have users) for the weights of pairs, where `labels` is a sample. Default: its
   * own.
   */
  readonly sizes?: readonly number[]
}

/** One pair's share of the loss. */
export interface PairMmd extends ClassPair {
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
  checkOptions('d2d', options, { pairing: 'string', bandwidth: 'number', sizes: 'list' })
  const { pairing = 'every', bandwidth, sizes = classes.map((rows) => rows.length) } = options
  if (sizes.length !== classes.length)
    throw new RangeError(`d2d: expected sizes of the ${classes.length} classes that have users, got ${sizes.length}`)
  const gradient = matrix(theta.rows, theta.cols)
  const sum = new Float64Array(gradient.data.length)
  let value = 0
  const pairs = classPairs('d2d', sizes, pairing).map(({ first, second, weight }): PairMmd => {
    const [a, b] = [classes[first]!, classes[second]!]
    const mmd = rbfMmd(
      theta,
      { first: a, second: b },
      { gradient: true, ...(bandwidth !== undefined && { bandwidth }) },
    )
    value += weight * mmd.value
    const part = mmd.gradient!.data
    for (let p = 0; p < part.length; p++) sum[p]! += weight * part[p]!
    const nullValue = nullMmd(mmd.total, mmd.trace, a.length, b.length)
    return { first, second, weight, value: mmd.value, nullValue, bandwidth: mmd.bandwidth }
  })
  gradient.data.set(sum)
  return { value, gradient, pairs }
}
