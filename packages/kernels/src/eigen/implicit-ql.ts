/**
 * @file Eigenvectors of small matrices of three diagonals by implicit QL steps (Golub and Van Loan, Matrix
 * Computations, 8.3). Eigenvalues are right to about 1e-15 of the largest.
 */

const mostSteps = 60

/**
 * Brings `beside` to zero by rotations that `vectors` (rows) follow; `diagonal` then holds the eigenvalues.
 * @throws Error when steps do not converge, which finite input never meets.
 */
export function implicitQl(diagonal: Float64Array, beside: Float64Array, vectors: Float64Array, n: number): void {
  // Against the largest, not against its neighbours: what rounding leaves of zeros is no smaller than it.
  let largest = 0
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(diagonal[i]!) + Math.abs(beside[i]!))
  const negligible = 2 ** -53 * largest
  for (let l = 0; l < n; l++) {
    for (let step = 0; ; step++) {
      let m = l
      while (m < n - 1 && Math.abs(beside[m]!) > negligible) m++
      if (m === l) break
      if (step === mostSteps) throw new Error(`implicitQl: no convergence in ${mostSteps} steps`)
      qlStep(diagonal, beside, vectors, n, l, m)
    }
  }
}

/** One step with Wilkinson's shift on the block from l to m. */
function qlStep(d: Float64Array, e: Float64Array, vectors: Float64Array, n: number, l: number, m: number): void {
  const ratio = (d[l + 1]! - d[l]!) / (2 * e[l]!)
  const root = Math.sqrt(ratio * ratio + 1)
  let g = d[m]! - d[l]! + e[l]! / (ratio + (ratio < 0 ? -root : root))
  let [s, c, p] = [1, 1, 0]
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i]!
    const b = c * e[i]!
    const r = Math.sqrt(f * f + g * g)
    e[i + 1] = r
    if (r === 0) {
      d[i + 1]! -= p
      e[m] = 0
      return
    }
    s = f / r
    c = g / r
    g = d[i + 1]! - p
    const turned = (d[i]! - g) * s + 2 * c * b
    p = s * turned
    d[i + 1] = g + p
    g = c * turned - b
    for (let k = 0, x = i * n, y = x + n; k < n; k++, x++, y++) {
      const upper = vectors[y]!
      const lower = vectors[x]!
      vectors[y] = s * lower + c * upper
      vectors[x] = c * lower - s * upper
    }
  }
  d[l]! -= p
  e[l] = g
  e[m] = 0
}
