/** @file Products of rows with one vector in float64, several sums at a time: an addition waits for the one before. */

/** Adds to out[f] the product of row f of `rows` (F, K) with x (K), for each f below `count`, in order of columns. */
export function addProducts(out: Float64Array, rows: Float64Array, x: Float64Array, count: number): void {
  const K = x.length
  let f = 0
  for (; f + 4 <= count; f += 4) {
    const first = f * K
    let [a, b, c, d] = [out[f]!, out[f + 1]!, out[f + 2]!, out[f + 3]!]
    for (let k = 0, p = first; k < K; k++, p++) {
      const value = x[k]!
      a += rows[p]! * value
      b += rows[p + K]! * value
      c += rows[p + 2 * K]! * value
      d += rows[p + 3 * K]! * value
    }
    out[f] = a
    out[f + 1] = b
    out[f + 2] = c
    out[f + 3] = d
  }
  for (; f < count; f++) {
    let sum = out[f]!
    for (let k = 0, p = f * K; k < K; k++, p++) sum += rows[p]! * x[k]!
    out[f] = sum
  }
}

/** Sum of a[from + p] b[p] over p below `count`, as four sums that are added last. */
export function dotProduct(a: Float64Array, from: number, b: Float64Array, count: number): number {
  let [s, t, u, v] = [0, 0, 0, 0]
  let p = 0
  for (; p + 4 <= count; p += 4) {
    s += a[from + p]! * b[p]!
    t += a[from + p + 1]! * b[p + 1]!
    u += a[from + p + 2]! * b[p + 2]!
    v += a[from + p + 3]! * b[p + 3]!
  }
  for (; p < count; p++) s += a[from + p]! * b[p]!
  return s + t + (u + v)
}

/** Adds to `out` (K) the first `count` rows of `rows` (F, K), each times its height. */
export function addCombination(out: Float64Array, rows: Float64Array, heights: Float64Array, count: number): void {
  const K = out.length
  let f = 0
  for (; f + 4 <= count; f += 4) {
    const [a, b, c, d] = [heights[f]!, heights[f + 1]!, heights[f + 2]!, heights[f + 3]!]
    for (let k = 0, p = f * K; k < K; k++, p++)
      out[k]! += a * rows[p]! + b * rows[p + K]! + (c * rows[p + 2 * K]! + d * rows[p + 3 * K]!)
  }
  for (; f < count; f++) for (let k = 0, p = f * K; k < K; k++, p++) out[k]! += heights[f]! * rows[p]!
}
