/** @file One ROC curve for an attack of many splits, whose scores are on scales of their own. */

import type { SplitScores } from '@indistinct/attackers'
import { rocCurve } from '@indistinct/metrics'

/** False positive rates at which the mean curve has its points. */
const STEPS = 100

export interface MeanRoc {
  /** Points [false positive rate, true positive rate], ascending. */
  readonly roc: readonly (readonly [number, number])[]
}

/**
 * The mean true positive rate over splits at each of 101 false positive rates (vertical averaging), for the second of
 * two classes. Undefined for more classes.
 */
export function meanRoc(splits: readonly SplitScores[]): MeanRoc | undefined {
  if (splits.length === 0 || splits[0]!.probabilities.cols !== 2) return undefined
  const sums = new Float64Array(STEPS + 1)
  for (const { probabilities, codes } of splits) {
    const curve = rocCurve(
      Float64Array.from(codes, (_, i) => probabilities.data[2 * i + 1]!),
      codes,
    )
    const { falsePositiveRate: x, truePositiveRate: y } = curve
    for (let step = 0, p = 0; step <= STEPS; step++) {
      const rate = step / STEPS
      // The last point at or left of the rate: where the curve rises at one rate, its top.
      while (p + 1 < x.length && x[p + 1]! <= rate) p++
      const share = p + 1 < x.length ? (rate - x[p]!) / (x[p + 1]! - x[p]!) : 0
      sums[step]! += y[p]! + share * ((y[p + 1] ?? y[p]!) - y[p]!)
    }
  }
  const roc = Array.from(sums, (sum, step): [number, number] => [step / STEPS, round(sum / splits.length)])
  return { roc: [[0, 0], ...roc.slice(roc[0]![1] === 0 ? 1 : 0)] }
}

/** Six digits: more than a picture shows. */
function round(value: number): number {
  return Number(value.toFixed(6))
}
