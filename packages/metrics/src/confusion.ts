/** @file Counts of (actual, predicted) class pairs, from which the threshold metrics are read. */

/**
 * The (C, C) confusion matrix, row-major: entry [a * classes + p] counts users of class a predicted as p.
 * @param predicted predicted codes (N), 0 .. classes - 1
 * @param actual true codes (N), 0 .. classes - 1
 * @throws RangeError when the lengths differ, are zero, or a code is outside 0 .. classes - 1.
 */
export function confusionMatrix(predicted: ArrayLike<number>, actual: ArrayLike<number>, classes = 2): Int32Array {
  const n = actual.length
  if (predicted.length !== n)
    throw new RangeError(`confusionMatrix: expected ${n} predictions, got ${predicted.length}`)
  if (n === 0) throw new RangeError('confusionMatrix: expected at least one user, got 0')
  const counts = new Int32Array(classes * classes)
  for (let i = 0; i < n; i++) {
    const a = actual[i]!
    const p = predicted[i]!
    if (!(Number.isInteger(a) && a >= 0 && a < classes && Number.isInteger(p) && p >= 0 && p < classes)) {
      throw new RangeError(
        `confusionMatrix: expected codes 0 to ${classes - 1}, got actual ${a}, predicted ${p} at ${i}`,
      )
    }
    counts[a * classes + p]!++
  }
  return counts
}
