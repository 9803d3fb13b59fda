/** @file Accuracy and balanced accuracy of predicted codes. */

import { confusionMatrix } from './confusion.ts'

/** Share of predicted codes (N) that equal the actual ones. With one label a user it is also the micro-averaged F1. */
export function accuracy(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  const n = actual.length
  if (predicted.length !== n || n === 0) {
    throw new RangeError(`accuracy: expected ${n} predictions of at least one user, got ${predicted.length}`)
  }
  let right = 0
  for (let i = 0; i < n; i++) if (predicted[i] === actual[i]) right++
  return right / n
}

/** Mean over the classes that occur of the share of their users that are predicted right; chance is 1 / C. */
export function balancedAccuracy(predicted: ArrayLike<number>, actual: ArrayLike<number>, classes = 2): number {
  const counts = confusionMatrix(predicted, actual, classes)
  let sum = 0
  let present = 0
  for (let c = 0; c < classes; c++) {
    let total = 0
    for (let p = 0; p < classes; p++) total += counts[c * classes + p]!
    if (total === 0) continue
    sum += counts[c * classes + c]! / total
    present++
  }
  return sum / present
}
