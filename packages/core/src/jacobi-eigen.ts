/**
 * @file Eigenvectors of small symmetric matrices in float64, by Jacobi's rotations: plain square roots only, so equal
 * bytes everywhere.
 */

export interface SymmetricEigen {
  /** Eigenvalues (n), largest first. */
  readonly values: Float64Array
  /** Orthonormal eigenvectors as rows: vectors[a * n + k] is entry k of the one for values[a]. */
  readonly vectors: Float64Array
}

/** Sweeps converge quadratically after the first few; this many are never reached by finite input. */
const maxSweeps = 60

/**
 * Eigenvalues and eigenvectors of a small symmetric (n, n) matrix, row-major; the upper triangle is read. Time grows
 * with n^3 from about 0.3 s at 128: `symmetricEigen` of @indistinct/kernels takes larger ones.
 */
export function jacobiEigen(matrix: Float64Array, n: number): SymmetricEigen {
  // An odd stride: with that of a power of two, columns would share few lines of the cache.
  const m = n | 1
  const a = new Float64Array(n * m)
  const v = new Float64Array(n * n)
  let size = 0
  for (let i = 0; i < n; i++) {
    v[i * n + i] = 1
    for (let j = i; j < n; j++) {
      const value = matrix[i * n + j]!
      a[i * m + j] = value
      size += value ** 2
    }
  }
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let off = 0
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) off += a[i * m + j]! ** 2
    if (off <= size * 1e-32) break
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * m + q]!
        if (apq === 0) continue
        const ratio = (a[q * m + q]! - a[p * m + p]!) / (2 * apq)
        const t = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1))
        const c = 1 / Math.sqrt(t * t + 1)
        const s = t * c
        a[p * m + p]! -= t * apq
        a[q * m + q]! += t * apq
        a[p * m + q] = 0
        // Only the upper triangle is kept: columns of both above p, row p and column q between, rows of both after q.
        rotate(a, p, m, q, m, p, c, s)
        rotate(a, p * m + p + 1, 1, (p + 1) * m + q, m, q - p - 1, c, s)
        rotate(a, p * m + q + 1, 1, q * m + q + 1, 1, n - q - 1, c, s)
        rotate(v, p * n, 1, q * n, 1, n, c, s)
      }
    }
  }
  return descendingEigen(
    Float64Array.from({ length: n }, (_, i) => a[i * m + i]!),
    v,
    n,
  )
}

/** Eigenvalues (n) and eigenvectors as rows (n, n), brought into descending order. */
export function descendingEigen(values: Float64Array, rows: Float64Array, n: number): SymmetricEigen {
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => values[j]! - values[i]! || i - j)
  const vectors = new Float64Array(n * n)
  order.forEach((from, to) => vectors.set(rows.subarray(from * n, (from + 1) * n), to * n))
  return { values: Float64Array.from(order, (i) => values[i]!), vectors }
}

/**
 * Turns `count` pairs of entries, x from `p` on in steps of `stepP` and y from `q` on, into c x - s y and s x + c y.
 */
function rotate(
  a: Float64Array,
  p: number,
  stepP: number,
  q: number,
  stepQ: number,
  count: number,
  c: number,
  s: number,
): void {
  for (let k = 0; k < count; k++, p += stepP, q += stepQ) {
    const x = a[p]!
    const y = a[q]!
    a[p] = c * x - s * y
    a[q] = s * x + c * y
  }
}
