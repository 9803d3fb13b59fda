/**
 * @file Bootstrap intervals for statistics without a closed variance (precision, balanced accuracy, NDCG). The unit
 * drawn is the user, since users are what the sample was drawn from.
 */

import { checkCount, checkOptions } from '@indistinct/core'
import { sumRows } from '@indistinct/kernels'
import type { Interval } from './auc-interval.ts'
import { resamplesOf } from './resamples.ts'

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
  const { seed, resamples, strata } = checkedBootstrap('bootstrapInterval', options)
  const weights = new Uint16Array(n)
  const values: number[][] = []
  for (const { cols, data, count } of resamplesOf(n, { seed, resamples, strata })) {
    for (let b = 0; b < count; b++) {
      for (let i = 0; i < n; i++) weights[i] = data[i * cols + b]!
      values.push([statistic(weights)])
    }
  }
  return percentiles(values)[0]!
}

/**
 * 95 % percentile intervals of statistics of how many users of each group were drawn, a user who is drawn twice being
 * counted twice. A statistic that is NaN leaves the resample out.
 * @param n users
 * @param groups users of each group, 0 .. n - 1
 * @param statistics of the count of each group
 * @throws RangeError when fewer than half of the resamples give numbers.
 */
export function bootstrapCounts(
  n: number,
  groups: readonly Int32Array[],
  statistics: (counts: Float64Array) => readonly number[],
  options: BootstrapOptions,
): Interval[] {
  const { seed, resamples, strata } = checkedBootstrap('bootstrapCounts', options)
  const counts = new Float64Array(groups.length)
  const values: (readonly number[])[] = []
  for (const block of resamplesOf(n, { seed, resamples, strata })) {
    const sums = sumRows(block, groups)
    for (let b = 0; b < block.count; b++) {
      for (let g = 0; g < counts.length; g++) counts[g] = sums[g * block.cols + b]!
      values.push(statistics(counts))
    }
  }
  return percentiles(values)
}

/** Resamples are 1000 unless given. */
function checkedBootstrap(
  caller: string,
  options: BootstrapOptions,
): { seed: number; resamples: number; strata: ArrayLike<number> | undefined } {
  checkOptions<BootstrapOptions>(caller, options, { seed: 'number', resamples: 'number', strata: 'object' })
  const { seed, resamples = 1000, strata } = options
  checkCount(caller, 'resamples', resamples)
  return { seed, resamples, strata }
}

/** Intervals of each statistic over resamples. */
function percentiles(all: readonly (readonly number[])[]): Interval[] {
  const drawn = all.filter((values) => !values.some(Number.isNaN))
  if (drawn.length * 2 < all.length || drawn.length === 0) {
    throw new RangeError(
      `bootstrapInterval: expected numbers, got NaN in ${all.length - drawn.length} of ${all.length} resamples`,
    )
  }
  return drawn[0]!.map((_, s) => {
    const sorted = Float64Array.from(drawn, (values) => values[s]!).sort()
    return { lower: quantile(sorted, 0.025), upper: quantile(sorted, 0.975) }
  })
}

/** Mean of per-user values with a bootstrap interval; users whose value is NaN (not evaluated) are left out. */
export function bootstrapMean(
  perUser: ArrayLike<number>,
  options: Omit<BootstrapOptions, 'strata'>,
): Interval & { readonly mean: number } {
  checkOptions('bootstrapMean', options, { seed: 'number', resamples: 'number' })
  const values = Float64Array.from(perUser).filter((value) => !Number.isNaN(value))
  if (values.length === 0) throw new RangeError('bootstrapMean: expected at least one evaluated user, got 0')
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const interval = bootstrapInterval(
    values.length,
    (weights) => {
      let sum = 0
      for (let i = 0; i < values.length; i++) sum += weights[i]! * values[i]!
      return sum / values.length
    },
    options,
  )
  return { mean, ...interval }
}

/**
 * Quantile of ascending values, for q from 0 to 1, by linear interpolation (numpy's default).
 * @throws RangeError without values, or for another q.
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0 || !(q >= 0 && q <= 1))
    throw new RangeError(`quantile: expected values and q from 0 to 1, got ${sorted.length} values and ${q}`)
  const at = q * (sorted.length - 1)
  const low = Math.floor(at)
  const high = Math.min(low + 1, sorted.length - 1)
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!)
}
