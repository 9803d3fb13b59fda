/**
 * @file The relabellings of permutation tests: what users are, dealt out anew among them. Relabelling b of a seed moves
 * the same users to the same places for every table, attribute and attack, so that one test can judge all of them
 * together (`maxStatistic` of @indistinct/metrics) and what attributes have to do with each other is kept.
 */

import { randomStream, shuffle } from '@indistinct/core'

/**
 * `values` (N) with those of `rows` (ascending) dealt anew among these rows by relabelling `b`. Attributes known of the
 * same rows move together.
 */
export function dealtAnew<T extends Int32Array | Float64Array>(
  values: T,
  rows: Int32Array,
  seed: number,
  b: number,
): T {
  const out = values.slice() as T
  const from = shuffle(rows.slice(), randomStream(seed, 'relabelling', b))
  rows.forEach((row, at) => (out[row] = values[from[at]!]!))
  return out
}
