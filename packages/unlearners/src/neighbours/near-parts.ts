/**
 * @file Rows parted into small groups of rows near to one another, by random directions: what pairs of all rows are too
 * many for.
 */

import type { Matrix, Random } from '@indistinct/core'

/**
 * Groups of at most `size` (2 or more) rows of m (N, K): halves along random directions, again and again. Every row is
 * of one group.
 */
export function nearParts(m: Matrix, size: number, random: Random): Int32Array[] {
  const parts: Int32Array[] = []
  const open: Int32Array[] = [Int32Array.from({ length: m.rows }, (_, i) => i)]
  for (let rows = open.pop(); rows; rows = open.pop()) {
    if (rows.length <= size) {
      parts.push(rows)
      continue
    }
    const sorted = sortedAlong(m, rows, randomDirection(m, rows, random))
    const half = rows.length >> 1
    open.push(sorted.subarray(0, half), sorted.subarray(half))
  }
  return parts
}

/** The difference of two of the rows drawn: along it rows differ as they do. */
export function randomDirection({ cols, data }: Matrix, rows: Int32Array, random: Random): Float64Array {
  const [a, b] = [0, 1].map(() => rows[random.integer(rows.length)]! * cols)
  const direction = Float64Array.from({ length: cols }, (_, k) => data[a! + k]! - data[b! + k]!)
  return direction.some((value) => value !== 0) ? direction : Float64Array.from({ length: cols }, () => random.normal())
}

/** Rows by their place along `direction`; those at one place in the order given. */
export function sortedAlong({ cols, data }: Matrix, rows: Int32Array, direction: Float64Array): Int32Array {
  const places = Float64Array.from(rows, (row) => {
    let sum = 0
    for (let k = 0, p = row * cols; k < cols; k++, p++) sum += data[p]! * direction[k]!
    return sum
  })
  return Int32Array.from(rows.keys())
    .sort((a, b) => places[a]! - places[b]! || a - b)
    .map((at) => rows[at]!)
}
