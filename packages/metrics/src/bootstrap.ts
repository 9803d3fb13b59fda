/**
 * @file Bootstrap intervals for statistics without a closed variance (precision, balanced accuracy, NDCG). The unit
 * drawn is the user, since users are what the sample was drawn from.
 */

import { randomStream } from '@indistinct/core'
import type { Interval } from './auc-interval.ts'

export interface BootstrapOptions {
  readonly seed: number
  /** Number of resamples; 2.5 % and 97.5 % need about a thousand. */
  readonly resamples?: number
  /** Users are redrawn within strata (N codes), so that each resample keeps their sizes, as stratified sampling did. */
  readonly strata?: ArrayLike<number>
}

/**
 * 95 % percentile interval of `statistic`, which receives how often each of the n users was drawn (n weights).
 * Resamples where it is NaN are left out.
 * @throws RangeError when fewer than half of the resamples give a number.
 */
export function bootstrapInterval(
  n: number,
  statistic: (weights: Uint16Array) => number,
  options: BootstrapOptions,
): Interval {
  return bootstrapIntervals(n, (weights) => [statistic(weights)], options)[0]!
}

/** As `bootstrapInterval`, for several statistics of the same resamples; one that is NaN leaves the resample out. */
export function bootstrapIntervals(
  n: number,
  statistics: (weights: Uint16Array) => readonly number[],
  options: BootstrapOptions,
): Interval[] {
  const { seed, resamples = 1000, strata } = options
  const drawn: (readonly number[])[] = []
  for (const weights of drawnWeights(n, resamples, seed, strata)) {
    const values = statistics(weights)
    if (!values.some(Number.isNaN)) drawn.push(values)
  }
  if (drawn.length * 2 < resamples || drawn.length === 0) {
    throw new RangeError(
      `bootstrapIntervals: expected numbers, got NaN in ${resamples - drawn.length} of ${resamples} resamples`,
    )
  }
  return drawn[0]!.map((_, s) => {
    const sorted = Float64Array.from(drawn, (values) => values[s]!).sort()
    return { lower: quantile(sorted, 0.025), upper: quantile(sorted, 0.975) }
  })
}

interface Drawn {
  readonly seed: number
  readonly strata: Float64Array
  readonly weights: readonly Uint16Array[]
}

/** Weights that were drawn last: attacks on the same users, one after the other, are resampled alike. */
let last: Drawn | undefined
/** Most weights that are kept: 64 MB. */
const mostKept = 2 ** 25

/** How often each of n users is drawn in each resample. */
function* drawnWeights(
  n: number,
  resamples: number,
  seed: number,
  strata: ArrayLike<number> | undefined,
): Generator<Uint16Array> {
  const keys = Float64Array.from({ length: n }, (_, i) => (strata ? strata[i]! : 0))
  if (
    last?.seed === seed &&
    last.weights.length === resamples &&
    last.strata.length === n &&
    keys.every((key, i) => key === last!.strata[i])
  ) {
    yield* last.weights
    return
  }
  const groups = new Map<number, number[]>()
  keys.forEach((key, i) => {
    const group = groups.get(key)
    if (group) group.push(i)
    else groups.set(key, [i])
  })
  const random = randomStream(seed, 'bootstrap')
  const kept: Uint16Array[] | undefined = n * resamples <= mostKept ? [] : undefined
  for (let b = 0; b < resamples; b++) {
    const weights = new Uint16Array(n)
    for (const group of groups.values()) {
      for (let d = 0; d < group.length; d++) weights[group[random.integer(group.length)]!]!++
    }
    kept?.push(weights)
    yield weights
  }
  if (kept) last = { seed, strata: keys, weights: kept }
}

/** Mean of per-user values with a bootstrap interval; users whose value is NaN (not evaluated) are left out. */
export function bootstrapMean(perUser: Float64Array, options: BootstrapOptions): Interval & { readonly mean: number } {
  const values = perUser.filter((value) => !Number.isNaN(value))
  if (values.length === 0) throw new RangeError('bootstrapMean: expected at least one evaluated user, got 0')
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const interval = bootstrapInterval(
    values.length,
    (weights) => {
      let sum = 0
      for (let i = 0; i < values.length; i++) sum += weights[i]! * values[i]!
      return sum / values.length
    },
    { seed: options.seed, ...(options.resamples !== undefined && { resamples: options.resamples }) },
  )
  return { mean, ...interval }
}

/** Quantile of ascending values by linear interpolation (numpy's default). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1)
  const low = Math.floor(at)
  const high = Math.min(low + 1, sorted.length - 1)
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!)
}
