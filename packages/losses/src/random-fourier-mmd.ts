/** @file The D2D loss from random Fourier features, for tables whose pairs of users are too many to visit. */

import { checkOptions, matrix, type Labels, type Matrix, type Random } from '@indistinct/core'
import { nullMmd, randomFourierMmd, randomFrequencies } from '@indistinct/kernels'
import { classPairs, type Pairing } from './class-pairs.ts'
import { classRows } from './class-rows.ts'
import type { D2dLoss, PairMmd } from './d2d.ts'

export interface RandomFourierOptions {
  /** Frequencies F, a multiple of 8; errors shrink as 1 / sqrt(F). Default 512. */
  readonly frequencies?: number
  /** How more than two classes become pairs. Default 'every'. */
  readonly pairing?: Pairing
}

export interface PairFourierMmd extends PairMmd {
  /** Standard error of `value` over the draw of frequencies. */
  readonly standardError: number
}

export interface RandomFourierLoss extends D2dLoss {
  readonly pairs: readonly PairFourierMmd[]
}

/**
 * An unbiased estimate of `d2d` (value and gradient at theta (N, K), and each pair's null value) in O(N F K) time. The
 * frequencies are drawn from `random`, the next ones at every call: a descent whose steps shared frequencies would
 * close the gap along these and leave it elsewhere.
 * @throws RangeError as `d2d`.
 */
export function randomFourierMmdLoss(
  theta: Matrix,
  labels: Labels,
  random: Random,
  options: RandomFourierOptions = {},
): RandomFourierLoss {
  const caller = 'randomFourierMmdLoss'
  const classes = classRows(caller, theta, labels)
  if (classes.length < 2)
    throw new RangeError(`${caller}: expected users of at least two classes, got ${classes.length}`)
  checkOptions(caller, options, { frequencies: 'number', pairing: 'string' })
  const { frequencies: count = 512, pairing = 'every' } = options
  const frequencies = randomFrequencies(theta.cols, count, random)
  const gradient = matrix(theta.rows, theta.cols)
  let value = 0
  const pairs = classPairs(
    caller,
    classes.map((rows) => rows.length),
    pairing,
  ).map(({ first, second, weight }): PairFourierMmd => {
    const [a, b] = [classes[first]!, classes[second]!]
    const mmd = randomFourierMmd(theta, { first: a, second: b }, frequencies)
    value += weight * mmd.value
    const part = mmd.gradient().data
    for (let p = 0; p < part.length; p++) gradient.data[p]! += weight * part[p]!
    const nullValue = nullMmd(mmd.total, mmd.trace, a.length, b.length)
    return {
      first,
      second,
      weight,
      value: mmd.value,
      nullValue,
      bandwidth: mmd.bandwidth,
      standardError: mmd.standardError,
    }
  })
  return { value, gradient, pairs }
}
