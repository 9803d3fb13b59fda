/** @file Eigenvectors of small symmetric matrices in float64, by Jacobi rotations: plain square roots only, so equal bytes everywhere. */

export interface SymmetricEigen {
  /** Eigenvalues (n), largest first. */
  readonly values: Float64Array
  /** Orthonormal eigenvectors as rows: vectors[a * n + k] is entry k of the one for values[a]. */
  readonly vectors: Float64Array
}

/** Sweeps converge quadratically after the first few; this many are never reached by finite input. */
const maxSweeps = 60

/** Eigenvalues and eigenvectors of a symmetric (n, n) matrix, row-major; the upper triangle is read. */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = matrix.slice()
  const v = new Float64Array(n * n)
  let size = 0
  for (let i = 0; i < n; i++) {
    v[i * n + i] = 1
    for (let j = i; j < n; j++) size += a[i * n + j]! ** 2
  }
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let off = 0
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) off += a[i * n + j]! ** 2
    if (off <= size * 1e-32) break
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q]!
        if (apq === 0) continue
        const ratio = (a[q * n + q]! - a[p * n + p]!) / (2 * apq)
        const t = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1))
        const c = 1 / Math.sqrt(t * t + 1)
        const s = t * c
        a[p * n + p]! -= t * apq
        a[q * n + q]! += t * apq
        a[p * n + q] = 0
        for (let k = 0; k < n; k++) {
          if (k !== p && k !== q) {
            // Only the upper triangle is kept.
            const kp = k < p ? k * n + p : p * n + k
            const kq = k < q ? k * n + q : q * n + k
            const [x, y] = [a[kp]!, a[kq]!]
            a[kp] = c * x - s * y
            a[kq] = s * x + c * y
          }
          const [x, y] = [v[p * n + k]!, v[q * n + k]!]
          v[p * n + k] = c * x - s * y
          v[q * n + k] = s * x + c * y
        }
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]! || i - j)
  const vectors = new Float64Array(n * n)
  order.forEach((from, to) => vectors.set(v.subarray(from * n, (from + 1) * n), to * n))
  return { values: Float64Array.from(order, (i) => a[i * n + i]!), vectors }
}

