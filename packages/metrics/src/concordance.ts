/**
 * @file Concordance of predictions with a number such as an age: of two users whose values differ, how often the one
 * with the larger value is predicted larger, equal predictions counting one half (Harrell et al. 1982; half of Somers'
 * D plus one half). Of two values it is the AUC. Predictions that know nothing of these users' values have an
 * expectation of one half whatever they are: given predictions, values are then as good as dealt out at random. That
 * holds within one split, and not over splits taken together, whose predictions have means of their own.
 */

import type { Scoring } from './auc-interval.ts'
import { ascendingOrder } from './midranks.ts'

/**
 * O(N log N).
 * @param predicted one a user (N)
 * @param actual the values (N)
 * @throws RangeError when lengths differ, a number is NaN, or all values are equal.
 */
export function concordance(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  checkLengths('concordance', predicted, actual)
  const { credit, pairs } = againstLower(predicted, actual)
  return sum(credit) / checkedPairs('concordance', sum(pairs))
}

/**
 * Concordance and what each user adds to its deviation from its expectation, to first order (N): the sum of their
 * squares estimates its variance with predictions as they are. With two values these are DeLong's but for factors n /
 * (n - 1).
 */
export function concordancePlacements({ scores, actual }: Pick<Scoring, 'scores' | 'actual'>): {
  value: number
  contributions: Float64Array
  smallerClass: number
} {
  checkLengths('concordancePlacements', scores, actual)
  const lower = againstLower(scores, actual)
  const higher = againstLower(
    Array.from(scores, (x) => -x),
    Array.from(actual, (x) => -x),
  )
  const total = checkedPairs('concordancePlacements', sum(lower.pairs))
  const value = sum(lower.credit) / total
  const n = scores.length
  const contributions = Float64Array.from(
    { length: n },
    (_, i) => (lower.credit[i]! + higher.credit[i]! - value * (lower.pairs[i]! + higher.pairs[i]!)) / total,
  )
  // Users who can be paired off with one of another value.
  const equal = lower.pairs.reduce((most, _, i) => Math.max(most, n - lower.pairs[i]! - higher.pairs[i]!), 0)
  return { value, contributions, smallerClass: Math.min(Math.floor(n / 2), n - equal) }
}

/**
 * Of each user, the users with a lower value (`pairs`), and those of them that are predicted lower, equal ones one
 * half.
 */
function againstLower(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
): { credit: Float64Array; pairs: Float64Array } {
  const n = predicted.length
  const rank = new Int32Array(n)
  let ranks = 0
  const byPrediction = ascendingOrder(predicted)
  for (let p = 0; p < n; p++) {
    if (p === 0 || predicted[byPrediction[p]!] !== predicted[byPrediction[p - 1]!]) ranks++
    rank[byPrediction[p]!] = ranks
  }
  // Fenwick tree (1994): users met so far, by rank.
  const tree = new Float64Array(ranks + 1)
  const upTo = (at: number): number => {
    let count = 0
    for (let r = at; r > 0; r -= r & -r) count += tree[r]!
    return count
  }
  const credit = new Float64Array(n)
  const pairs = new Float64Array(n)
  const byValue = ascendingOrder(actual)
  for (let start = 0; start < n;) {
    let end = start + 1
    while (end < n && actual[byValue[end]!] === actual[byValue[start]!]) end++
    for (let p = start; p < end; p++) {
      const i = byValue[p]!
      pairs[i] = start
      credit[i] = 0.5 * (upTo(rank[i]!) + upTo(rank[i]! - 1))
    }
    for (let p = start; p < end; p++) for (let r = rank[byValue[p]!]!; r <= ranks; r += r & -r) tree[r]!++
    start = end
  }
  return { credit, pairs }
}

function checkLengths(caller: string, predicted: ArrayLike<number>, actual: ArrayLike<number>): void {
  if (predicted.length !== actual.length)
    throw new RangeError(`${caller}: expected ${actual.length} predictions, got ${predicted.length}`)
}

function checkedPairs(caller: string, pairs: number): number {
  if (pairs === 0) throw new RangeError(`${caller}: expected values that differ, got none or equal ones`)
  return pairs
}

function sum(values: Float64Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}
