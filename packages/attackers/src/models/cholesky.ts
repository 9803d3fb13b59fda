/** @file Cholesky factors of small symmetric positive definite matrices in float64, row-major. */

import { product64TN } from '@indistinct/kernels'

/**
 * Replaces the lower triangle of `a` (K, K) by L, a = L L'; what lies above the diagonal is left as it is.
 * @returns the logarithm of the determinant of a
 * @throws RangeError when a pivot is not above zero.
 */
export function choleskyInPlace(caller: string, a: Float64Array, K: number): number {
  let logDeterminant = 0
  for (let i = 0; i < K; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * K + j]!
      for (let k = 0; k < j; k++) sum -= a[i * K + k]! * a[j * K + k]!
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
  for (let i = 0; i < K; i++) {
    const row = i * K
    for (let k = 0; k < i; k++) {
      const factor = lower[row + k]!
      for (let j = 0, p = k * K; j <= k; j++, p++) out[row + j]! -= factor * out[p]!
    }
    const pivot = lower[row + i]!
    for (let j = 0; j < i; j++) out[row + j]! /= pivot
    out[row + i] = 1 / pivot
  }
  return out
}
