/** @file Cholesky factors of small symmetric positive definite matrices in float64, row-major. */

import { product64, product64NT, product64TN, type Dense } from '@indistinct/kernels'

/** Columns that are eliminated at once where there are more: what is left then changes by one product. */
const blockColumns = 128

/**
 * Replaces the lower triangle of `a` (K, K) by L, a = L L'; what lies above the diagonal is left as it is.
 * @returns the logarithm of the determinant of a
 * @throws RangeError when a pivot is not above zero.
 */
export function choleskyInPlace(caller: string, a: Float64Array, K: number): number {
  let logDeterminant = 0
  for (let first = 0; first < K; first += blockColumns) {
    const end = Math.min(K, first + blockColumns)
    logDeterminant += eliminate(caller, a, K, first, end)
    if (end < K) takeProducts(a, K, first, end)
  }
  return logDeterminant
}

/** Columns first .. end - 1 of L, from what earlier ones left; the logarithm of their share of the determinant. */
function eliminate(caller: string, a: Float64Array, K: number, first: number, end: number): number {
  let logDeterminant = 0
  for (let i = first; i < K; i++) {
    for (let j = first; j < end && j <= i; j++) {
      let sum = a[i * K + j]!
      for (let k = first; k < j; k++) sum -= a[i * K + k]! * a[j * K + k]!
      if (i !== j) {
        a[i * K + j] = sum / a[j * K + j]!
        continue
      }
      if (!(sum > 0 && sum < Infinity))
        throw new RangeError(`${caller}: expected a positive definite matrix, got pivot ${sum} in row ${i}`)
      a[i * K + i] = Math.sqrt(sum)
      logDeterminant += Math.log(sum)
    }
  }
  return logDeterminant
}

/** Takes the products of columns first .. end - 1 of L off the lower triangle behind them. */
function takeProducts(a: Float64Array, K: number, first: number, end: number): void {
  const panel = part(a, K, end, K, first, end)
  const rest = K - end
  const products = product64NT(panel, panel)
  for (let i = 0; i < rest; i++)
    for (let j = 0, p = (end + i) * K + end; j <= i; j++, p++) a[p]! -= products[i * rest + j]!
}

/** Rows .. and columns .. of a (K, K), by themselves. */
function part(a: Float64Array, K: number, fromRow: number, toRow: number, fromCol: number, toCol: number): Dense {
  const cols = toCol - fromCol
  const data = new Float64Array((toRow - fromRow) * cols)
  for (let i = fromRow; i < toRow; i++) data.set(a.subarray(i * K + fromCol, i * K + toCol), (i - fromRow) * cols)
  return { rows: toRow - fromRow, cols, data }
}

/** Solves L y = v in place, v the K values of `values` from `start`. */
export function solveLower(lower: Float64Array, K: number, values: Float64Array, start = 0): void {
  for (let i = 0; i < K; i++) {
    let sum = values[start + i]!
    for (let k = 0; k < i; k++) sum -= lower[i * K + k]! * values[start + k]!
    values[start + i] = sum / lower[i * K + i]!
  }
}

/** Solves L' y = v in place, v the K values of `values` from `start`; row by row, since rows lie together in memory. */
export function solveLowerTransposed(lower: Float64Array, K: number, values: Float64Array, start = 0): void {
  for (let i = K - 1; i >= 0; i--) {
    const solved = values[start + i]! / lower[i * K + i]!
    values[start + i] = solved
    for (let k = 0; k < i; k++) values[start + k]! -= lower[i * K + k]! * solved
  }
}

/** The inverse of a symmetric positive definite `a` (K, K), of which the lower triangle is overwritten. */
export function choleskyInverse(caller: string, a: Float64Array, K: number): Float64Array {
  choleskyInPlace(caller, a, K)
  const inverse = { rows: K, cols: K, data: invertLower(a, K) }
  return product64TN(inverse, inverse)
}

/** L^-1 of a lower triangle (K, K), zeros above the diagonal. */
export function invertLower(lower: Float64Array, K: number): Float64Array {
  const out = new Float64Array(K * K)
  invertBlock(lower, out, K, 0, K)
  return out
}

/** The block of rows and columns first .. end - 1: its halves, and what lies between them by two products. */
function invertBlock(lower: Float64Array, out: Float64Array, K: number, first: number, end: number): void {
  if (end - first <= blockColumns) return invertRows(lower, out, K, first, end)
  const middle = (first + end) >> 1
  invertBlock(lower, out, K, first, middle)
  invertBlock(lower, out, K, middle, end)
  const between = part(lower, K, middle, end, first, middle)
  const upper = product64(between, part(out, K, first, middle, first, middle))
  const made = product64(part(out, K, middle, end, middle, end), { ...between, data: upper })
  const cols = middle - first
  for (let i = middle; i < end; i++)
    for (let j = 0, p = (i - middle) * cols; j < cols; j++, p++) out[i * K + first + j] = -made[p]!
}

function invertRows(lower: Float64Array, out: Float64Array, K: number, first: number, end: number): void {
  for (let i = first; i < end; i++) {
    const row = i * K
    for (let k = first; k < i; k++) {
      const factor = lower[row + k]!
      for (let j = first, p = k * K + first; j <= k; j++, p++) out[row + j]! -= factor * out[p]!
    }
    const pivot = lower[row + i]!
    for (let j = first; j < i; j++) out[row + j]! /= pivot
    out[row + i] = 1 / pivot
  }
}
