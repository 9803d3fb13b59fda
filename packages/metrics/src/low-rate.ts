/**
 * @file True positive rates at low false positive rates: how many users an attacker names who hardly ever errs. An AUC
 * near one half can hide a few users about whom it is sure (Carlini et al. 2022).
 *
 * With n users of the negative class the false positive rate moves in steps of 1/n. Below one step nothing is measured:
 * such a rate is told as not resolved, with the number of users it would take.
 */

import { randomStream } from '@indistinct/core'
import { NORMAL_975, type Scoring } from './auc-interval.ts'
import { quantile } from './bootstrap.ts'
import { ascendingOrder } from './midranks.ts'

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
  const slotOf = new Map<number, number>()
  const positive: number[] = []
  const prepared = scorings
    .map(({ users, scores, actual }) => {
      const order = ascendingOrder(scores).reverse()
      const slots = new Int32Array(order.length)
      const last = new Uint8Array(order.length)
      order.forEach((i, at) => {
        let slot = slotOf.get(users[i]!)
        if (slot === undefined) {
          slotOf.set(users[i]!, (slot = positive.length))
          positive.push(actual[i] === 1 ? 1 : 0)
        }
        slots[at] = slot
        last[at] = at + 1 === order.length || scores[order[at + 1]!] !== scores[i] ? 1 : 0
      })
      return { slots, last }
    })
    .map((scoring) => ({ ...scoring, positives: scoring.slots.filter((slot) => positive[slot] === 1) }))
  const isPositive = Uint8Array.from(positive)
  const negatives = Math.min(
    ...prepared.map(({ slots }) => slots.reduce((sum, slot) => sum + 1 - isPositive[slot]!, 0)),
  )
  const resolved = rates.filter((rate) => negatives * rate >= 1 - 1e-9)
  const weights = new Uint16Array(isPositive.length).fill(1)
  const means = (): number[] => {
    const sums = resolved.map(() => 0)
    for (const scoring of prepared)
      ratesOf(scoring, isPositive, weights, resolved).forEach((value, at) => (sums[at]! += value / prepared.length))
    return sums
  }
  const values = means()
  const classes = [0, 1].map((c) => Int32Array.from(isPositive.keys()).filter((slot) => isPositive[slot] === c))
  const random = randomStream(options.seed, 'low-rates')
  const drawn = Array.from({ length: resolved.length === 0 ? 0 : (options.resamples ?? 200) }, () => {
    weights.fill(0)
    for (const members of classes)
      for (let d = 0; d < members.length; d++) weights[members[random.integer(members.length)]!]!++
    return means()
  })
  return rates.map((falsePositiveRate): LowRate => {
    const at = resolved.indexOf(falsePositiveRate)
    if (at < 0)
      return { falsePositiveRate, resolved: false, negatives, needed: Math.ceil(1 / falsePositiveRate - 1e-9) }
    const sorted = drawn.map((row) => row[at]!).sort((a, b) => a - b)
    const value = values[at]!
    // Where nobody is found no resample finds anybody: then the upper end is Wilson's for as many users.
    const wilson = NORMAL_975 ** 2 / (classes[1]!.length + NORMAL_975 ** 2)
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
  /** The users of the positive class among them. */
  readonly positives: Int32Array
}

/** The highest true positive rate at a threshold of at most each false positive rate. */
function ratesOf(
  { slots, last, positives: found }: Ranked,
  isPositive: Uint8Array,
  weights: Uint16Array,
  rates: readonly number[],
): number[] {
  let all = 0
  for (let i = 0; i < slots.length; i++) all += weights[slots[i]!]!
  let positives = 0
  for (let i = 0; i < found.length; i++) positives += weights[found[i]!]!
  const negatives = all - positives
  return rates.map((rate) => {
    const allowed = rate * negatives + 1e-9
    let right = 0
    let wrong = 0
    let best = 0
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at]!
      if (isPositive[slot] === 1) right += weights[slot]!
      else wrong += weights[slot]!
      if (wrong > allowed) break
      if (last[at] === 1) best = right
    }
    return positives === 0 ? 0 : best / positives
  })
}
