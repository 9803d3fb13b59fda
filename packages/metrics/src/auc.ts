/**
 * @file Area under the ROC curve: the probability that a random user of class 1 scores above a random user of class 0,
 * ties counting one half.
 */

import type { Matrix } from '@indistinct/core'

/**
 * AUC by the Mann-Whitney rank sum, exact under ties, O(N log N).
 * @param scores higher means class 1 (N)
 * @param actual 1 for the positive class, anything else for the rest (N)
 * @throws RangeError when the lengths differ, a score is NaN, or one of the two groups is empty.
 */
export function auc(scores: ArrayLike<number>, actual: ArrayLike<number>): number {
  const n = scores.length
  if (n !== actual.length) throw new RangeError(`auc: expected ${actual.length} scores, got ${n}`)
  let positives = 0
  for (let i = 0; i < n; i++) if (actual[i] === 1) positives++
  const above = new Float64Array(positives)
  const below = new Float64Array(n - positives)
  if (above.length === 0 || below.length === 0) {
    throw new RangeError(
      `auc: expected users of both classes, got ${above.length} positive and ${below.length} negative`,
    )
  }
  for (let i = 0, p = 0, q = 0; i < n; i++) {
    const score = scores[i]!
    if (typeof score !== 'number' || Number.isNaN(score))
      throw new RangeError(`auc: expected numbers, got ${String(score)} at ${i}`)
    // Sorting tells -0 from 0, which are equal here.
    if (actual[i] === 1) above[p++] = score + 0
    else below[q++] = score + 0
  }
  // Sorting each class without a comparison function is several times faster than ranking both together.
  above.sort()
  below.sort()
  let twice = 0
  for (let p = 0, less = 0, upTo = 0; p < above.length; p++) {
    while (less < below.length && below[less]! < above[p]!) less++
    while (upTo < below.length && below[upTo]! <= above[p]!) upTo++
    twice += less + upTo
  }
  return twice / (2 * above.length * below.length)
}

/**
 * What an attacker who may flip its answer reaches: max(a, 1 - a). An AUC of 0.3 leaks as much as one of 0.7, and
 * unlearning that overshoots produces it.
 */
export function foldedAuc(value: number): number {
  return Math.max(value, 1 - value)
}

/**
 * One-versus-rest AUC of each class that occurs, NaN for the others (C).
 * @param probabilities (N, C)
 * @param actual codes 0 .. C - 1 (N)
 */
export function oneVersusRestAucs(probabilities: Matrix, actual: ArrayLike<number>): Float64Array {
  const { rows, cols, data } = probabilities
  if (rows !== actual.length) throw new RangeError(`oneVersusRestAucs: expected ${actual.length} rows, got ${rows}`)
  const out = new Float64Array(cols).fill(NaN)
  const column = new Float64Array(rows)
  const isClass = new Uint8Array(rows)
  for (let c = 0; c < cols; c++) {
    let count = 0
    for (let i = 0; i < rows; i++) {
      column[i] = data[i * cols + c]!
      isClass[i] = actual[i] === c ? 1 : 0
      count += isClass[i]!
    }
    if (count > 0 && count < rows) out[c] = auc(column, isClass)
  }
  return out
}

/** Mean one-versus-rest AUC over the classes that occur (macro average, each class counts the same). */
export function macroAuc(probabilities: Matrix, actual: ArrayLike<number>): number {
  const defined = oneVersusRestAucs(probabilities, actual).filter((value) => !Number.isNaN(value))
  if (defined.length === 0) throw new RangeError('macroAuc: expected users of at least two classes')
  return defined.reduce((sum, value) => sum + value, 0) / defined.length
}
