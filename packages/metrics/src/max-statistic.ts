/**
 * @file Several tests at once from one set of permutations (Westfall and Young 1993). Each permutation relabels the
 * users once for all tests, so that the largest of their statistics has its own null distribution, with whatever
 * dependence the tests have: no independence is assumed, and tests that say the same cost nothing.
 *
 * Statistics are deviations from "nothing leaks" (not negative). Their unit is the median over the permutations and the
 * observed labels together, over 0.6745: the standard deviation where they are absolute values of normal variables. The
 * observed labels count as one more permutation, so p stays exact, and a median does not grow with a leak. Where more
 * than half of the deviations are 0, as of an attack that sees nothing in most relabellings, the unit is their mean.
 *
 * The smallest corrected p is 1 / (m + 1), whatever the number of tests. Where tests permute different sets of users,
 * their permutations are less dependent than the tests are; of normal deviations, independent ones have the largest
 * maximum (Sidak 1967), so that p then errs on the side of no finding.
 */

import { quantile } from './bootstrap.ts'

/** Median of the absolute value of a standard normal variable. */
const normalMedian = 0.6744897501960817

export interface MaxStatistic {
  /** The unit of each test's deviation (A). */
  readonly scale: Float64Array
  /** p of each test by itself, (1 + number of permutations at least as large) / (m + 1). */
  readonly p: Float64Array
  /** p of each test corrected for all of them by the step-down maximum; the familywise error is kept strongly. */
  readonly adjusted: Float64Array
  /**
   * Standardised deviation that the largest one exceeds in `level` of the permutations: what any test has to exceed.
   */
  readonly critical: number
}

/**
 * @param observed deviation of each test (A)
 * @param permuted deviations of all tests under each permutation (m arrays of A), computed in the very same way
 * @param level of `critical`, 0.05 unless given
 * @throws RangeError for no permutations, or deviations that are not finite.
 */
export function maxStatistic(
  observed: ArrayLike<number>,
  permuted: readonly ArrayLike<number>[],
  level = 0.05,
): MaxStatistic {
  const tests = observed.length
  const m = permuted.length
  if (m === 0) throw new RangeError('maxStatistic: expected at least one permutation, got 0')
  const everything = [observed, ...permuted]
  const scale = Float64Array.from({ length: tests }, (_, a) => {
    const values = Float64Array.from(everything, (deviations) => deviations[a]!).sort()
    const wrong = values.find((value) => !(value >= 0 && value < Infinity))
    if (wrong !== undefined) throw new RangeError(`maxStatistic: expected finite deviations of 0 or more, got ${wrong}`)
    const median = quantile(values, 0.5)
    return (median > 0 ? median : values.reduce((sum, value) => sum + value, 0) / values.length) / normalMedian
  })
  const unit = (values: ArrayLike<number>, a: number): number => (scale[a]! > 0 ? values[a]! / scale[a]! : 0)
  // Sums in another order may differ in the last bit: such values are ties, and count against the finding.
  const reaches = (value: number, limit: number): boolean => value >= limit - 1e-9
  const p = new Float64Array(tests)
  for (let a = 0; a < tests; a++) {
    let atLeast = 1
    for (const values of permuted) if (reaches(unit(values, a), unit(observed, a))) atLeast++
    p[a] = atLeast / (m + 1)
  }
  // From the smallest deviation upwards, the running maximum over the tests that are not yet rejected.
  const order = Array.from({ length: tests }, (_, a) => a).sort((a, b) => unit(observed, a) - unit(observed, b))
  const atLeast = new Float64Array(tests).fill(1)
  const maxima = new Float64Array(m)
  permuted.forEach((values, b) => {
    let running = 0
    for (const a of order) {
      running = Math.max(running, unit(values, a))
      if (reaches(running, unit(observed, a))) atLeast[a]!++
    }
    maxima[b] = running
  })
  const adjusted = new Float64Array(tests)
  let largest = 0
  for (let at = tests - 1; at >= 0; at--) {
    const a = order[at]!
    largest = Math.max(largest, atLeast[a]! / (m + 1))
    adjusted[a] = largest
  }
  maxima.sort()
  return { scale, p, adjusted, critical: maxima[Math.min(m - 1, Math.ceil((1 - level) * (m + 1)) - 1)]! }
}
