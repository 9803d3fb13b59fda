/**
 * @file Eigenvectors of larger symmetric matrices in float64: Householder's reduction to three diagonals, then implicit
 * QL steps (Golub and Van Loan, Matrix Computations, 8.3). Sums, quotients and square roots only, in one order, so
 * equal bytes everywhere. Eigenvalues are right to about 1e-15 of the largest.
 */

/**
 * Eigenvalues (n), in no order, and orthonormal eigenvectors as rows (n, n) of a symmetric (n, n) matrix, row-major,
 * which is overwritten.
 * @throws Error when QL steps do not converge, which finite input never meets.
 */
export function tridiagonalEigen(a: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const { diagonal, beside, factors } = reduced(a, n)
  const vectors = transposedProduct(a, factors, n)
  implicitQl(diagonal, beside, vectors, n)
  return { values: diagonal, vectors }
}

/**
 * Three diagonals of H ... H a H ... H, H = I - factor v v'. The v of step k is left in row k of `a`, from column
 * k + 1 on.
 */
function reduced(a: Float64Array, n: number): { diagonal: Float64Array; beside: Float64Array; factors: Float64Array } {
  const diagonal = new Float64Array(n)
  const beside = new Float64Array(n)
  const factors = new Float64Array(n)
  const p = new Float64Array(n)
  for (let k = 0; k < n; k++) {
    const row = k * n
    diagonal[k] = a[row + k]!
    if (k === n - 1) break
    let squares = 0
    for (let j = k + 2; j < n; j++) squares += a[row + j]! * a[row + j]!
    const first = a[row + k + 1]!
    if (squares === 0) {
      beside[k] = first
      continue
    }
    const length = Math.sqrt(first * first + squares)
    beside[k] = first > 0 ? -length : length
    // Away from the first entry, so that nothing cancels.
    const head = first - beside[k]!
    a[row + k + 1] = head
    const factor = 2 / (head * head + squares)
    factors[k] = factor
    let along = 0
    for (let i = k + 1; i < n; i++) {
      let sum = 0
      for (let j = k + 1, q = i * n + k + 1; j < n; j++, q++) sum += a[q]! * a[row + j]!
      p[i] = factor * sum
      along += p[i]! * a[row + i]!
    }
    const half = 0.5 * factor * along
    for (let i = k + 1; i < n; i++) p[i]! -= half * a[row + i]!
    for (let i = k + 1; i < n; i++) {
      const [v, w] = [a[row + i]!, p[i]!]
      for (let j = k + 1, q = i * n + k + 1; j < n; j++, q++) a[q]! -= v * p[j]! + w * a[row + j]!
    }
  }
  return { diagonal, beside, factors }
}

/** The transpose of H_0 H_1 ... (n, n), of the steps that `reduced` left in `a`. */
function transposedProduct(a: Float64Array, factors: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n)
  for (let i = 0; i < n; i++) product[i * n + i] = 1
  const w = new Float64Array(n)
  for (let k = n - 2; k >= 0; k--) {
    const factor = factors[k]!
    if (factor === 0) continue
    const row = k * n
    w.fill(0)
    for (let i = k + 1; i < n; i++)
      for (let j = k + 1, q = i * n + k + 1; j < n; j++, q++) w[j]! += a[row + i]! * product[q]!
    for (let i = k + 1; i < n; i++) {
      const scale = factor * a[row + i]!
      for (let j = k + 1, q = i * n + k + 1; j < n; j++, q++) product[q]! -= scale * w[j]!
    }
  }
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[j * n + i] = product[i * n + j]!
  return out
}

const mostSteps = 60

/** Brings `beside` to zero by rotations that `vectors` (rows) follow; `diagonal` then holds the eigenvalues. */
function implicitQl(diagonal: Float64Array, beside: Float64Array, vectors: Float64Array, n: number): void {
  // Against the largest, not against its neighbours: what rounding leaves of zeros is no smaller than it.
  let largest = 0
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(diagonal[i]!) + Math.abs(beside[i]!))
  const negligible = 2 ** -53 * largest
  for (let l = 0; l < n; l++) {
    for (let step = 0; ; step++) {
      let m = l
      while (m < n - 1 && Math.abs(beside[m]!) > negligible) m++
      if (m === l) break
      if (step === mostSteps) throw new Error(`tridiagonalEigen: no convergence in ${mostSteps} steps`)
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
