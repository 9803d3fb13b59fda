/**
 * @file Intervals for AUC.
 *
 * The variance is DeLong's (DeLong, DeLong & Clarke-Pearson 1988): each user contributes its placement, the share of
 * the other class it is on the right side of. It makes no assumption on the scores' distribution; Hanley-McNeil would
 * assume exponential scores and only knows the AUC. Placements come from midranks (Sun & Xu 2014), so O(N log N).
 *
 * An attack scores the same users several times (repeats), so its scorings are not independent. A user's
 * contributions are therefore summed over scorings before squaring, as for clustered ROC data (Obuchowski 1997); with
 * one scoring this is DeLong exactly.
 *
 * The interval is built on the logit scale, which keeps it inside [0, 1]. At an AUC of exactly 0 or 1 DeLong's
 * variance is zero and says nothing; there the interval is Clopper-Pearson's for min(m, n) disjoint pairs, all ordered
 * the same way.
 */

import { checkOptions } from '@indistinct/core'
import { ascendingOrder } from './midranks.ts'

/** 97.5 % quantile of the standard normal distribution. */
export const NORMAL_975 = 1.959963984540054

export interface Interval {
  readonly lower: number
  readonly upper: number
}

export interface AucEstimate extends Interval {
  readonly auc: number
  readonly standardError: number
}

/** One scoring of some users: `users` identifies them across scorings (any integers). */
export interface Scoring {
  readonly users: ArrayLike<number>
  readonly scores: ArrayLike<number>
  /** 1 for the positive class. */
  readonly actual: ArrayLike<number>
}

/** AUC of one scoring with DeLong's 95 % interval. */
export function aucInterval(scores: ArrayLike<number>, actual: ArrayLike<number>): AucEstimate {
  const users = Int32Array.from({ length: scores.length }, (_, i) => i)
  return meanAucInterval([{ users, scores, actual }])
}

export interface MeanAucOptions {
  /**
   * Factor on the standard error that comes from the users, 1 unless given. The square root of 2 for scores of a
   * cross-validation, where each user is scored by what others taught and teaches what scores others: the sum of two
   * terms has at most twice the sum of their variances.
   */
  readonly spread?: number
  /** Variance of the mean from another source, such as the draw of the shadow set, to be added; 0. */
  readonly extraVariance?: number
}

/** Mean AUC over scorings with a 95 % interval that allows for the same users being in several of them. */
export function meanAucInterval(scorings: readonly Scoring[], options: MeanAucOptions = {}): AucEstimate {
  checkOptions('meanAucInterval', options, { spread: 'number', extraVariance: 'number' })
  const { spread = 1, extraVariance = 0 } = options
  if (scorings.length === 0) throw new RangeError('meanAucInterval: expected at least one scoring, got 0')
  const influence = new Map<number, number>()
  let mean = 0
  let smallest = Infinity
  for (const scoring of scorings) {
    const { value, contributions, smallerClass } = placements(scoring)
    mean += value / scorings.length
    smallest = Math.min(smallest, smallerClass)
    for (let i = 0; i < contributions.length; i++) {
      const user = scoring.users[i]!
      influence.set(user, (influence.get(user) ?? 0) + contributions[i]! / scorings.length)
    }
  }
  let variance = 0
  for (const value of influence.values()) variance += value * value
  const standardError = Math.sqrt(spread * spread * variance + extraVariance)
  const auc = withinEnds(mean)
  return { auc, standardError, ...logitInterval(auc, standardError, smallest) }
}

/**
 * A mean of AUCs without the last bits that sums leave: they would set it beside 1, where the interval is another one,
 * or above.
 */
export function withinEnds(mean: number): number {
  if (mean < 1e-12) return 0
  return mean > 1 - 1e-12 ? 1 : mean
}

/**
 * Interval of the folded AUC max(a, 1 - a) from an interval of a: where that holds 0.5 the lower end is 0.5, and the
 * upper end is the farther of the two ends.
 */
export function foldedInterval(interval: Interval): Interval {
  const { lower, upper } = interval
  const far = Math.max(upper, 1 - lower)
  if (lower <= 0.5 && upper >= 0.5) return { lower: 0.5, upper: far }
  return { lower: Math.max(lower, 1 - upper), upper: far }
}

/** Centred placements, scaled so that the sum of their squares is DeLong's variance. */
export function placements(scoring: Scoring): { value: number; contributions: Float64Array; smallerClass: number } {
  const { scores, actual, users } = scoring
  const n = scores.length
  if (actual.length !== n || users.length !== n) {
    throw new RangeError(`meanAucInterval: expected ${n} labels and users, got ${actual.length} and ${users.length}`)
  }
  const own: [number[], number[]] = [[], []]
  for (let i = 0; i < n; i++) own[actual[i] === 1 ? 1 : 0].push(i)
  const [negatives, positives] = own
  const m = positives.length
  const l = negatives.length
  if (m === 0 || l === 0)
    throw new RangeError(`meanAucInterval: expected users of both classes, got ${m} positive and ${l} negative`)
  const below = shareBelow(scores, actual, [l, m])
  const contributions = Float64Array.from(below, (share, i) => (actual[i] === 1 ? share : 1 - share))
  const value = positives.reduce((sum, i) => sum + below[i]! / m, 0)
  for (const group of [positives, negatives]) {
    // sum of squares / (size (size - 1)) is the sample variance of the class's placements over its size; a class of
    // one user has no sample variance, and then its single placement stays with weight one.
    const scale = 1 / Math.sqrt(group.length * Math.max(1, group.length - 1))
    for (const i of group) contributions[i] = (contributions[i]! - value) * scale
  }
  return { value, contributions, smallerClass: Math.min(m, l) }
}

/** The share of the other class that scores below each user, equal scores counting one half (N). */
function shareBelow(
  scores: ArrayLike<number>,
  actual: ArrayLike<number>,
  [negatives, positives]: readonly [number, number],
): Float64Array {
  const order = ascendingOrder(scores)
  const below = new Float64Array(order.length)
  const met: [number, number] = [0, 0]
  for (let start = 0; start < order.length;) {
    let end = start
    let equal = 0
    for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++)
      if (actual[order[end]!] === 1) equal++
    const others = end - start - equal
    for (let at = start; at < end; at++) {
      const i = order[at]!
      below[i] = actual[i] === 1 ? (met[0] + others / 2) / negatives : (met[1] + equal / 2) / positives
    }
    met[0] += others
    met[1] += equal
    start = end
  }
  return below
}

/**
 * `value` and `critical` standard errors either way, on the logit scale; `pairs` bounds it where the value is 0 or 1.
 */
export function logitInterval(value: number, standardError: number, pairs: number, critical = NORMAL_975): Interval {
  if (value <= 0 || value >= 1) {
    const bound = Math.pow(0.025, 1 / pairs)
    return value >= 1 ? { lower: bound, upper: 1 } : { lower: 0, upper: 1 - bound }
  }
  const centre = Math.log(value / (1 - value))
  const half = (critical * standardError) / (value * (1 - value))
  const back = (x: number): number => 1 / (1 + Math.exp(-x))
  return { lower: back(centre - half), upper: back(centre + half) }
}
