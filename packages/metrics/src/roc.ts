/** @file The ROC curve and the true positive rate at a fixed false positive rate. */

import { ascendingOrder } from './midranks.ts'

export interface RocCurve {
  /** Share of class 0 at or above each threshold, from 0 to 1. */
  readonly falsePositiveRate: Float64Array
  /** Share of class 1 at or above each threshold, from 0 to 1. */
  readonly truePositiveRate: Float64Array
  /** Thresholds, descending; the first is Infinity (nobody is positive). */
  readonly thresholds: Float64Array
}

/** One point for each distinct score, and (0, 0). `actual` is 1 for the positive class (N). */
export function rocCurve(scores: ArrayLike<number>, actual: ArrayLike<number>): RocCurve {
  if (scores.length !== actual.length)
    throw new RangeError(`rocCurve: expected ${actual.length} scores, got ${scores.length}`)
  const order = ascendingOrder(scores).reverse()
  const fp = [0]
  const tp = [0]
  const thresholds = [Infinity]
  let positives = 0
  let negatives = 0
  for (let p = 0; p < order.length; p++) {
    if (actual[order[p]!] === 1) positives++
    else negatives++
    const score = scores[order[p]!]!
    if (p + 1 < order.length && scores[order[p + 1]!] === score) continue
    tp.push(positives)
    fp.push(negatives)
    thresholds.push(score)
  }
  if (positives === 0 || negatives === 0) {
    throw new RangeError(
      `rocCurve: expected users of both classes, got ${positives} positive and ${negatives} negative`,
    )
  }
  return {
    falsePositiveRate: Float64Array.from(fp, (count) => count / negatives),
    truePositiveRate: Float64Array.from(tp, (count) => count / positives),
    thresholds: Float64Array.from(thresholds),
  }
}

/**
 * Highest true positive rate at a threshold whose false positive rate is at most `rate` (no interpolation).
 * @throws RangeError for a rate outside of 0 to 1: one per cent is 0.01.
 */
export function truePositiveRateAt(curve: RocCurve, rate: number): number {
  if (!(rate >= 0 && rate <= 1)) throw new RangeError(`truePositiveRateAt: expected a rate from 0 to 1, got ${rate}`)
  let best = 0
  for (let p = 0; p < curve.thresholds.length && curve.falsePositiveRate[p]! <= rate; p++)
    best = curve.truePositiveRate[p]!
  return best
}
