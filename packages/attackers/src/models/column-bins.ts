/** @file Values as numbers of bins, a column at a time, the same share of rows in each. */

import type { Matrix } from '@indistinct/core'

/** Cells of equal width that a column's limits are spread over, a limit: most values then need no further step. */
const cellsABin = 8

/**
 * The map of rows (M, K) to bins 0 .. bins - 1 of each column, whose limits are quantiles of `known` (N, K). Equal
 * values share a bin; what lies beyond the known values falls into the outer ones.
 */
export function columnBins(known: Matrix, bins: number): (x: Matrix) => Matrix {
  const { cols: K } = known
  const cells = cellsABin * bins
  /** Ascending limits of each column (K, bins), infinite beyond the last. */
  const limits = new Float32Array(K * bins).fill(Infinity)
  const from = new Float64Array(K)
  const cellsAUnit = new Float64Array(K)
  /** How many limits lie below all of a cell (K, cells). */
  const below = new Uint16Array(K * cells)
  for (let j = 0; j < K; j++) {
    const own = limitsOf(known, j, bins)
    limits.set(own, j * bins)
    const [first, last] = [own[0] ?? 0, own[own.length - 1] ?? 0]
    from[j] = first
    cellsAUnit[j] = last > first ? cells / (last - first) : 0
    // Counted at the cell before, so that rounding never counts a limit that a value does not reach.
    for (let cell = 2, at = 0; cell < cells; cell++) {
      const edge = first + (cell - 1) / cellsAUnit[j]!
      while (own[at]! < edge) at++
      below[j * cells + cell] = at
    }
  }
  return ({ rows, data }) => {
    const out = new Float32Array(data.length)
    for (let i = 0, p = 0; i < rows; i++) {
      for (let j = 0; j < K; j++, p++) {
        const value = data[p]!
        const cell = Math.min(cells - 1, Math.max(0, (value - from[j]!) * cellsAUnit[j]!)) | 0
        let bin = below[j * cells + cell]!
        while (limits[j * bins + bin]! < value) bin++
        out[p] = bin
      }
    }
    return { rows, cols: K, data: out }
  }
}

/** Quantiles of column j that split its values into bins, ascending, equal ones once. */
function limitsOf({ rows: N, cols: K, data }: Matrix, j: number, bins: number): Float32Array {
  const sorted = Float32Array.from({ length: N }, (_, i) => data[i * K + j]!).sort()
  const at = Array.from({ length: bins - 1 }, (_, b) => sorted[Math.ceil(((b + 1) * N) / bins) - 1]!)
  // A value lies above a limit or not: the largest known one is no limit, since nothing known lies above it.
  return Float32Array.from(new Set(at.filter((limit) => limit < sorted[N - 1]!)))
}
