/** @file Cholesky factors of small symmetric positive definite matrices in float64, row-major. */

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
