/** @file How far the neighbours that a map shows are neighbours in the table. */

import type { Matrix } from '@indistinct/core'

/**
 * Trustworthiness of a map (Venna and Kaski 2001): 1 when each point's `k` nearest points in the map are its `k`
 * nearest in the table, less by the ranks of those that are not; a random map has about 0.5. O(N^2 K), for maps of a
 * few thousand points. A row as far away as another does not count as nearer.
 * @param table (N, K)
 * @param map (N, 2), or any width
 * @param k below N / 2 (default 5)
 */
export function trustworthiness(table: Matrix, map: Matrix, k = 5): number {
  const n = table.rows
  if (map.rows !== n) throw new RangeError(`trustworthiness: expected a map of ${n} rows, got ${map.rows}`)
  if (!(Number.isInteger(k) && k >= 1 && k < n / 2))
    throw new RangeError(`trustworthiness: expected k of at least 1 and below half of ${n} rows, got ${k}`)
  const near = new Float64Array(n)
  const far = new Float64Array(n)
  let penalty = 0
  for (let i = 0; i < n; i++) {
    squaredDistances(map, i, near)
    squaredDistances(table, i, far)
    for (const j of smallest(near, k, i)) {
      let rank = 1
      for (let l = 0; l < n; l++) if (l !== i && far[l]! < far[j]!) rank++
      if (rank > k) penalty += rank - k
    }
  }
  return 1 - (2 / (n * k * (2 * n - 3 * k - 1))) * penalty
}

function squaredDistances(m: Matrix, i: number, out: Float64Array): void {
  for (let j = 0; j < m.rows; j++) {
    let sum = 0
    for (let c = 0; c < m.cols; c++) sum += (m.data[i * m.cols + c]! - m.data[j * m.cols + c]!) ** 2
    out[j] = sum
  }
}

/** Indices of the `k` smallest values other than that of `self`; ties by lower index. */
function smallest(values: Float64Array, k: number, self: number): number[] {
  const kept: number[] = []
  for (let j = 0; j < values.length; j++) {
    if (j === self || (kept.length === k && values[j]! >= values[kept[k - 1]!]!)) continue
    let place = Math.min(kept.length, k - 1)
    while (place > 0 && values[kept[place - 1]!]! > values[j]!) {
      kept[place] = kept[place - 1]!
      place--
    }
    kept[place] = j
  }
  return kept
}
