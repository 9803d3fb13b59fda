/** @file How far to draw a covariance of few rows towards a multiple of the identity. */

/**
 * The oracle-approximating shrinkage rho of Chen, Wiesel, Eldar and Hero (2010), in the form of scikit-learn's `oas`:
 * (1 - rho) S + rho tr(S) / K I is close to the best such mixture for Gaussian rows. About 1 / n for plenty of rows
 * of unlike variances, 1 where S is no different from a multiple of the identity; never 0 unless K is 1, so the
 * mixture has full rank whenever S is not zero.
 * @param covariance (K, K), of `rows` rows; its scale does not matter
 */
export function oasShrinkage(covariance: Float64Array, K: number, rows: number): number {
  let squares = 0
  let trace = 0
  for (let j = 0; j < K; j++) {
    trace += covariance[j * K + j]!
    for (let k = 0; k < K; k++) squares += covariance[j * K + k]! * covariance[j * K + k]!
  }
  return oasOfSums(squares, trace, K, rows)
}

/** The same from the sum of squares and the trace of S (K, K): all it takes of it. */
export function oasOfSums(squares: number, trace: number, K: number, rows: number): number {
  const alpha = squares / (K * K)
  const mu = trace / K
  const denominator = (rows + 1) * (alpha - (mu * mu) / K)
  return denominator > 0 ? Math.min(1, (alpha + mu * mu) / denominator) : 1
}
