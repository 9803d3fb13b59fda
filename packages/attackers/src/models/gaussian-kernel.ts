/** @file The Gaussian kernel exp(-gamma d^2) of attackers, and the gamma that they take. */

/**
 * 1 over the sum of the columns' variances (N, K), scikit-learn's 'scale' of centred columns; 1 where nothing varies.
 */
export function scaleGamma(values: Float64Array, N: number, K: number): number {
  const mean = new Float64Array(K)
  for (let i = 0, p = 0; i < N; i++) for (let j = 0; j < K; j++, p++) mean[j]! += values[p]! / N
  let variance = 0
  for (let i = 0, p = 0; i < N; i++) for (let j = 0; j < K; j++, p++) variance += (values[p]! - mean[j]!) ** 2 / N
  return variance > 0 ? 1 / variance : 1
}

/**
 * 1 over twice the median squared distance of rows (N, K) to the nearest other row: a kernel as wide as rows lie apart.
 * Where half of the rows equal another, the median of the rest; 1 where all do.
 */
export function nearestGamma(values: Float64Array, N: number, K: number): number {
  const nearest = new Float64Array(N).fill(Infinity)
  for (let i = 0; i < N; i++) {
    for (let m = 0; m < i; m++) {
      const distance = squaredDistance(values, i * K, values, m * K, K)
      if (distance < nearest[i]!) nearest[i] = distance
      if (distance < nearest[m]!) nearest[m] = distance
    }
  }
  const sorted = nearest.filter((distance) => distance < Infinity).sort()
  const apart = sorted[Math.floor((sorted.length - 1) / 2)]! > 0 ? sorted : sorted.filter((distance) => distance > 0)
  return apart.length > 0 ? 1 / (apart[Math.floor((apart.length - 1) / 2)]! + apart[Math.floor(apart.length / 2)]!) : 1
}

/** Squared distance of the K values of `a` from `atA` and of `b` from `atB`. */
export function squaredDistance(a: Float64Array, atA: number, b: Float64Array, atB: number, K: number): number {
  let even = 0
  let odd = 0
  let j = 0
  for (; j + 4 <= K; j += 4) {
    const p = a[atA + j]! - b[atB + j]!
    const q = a[atA + j + 1]! - b[atB + j + 1]!
    const r = a[atA + j + 2]! - b[atB + j + 2]!
    const s = a[atA + j + 3]! - b[atB + j + 3]!
    even += p * p + r * r
    odd += q * q + s * s
  }
  for (; j < K; j++) even += (a[atA + j]! - b[atB + j]!) ** 2
  return even + odd
}
