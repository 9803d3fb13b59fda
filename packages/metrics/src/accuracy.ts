/** @file Accuracy and balanced accuracy of predicted codes. */

import { confusionMatrix } from './confusion.ts'
import { thresholdMetrics } from './threshold-metrics.ts'

/**
 * Share of predicted codes (N) that equal the actual ones. With one label a user it is also the micro-averaged F1.
 * @throws RangeError when the lengths differ, there is no user, or a code is no integer.
 */
export function accuracy(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  const n = actual.length
  if (predicted.length !== n || n === 0) {
    throw new RangeError(`accuracy: expected ${n} predictions of at least one user, got ${predicted.length}`)
  }
  let right = 0
  for (let i = 0; i < n; i++) {
    // A probability, or a code in quotes, would never be equal.
    if (!Number.isInteger(predicted[i]) || !Number.isInteger(actual[i]))
      throw new RangeError(`accuracy: expected codes, got actual ${actual[i]}, predicted ${predicted[i]} at ${i}`)
    if (predicted[i] === actual[i]) right++
  }
  return right / n
}

/** Mean over the classes that occur of the share of their users that are predicted right; chance is 1 / C. */
export function balancedAccuracy(predicted: ArrayLike<number>, actual: ArrayLike<number>, classes = 2): number {
  return thresholdMetrics(confusionMatrix(predicted, actual, classes), classes).balancedAccuracy
}
