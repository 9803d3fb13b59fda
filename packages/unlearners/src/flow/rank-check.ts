/**
 * @file A second look at a table whose classes the flow finds alike: by the ranks of values in each column, which no
 * far value and no heavy tail can blind.
 */

import type { Matrix } from '@indistinct/core'

export interface RankCheck {
  /** Kruskal and Wallis' H of the column that tells classes apart best, over its null expectation, C - 1. */
  readonly ratio: number
  /** That column, from 0. */
  readonly column: number
  /** Whether chance explains the ratio, divided by the level aimed at, as the largest of K. */
  readonly explained: boolean
}

/** How often random labels may be taken for a difference, over all columns. */
const falseAlarm = 0.001

/**
 * Compares ranks between classes in every column of theta (N, K): H = 12 / (n (n + 1)) sum n_c (mean rank - (n +
 * 1)/2)^2, with the usual correction for ties (Kruskal and Wallis 1952). The null is chi^2 with C - 1 degrees of
 * freedom, made normal by Wilson and Hilferty's cube root. Its tail is at most exp(-z^2 / 2): alarms are a little rarer
 * than `falseAlarm`.
 */
export function rankCheck(theta: Matrix, classes: readonly Int32Array[], level: number): RankCheck {
  const freedom = classes.length - 1
  const rows = Int32Array.from(classes.flatMap((members) => [...members]))
  let [ratio, column] = [0, 0]
  for (let k = 0; k < theta.cols; k++) {
    const own = rankDifference(theta, rows, classes, k) / freedom
    if (own > ratio) [ratio, column] = [own, k]
  }
  const spread = 2 / (9 * freedom)
  const z = (Math.cbrt(ratio / level) - (1 - spread)) / Math.sqrt(spread)
  return { ratio, column, explained: z <= Math.sqrt(2 * Math.log(theta.cols / falseAlarm)) }
}

/** H of one column; 0 where it does not vary. `rows` are those of `classes`, class after class. */
function rankDifference(
  { cols: K, data }: Matrix,
  rows: Int32Array,
  classes: readonly Int32Array[],
  k: number,
): number {
  const n = rows.length
  const value = (r: number): number => data[rows[r]! * K + k]!
  const order = Int32Array.from(rows, (_, r) => r).sort((a, b) => value(a) - value(b))
  const ranks = new Float64Array(n)
  let ties = 0
  for (let start = 0, end = 0; start < n; start = end) {
    while (end < n && value(order[end]!) === value(order[start]!)) end++
    for (let at = start; at < end; at++) ranks[order[at]!] = (start + end + 1) / 2
    ties += (end - start) ** 3 - (end - start)
  }
  const varying = 1 - ties / (n ** 3 - n)
  if (!(varying > 0)) return 0
  let first = 0
  let sum = 0
  for (const { length } of classes) {
    let mean = 0
    for (let r = first; r < first + length; r++) mean += ranks[r]! / length
    sum += length * (mean - (n + 1) / 2) ** 2
    first += length
  }
  return (12 * sum) / (n * (n + 1)) / varying
}
