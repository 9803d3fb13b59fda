/**
 * @file The nearest rows of every row among those of other folds, for attackers of fine structure: all pairs are
 * compared, exactly, once for every fold and every number of neighbours.
 */

import { squaredDistance } from './gaussian-kernel.ts'
import type { Matrix } from '@indistinct/core'

export interface NearestRows {
  /** Rows that were asked about (M), ascending. */
  readonly asked: Int32Array
  readonly k: number
  /** (M, k) rows, nearest first; of rows equally far away the earlier one is nearer. */
  readonly rows: Int32Array
  /** (M, k) squared distances. */
  readonly distances: Float64Array
}

/** Columns after which a row that is already too far is given up. */
const step = 8

/**
 * @param x (N, K)
 * @param foldOf fold of each row (N), below 0 for rows that are no neighbours
 * @param asked rows to be asked about (M); each has at least k neighbours in other folds
 */
export function nearestRows(
  { rows: N, cols: K, data }: Matrix,
  foldOf: Int8Array,
  asked: Int32Array,
  k: number,
): NearestRows {
  const values = Float64Array.from(data)
  const rows = new Int32Array(asked.length * k)
  const distances = new Float64Array(asked.length * k).fill(Infinity)
  asked.forEach((i, m) => {
    const own = foldOf[i]!
    const from = m * k
    const last = from + k - 1
    for (let other = 0; other < N; other++) {
      const fold = foldOf[other]!
      if (fold === own || fold < 0) continue
      const furthest = distances[last]!
      let distance = 0
      for (let j = 0; j < K && distance < furthest; j += step) {
        distance += squaredDistance(values, i * K + j, values, other * K + j, Math.min(step, K - j))
      }
      if (distance >= furthest) continue
      let at = last
      while (at > from && distances[at - 1]! > distance) {
        distances[at] = distances[at - 1]!
        rows[at] = rows[at - 1]!
        at--
      }
      distances[at] = distance
      rows[at] = other
    }
  })
  return { asked, k, rows, distances }
}
