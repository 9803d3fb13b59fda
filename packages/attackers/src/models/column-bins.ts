/** @file Values as numbers of bins, a column at a time, the same share of rows in each. */

import type { Matrix } from '@indistinct/core'

/**
 * The map of rows (M, K) to bins 0 .. bins - 1 of each column, whose limits are quantiles of `known` (N, K). Equal
 * values share a bin; what lies beyond the known values falls into the outer ones.
 */
export function columnBins(known: Matrix, bins: number): (x: Matrix) => Matrix {
  const { rows: N, cols: K, data } = known
  const column = new Float32Array(N)
  const limits = Array.from({ length: K }, (_, j) => {
    for (let i = 0; i < N; i++) column[i] = data[i * K + j]!
    const sorted = column.slice().sort()
    const at = Array.from({ length: bins - 1 }, (_, b) => sorted[Math.ceil(((b + 1) * N) / bins) - 1]!)
    // A value lies above a limit or not: the largest known one is no limit, since nothing known lies above it.
    return Float32Array.from(new Set(at.filter((limit) => limit < sorted[N - 1]!)))
  })
  return (x) => {
    const out = new Float32Array(x.data.length)
    for (let i = 0, p = 0; i < x.rows; i++) for (let j = 0; j < K; j++, p++) out[p] = binOf(limits[j]!, x.data[p]!)
    return { rows: x.rows, cols: K, data: out }
  }
}

/** How many of ascending limits lie below the value. */
function binOf(limits: Float32Array, value: number): number {
  let [low, high] = [0, limits.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (limits[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
