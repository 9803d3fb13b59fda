/**
 * @file Every threshold metric from one confusion matrix, whose counts may be weighted. For two classes precision and
 * recall are those of class 1, as scikit-learn's default; for more, macro averages (mean over classes). A ratio with
 * denominator zero counts as 0.
 */

export interface ThresholdMetrics {
  readonly accuracy: number
  readonly balancedAccuracy: number
  readonly precision: number
  readonly recall: number
  readonly microF1: number
}

/** @param confusion (C, C) row-major, entry [a * classes + p] counts users of class a predicted as p */
export function thresholdMetrics(confusion: ArrayLike<number>, classes: number): ThresholdMetrics {
  let total = 0
  let right = 0
  let sensitivity = 0
  let present = 0
  const precisions = new Float64Array(classes)
  const recalls = new Float64Array(classes)
  for (let c = 0; c < classes; c++) {
    let actual = 0
    let predicted = 0
    for (let o = 0; o < classes; o++) {
      actual += confusion[c * classes + o]!
      predicted += confusion[o * classes + c]!
    }
    const hits = confusion[c * classes + c]!
    total += actual
    right += hits
    precisions[c] = predicted === 0 ? 0 : hits / predicted
    recalls[c] = actual === 0 ? 0 : hits / actual
    if (actual === 0) continue
    sensitivity += recalls[c]!
    present++
  }
  const average = (values: Float64Array): number =>
    classes === 2 ? values[1]! : values.reduce((sum, value) => sum + value, 0) / classes
  return {
    accuracy: right / total,
    balancedAccuracy: sensitivity / present,
    precision: average(precisions),
    recall: average(recalls),
    // Each wrong user is one false positive (of its predicted class) and one false negative (of its own).
    microF1: (2 * right) / (2 * right + 2 * (total - right)),
  }
}
