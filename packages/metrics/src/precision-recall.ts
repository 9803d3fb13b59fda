/**
 * @file Precision, recall and F1. For two classes they are those of class 1, as scikit-learn's default; for more,
 * macro averages (mean over classes). A ratio with denominator zero counts as 0.
 */

import { confusionMatrix } from './confusion.ts'

/** Of the users predicted to be in a class, the share that are. */
export function precision(predicted: ArrayLike<number>, actual: ArrayLike<number>, classes = 2): number {
  const counts = confusionMatrix(predicted, actual, classes)
  return overClasses(classes, (c) => {
    let predictedAs = 0
    for (let a = 0; a < classes; a++) predictedAs += counts[a * classes + c]!
    return ratio(counts[c * classes + c]!, predictedAs)
  })
}

/** Of the users in a class, the share that are predicted to be. */
export function recall(predicted: ArrayLike<number>, actual: ArrayLike<number>, classes = 2): number {
  const counts = confusionMatrix(predicted, actual, classes)
  return overClasses(classes, (c) => {
    let actuallyIn = 0
    for (let p = 0; p < classes; p++) actuallyIn += counts[c * classes + p]!
    return ratio(counts[c * classes + c]!, actuallyIn)
  })
}

/** Micro-averaged F1 over all classes: true positives, false positives and false negatives summed before the ratio. */
export function microF1(predicted: ArrayLike<number>, actual: ArrayLike<number>, classes = 2): number {
  const counts = confusionMatrix(predicted, actual, classes)
  let total = 0
  let right = 0
  for (let a = 0; a < classes; a++) {
    for (let p = 0; p < classes; p++) total += counts[a * classes + p]!
    right += counts[a * classes + a]!
  }
  // Each wrong user is one false positive (of its predicted class) and one false negative (of its own).
  return (2 * right) / (2 * right + 2 * (total - right))
}

function overClasses(classes: number, of: (c: number) => number): number {
  if (classes === 2) return of(1)
  let sum = 0
  for (let c = 0; c < classes; c++) sum += of(c)
  return sum / classes
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
