/**
 * @file True positive rates at low false positive rates: how many users an attacker names who hardly ever errs. An AUC
 * near one half can hide a few users about whom it is sure (Carlini et al. 2022).
 *
 * With n users of the negative class the false positive rate moves in steps of 1/n. Below one step nothing is measured:
 * such a rate is told as not resolved, with the number of users it would take.
 */

import { checkCount, checkOptions } from '@indistinct/core'
import { sumRows } from '@indistinct/kernels'
import { NORMAL_975, type Scoring } from './auc-interval.ts'
import { quantile } from './bootstrap.ts'
import { ascendingOrder } from './midranks.ts'
import { resamplesOf } from './resamples.ts'

export type LowRate =
  | {
      readonly falsePositiveRate: number
      readonly resolved: true
      /** Mean over scorings of the highest true positive rate at a threshold of at most this false positive rate. */
      readonly value: number
      /** 95 % interval: percentile bootstrap over users within classes, fits as they are. */
      readonly lower: number
      readonly upper: number
    }
  | {
      readonly falsePositiveRate: number
      readonly resolved: false
      /** Users of the negative class that were scored at once, and how many it takes. */
      readonly negatives: number
      readonly needed: number
    }

export interface LowRateOptions {
  readonly seed: number
  /** 200 unless given. */
  readonly resamples?: number
}

/**
 * @param scorings of the same users by several fits; each has its own thresholds, since scores share no scale
 * @param rates false positive rates, such as [0.01, 0.001]
 */
export function lowRates(scorings: readonly Scoring[], rates: readonly number[], options: LowRateOptions): LowRate[] {
  checkOptions('lowRates', options, { seed: 'number', resamples: 'number' })
  const wrong = rates.find((rate) => !(rate > 0 && rate <= 1))
  if (wrong !== undefined) throw new RangeError(`lowRates: expected rates above 0 and up to 1, got ${wrong}`)
  const { positive, ranked } = rankedUsers(scorings)
  const negatives = Math.min(...ranked.map((scoring) => scoring.negatives.length))
  const resolved = rates.filter((rate) => negatives * rate >= 1 - 1e-9)
  const groups = ranked.flatMap((scoring) => [scoring.positives, scoring.negatives])
  const meansOf = (weights: Weights, column: number): number[] => {
    const sums = resolved.map(() => 0)
    for (const [s, scoring] of ranked.entries()) {
      const given = { isPositive: positive, weights, column, scoring: s }
      ratesOf(scoring, given, resolved).forEach((value, at) => (sums[at]! += value))
    }
    return sums.map((sum) => sum / ranked.length)
  }
  const sizes = groups.map(({ length }) => length)
  const values = meansOf({ cols: 1, data: new Uint16Array(positive.length).fill(1), totals: sizes }, 0)
  const drawn: number[][] = []
  if (resolved.length > 0) {
    const { seed, resamples = 200 } = options
    checkCount('lowRates', 'resamples', resamples)
    for (const block of resamplesOf(positive.length, { seed, resamples, strata: positive })) {
      const weights = { ...block, totals: sumRows(block, groups) }
      for (let column = 0; column < block.count; column++) drawn.push(meansOf(weights, column))
    }
  }
  return rates.map((falsePositiveRate): LowRate => {
    const at = resolved.indexOf(falsePositiveRate)
    if (at < 0)
      return { falsePositiveRate, resolved: false, negatives, needed: Math.ceil(1 / falsePositiveRate - 1e-9) }
    const sorted = drawn.map((row) => row[at]!).sort((a, b) => a - b)
    const value = values[at]!
    // Where nobody is found no resample finds anybody: then the upper end is Wilson's for as many users.
    const wilson = NORMAL_975 ** 2 / (positive.reduce((sum, is) => sum + is, 0) + NORMAL_975 ** 2)
    return {
      falsePositiveRate,
      resolved: true,
      value,
      lower: Math.min(value, quantile(sorted, 0.025)),
      upper: Math.max(value, quantile(sorted, 0.975), value === 0 ? wilson : 0),
    }
  })
}

interface Ranked {
  /** Users from the highest score down, and whether each is the last of its score. */
  readonly slots: Int32Array
  readonly last: Uint8Array
  /** The users of either class among them. */
  readonly positives: Int32Array
  readonly negatives: Int32Array
}

/** Users numbered as they come, whether each is of the positive class, and their order in each scoring. */
function rankedUsers(scorings: readonly Scoring[]): {
  readonly positive: Uint8Array
  readonly ranked: readonly Ranked[]
} {
  const slotOf = new Map<number, number>()
  const isPositive: number[] = []
  const slotsOf = scorings.map(({ users, actual }) =>
    Int32Array.from(users, (user, i) => {
      let slot = slotOf.get(user)
      if (slot === undefined) {
        slotOf.set(user, (slot = isPositive.length))
        isPositive.push(actual[i] === 1 ? 1 : 0)
      }
      return slot
    }),
  )
  const ranked = scorings.map(({ scores }, s): Ranked => {
    const order = ascendingOrder(scores).reverse()
    const slots = Int32Array.from(order, (i) => slotsOf[s]![i]!)
    const last = Uint8Array.from(order, (i, at) =>
      at + 1 === order.length || scores[order[at + 1]!] !== scores[i] ? 1 : 0,
    )
    const positives = slots.filter((slot) => isPositive[slot] === 1)
    return { slots, last, positives, negatives: slots.filter((slot) => isPositive[slot] === 0) }
  })
  return { positive: Uint8Array.from(isPositive), ranked }
}

/** How often each user counts in each column, and what that comes to for either class of each scoring. */
interface Weights {
  readonly cols: number
  /** (N, cols) */
  readonly data: Uint16Array
  /** (2 S, cols): positives and negatives of the first scoring, then of the next. */
  readonly totals: ArrayLike<number>
}

/** The highest true positive rate at a threshold of at most each false positive rate. */
function ratesOf(
  { slots, last }: Ranked,
  given: {
    readonly isPositive: Uint8Array
    readonly weights: Weights
    readonly column: number
    readonly scoring: number
  },
  rates: readonly number[],
): number[] {
  const { isPositive, column, scoring } = given
  const { data, cols, totals } = given.weights
  const positives = totals[2 * scoring * cols + column]!
  const negatives = totals[(2 * scoring + 1) * cols + column]!
  return rates.map((rate) => {
    const allowed = rate * negatives + 1e-9
    let right = 0
    let wrong = 0
    let best = 0
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at]!
      const weight = data[slot * cols + column]!
      if (isPositive[slot] === 1) right += weight
      else wrong += weight
      if (wrong > allowed) break
      if (last[at] === 1) best = right
    }
    return positives === 0 ? 0 : best / positives
  })
}
