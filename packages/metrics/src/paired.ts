/**
 * @file Repetitions of an experiment: their mean with its interval, and two methods compared over the same repetitions.
 */

import { studentCritical, studentTwoSided } from './student-t.ts'

export interface MeanEstimate {
  readonly n: number
  readonly mean: number
  /** Sample standard deviation (n - 1); absent for one value. */
  readonly deviation?: number
  /** 95 % interval of the mean by Student's t; absent for one value. */
  readonly lower?: number
  readonly upper?: number
}

/**
 * Mean of `values` with its 95 % interval by Student's t, which takes repetitions to be independent and their mean
 * about normal.
 * @throws RangeError for no values, or values that are not finite.
 */
export function meanEstimate(values: readonly number[]): MeanEstimate {
  const n = values.length
  if (n === 0) throw new RangeError('meanEstimate: expected at least one value, got none')
  const wrong = values.find((value) => !Number.isFinite(value))
  if (wrong !== undefined) throw new RangeError(`meanEstimate: expected finite values, got ${wrong}`)
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  if (n === 1) return { n, mean }
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1))
  const half = (studentCritical(0.05, n - 1) * deviation) / Math.sqrt(n)
  return { n, mean, deviation, lower: mean - half, upper: mean + half }
}

export interface PairedTest {
  readonly n: number
  /** Mean of first - second. */
  readonly difference: number
  /** Two-sided p of the paired t-test: differences about normal. */
  readonly t: number
  /** Two-sided p of Wilcoxon's signed-rank test, exact: differences symmetric. Its least value is 2^(1 - n). */
  readonly wilcoxon: number
}

/**
 * Tests that `first` and `second`, measured on the same repetitions, have the same mean. Undefined below two pairs.
 * @throws RangeError when the lengths differ or a value is not finite.
 */
export function pairedTest(first: readonly number[], second: readonly number[]): PairedTest | undefined {
  if (first.length !== second.length)
    throw new RangeError(`pairedTest: expected as many values of both, got ${first.length} and ${second.length}`)
  if (first.length < 2) return undefined
  const differences = first.map((value, i) => value - second[i]!)
  const { n, mean, deviation } = meanEstimate(differences)
  const t = deviation === 0 ? (mean === 0 ? 1 : 0) : studentTwoSided(mean / (deviation! / Math.sqrt(n)), n - 1)
  return { n, difference: mean, t, wilcoxon: wilcoxonSignedRank(differences) }
}

/**
 * Exact two-sided p of Wilcoxon's signed-rank test on `differences`: zeros are left out, ties share their mean rank,
 * and the distribution is that of all sign changes of these very ranks. 1 where nothing is left.
 * @throws RangeError for a difference that is not finite.
 */
export function wilcoxonSignedRank(differences: readonly number[]): number {
  const wrong = differences.find((value) => !Number.isFinite(value))
  if (wrong !== undefined) throw new RangeError(`wilcoxonSignedRank: expected finite differences, got ${wrong}`)
  const left = differences.filter((value) => value !== 0).sort((a, b) => Math.abs(a) - Math.abs(b))
  // Twice the ranks, so that a mean of two ranks is whole.
  const ranks: number[] = []
  for (let from = 0; from < left.length;) {
    let to = from
    while (to < left.length && Math.abs(left[to]!) === Math.abs(left[from]!)) to++
    for (let at = from; at < to; at++) ranks.push(from + to + 1)
    from = to
  }
  const total = ranks.reduce((sum, rank) => sum + rank, 0)
  const positive = ranks.reduce((sum, rank, at) => sum + (left[at]! > 0 ? rank : 0), 0)
  let ways = new Float64Array(total + 1)
  ways[0] = 1
  for (const rank of ranks) {
    const next = new Float64Array(total + 1)
    for (let sum = 0; sum <= total; sum++) next[sum] = 0.5 * (ways[sum]! + (sum >= rank ? ways[sum - rank]! : 0))
    ways = next
  }
  const edge = Math.min(positive, total - positive)
  let tail = 0
  for (let sum = 0; sum <= edge; sum++) tail += ways[sum]!
  return Math.min(1, 2 * tail)
}
