/** @file Inverse and determinant of a small symmetric positive definite matrix, by Cholesky, in float64. */

export interface Inverted {
  /** (K, K), symmetric to the last bit. */
  readonly inverse: Float64Array
  readonly logDeterminant: number
}

/**
 * @param a symmetric (K, K), row-major; only its lower triangle is read
 * @throws RangeError when a pivot is not above zero: the matrix is not positive definite to working precision.
 */
export function invertPositiveDefinite(caller: string, a: Float64Array, K: number): Inverted {
  const lower = new Float64Array(K * K)
  let logDeterminant = 0
  for (let i = 0; i < K; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * K + j]!
      for (let k = 0; k < j; k++) sum -= lower[i * K + k]! * lower[j * K + k]!
      if (i !== j) {
        lower[i * K + j] = sum / lower[j * K + j]!
        continue
      }
      if (!(sum > 0 && sum < Infinity))
        throw new RangeError(`${caller}: expected a positive definite covariance, got pivot ${sum} in dimension ${i}`)
      lower[i * K + i] = Math.sqrt(sum)
      logDeterminant += Math.log(sum)
    }
  }
  // Rows of L^-1 by forward substitution, then A^-1 = L^-T L^-1.
  const root = new Float64Array(K * K)
  for (let column = 0; column < K; column++) {
    for (let i = column; i < K; i++) {
      let sum = i === column ? 1 : 0
      for (let k = column; k < i; k++) sum -= lower[i * K + k]! * root[k * K + column]!
      root[i * K + column] = sum / lower[i * K + i]!
    }
  }
  const inverse = new Float64Array(K * K)
  for (let i = 0; i < K; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let k = i; k < K; k++) sum += root[k * K + i]! * root[k * K + j]!
      inverse[i * K + j] = sum
      inverse[j * K + i] = sum
    }
  }
  return { inverse, logDeterminant }
}
