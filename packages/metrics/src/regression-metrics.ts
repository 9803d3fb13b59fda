/** @file How much of a number's variance predictions explain, and how well they keep its order. */

import { midranks } from './midranks.ts'

/**
 * 1 - sum (y - p)^2 / sum (y - mean y)^2, which is below zero where predictions are worse than the mean of `actual`.
 * @throws RangeError when lengths differ, a number is not finite, or all values are equal.
 */
export function rSquared(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  const n = checked('rSquared', predicted, actual)
  let mean = 0
  for (let i = 0; i < n; i++) mean += actual[i]! / n
  let [missed, total] = [0, 0]
  for (let i = 0; i < n; i++) {
    missed += (actual[i]! - predicted[i]!) ** 2
    total += (actual[i]! - mean) ** 2
  }
  if (!Number.isFinite(missed) || !Number.isFinite(total))
    throw new RangeError('rSquared: expected finite numbers, got others')
  if (!(total > 0)) throw new RangeError('rSquared: expected values that differ, got equal ones')
  return 1 - missed / total
}

/**
 * Spearman's rank correlation, equal values sharing the mean of their ranks; 0 where either side is constant.
 * @throws RangeError when lengths differ or a number is NaN.
 */
export function spearman(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  const n = checked('spearman', predicted, actual)
  const [a, b] = [midranks(predicted), midranks(actual)]
  const centre = (n + 1) / 2
  let [aa, ab, bb] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    aa += (a[i]! - centre) ** 2
    ab += (a[i]! - centre) * (b[i]! - centre)
    bb += (b[i]! - centre) ** 2
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0
}

function checked(caller: string, predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  if (predicted.length !== actual.length || actual.length === 0)
    throw new RangeError(`${caller}: expected ${actual.length} predictions, at least one, got ${predicted.length}`)
  return actual.length
}
