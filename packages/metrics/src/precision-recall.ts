/** @file Precision, recall and F1: of class 1 of two classes, macro averages of more, 0 where nothing is divided. */

import { confusionMatrix } from './confusion.ts'
import { thresholdMetrics } from './threshold-metrics.ts'

/** Of the users predicted to be in a class, the share that are. */
export function precision(predicted: ArrayLike<number>, actual: ArrayLike<number>, classes = 2): number {
  return thresholdMetrics(confusionMatrix(predicted, actual, classes), classes).precision
}

/** Of the users in a class, the share that are predicted to be. */
export function recall(predicted: ArrayLike<number>, actual: ArrayLike<number>, classes = 2): number {
  return thresholdMetrics(confusionMatrix(predicted, actual, classes), classes).recall
}

/** Micro-averaged F1 over all classes: true positives, false positives and false negatives summed before the ratio. */
export function microF1(predicted: ArrayLike<number>, actual: ArrayLike<number>, classes = 2): number {
  return thresholdMetrics(confusionMatrix(predicted, actual, classes), classes).microF1
}
