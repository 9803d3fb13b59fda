/** @file The two directions along which a table varies most (PCA). */

import { randomStream, jacobiEigen, type Matrix } from '@indistinct/core'

/** Jacobi rotations of wider tables cost more than all else that is drawn of them. */
export const widestForJacobi = 96
/** Directions that are iterated for the first two, and how often: enough for a picture. */
const iterated = 6
const iterations = 40

/**
 * Mean (K), first two unit axes (K each) and their shares of the variance, from the given rows of `m`. The sign of an
 * axis makes its largest component positive. A table without variance, or with one dimension, has zero axes.
 */
export function principalComponents(
  m: Matrix,
  rows: Int32Array,
): { mean: Float64Array; axes: [Float64Array, Float64Array]; shares: [number, number] } {
  const k = m.cols
  const { mean, values, vectors, width, total } =
    k > widestForJacobi ? leadingDirections(m, rows) : allDirections(m, rows)
  const axis = (column: number): Float64Array => {
    if (!(values[column]! > 0)) return new Float64Array(k)
    const out = Float64Array.from({ length: k }, (_, a) => vectors[a * width + column]!)
    const lead = out.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0)
    return lead < 0 ? out.map((value) => -value) : out
  }
  const share = (rank: number): number => (total > 0 ? Math.max(0, values[rank] ?? 0) / total : 0)
  return { mean, axes: [axis(0), axis(1)], shares: [share(0), share(1)] }
}

/** Directions as the columns of `vectors` (K, width), with the sums of squares along them, and in all of the space. */
interface Directions {
  readonly mean: Float64Array
  readonly values: Float64Array
  readonly vectors: Float64Array
  readonly width: number
  readonly total: number
}

function allDirections(m: Matrix, rows: Int32Array): Directions {
  const { mean, covariance } = scatterOf(m, rows)
  const { values, vectors } = eigenColumns(covariance, m.cols)
  return { mean, values, vectors, width: m.cols, total: values.reduce((sum, value) => sum + Math.max(0, value), 0) }
}

/** Subspace iteration on the rows themselves, then an exact eigenproblem within the subspace (Rayleigh and Ritz). */
function leadingDirections(m: Matrix, rows: Int32Array): Directions {
  const k = m.cols
  const mean = meanOf(m, rows)
  const random = randomStream(0, 'report', 'leading-directions')
  let basis = orthonormal(
    Float64Array.from({ length: k * iterated }, () => random.normal()),
    k,
    iterated,
  )
  let total = 0
  let products = new Float64Array(0)
  for (let step = 0; step <= iterations; step++) {
    products = new Float64Array(k * iterated)
    const along = new Float64Array(iterated)
    total = 0
    for (const i of rows) {
      along.fill(0)
      for (let a = 0; a < k; a++) {
        const value = m.data[i * k + a]! - mean[a]!
        total += value * value
        for (let d = 0; d < iterated; d++) along[d]! += value * basis[a * iterated + d]!
      }
      for (let a = 0; a < k; a++) {
        const value = m.data[i * k + a]! - mean[a]!
        for (let d = 0; d < iterated; d++) products[a * iterated + d]! += value * along[d]!
      }
    }
    if (step < iterations) basis = orthonormal(products, k, iterated)
  }
  const small = new Float64Array(iterated * iterated)
  for (let a = 0; a < k; a++)
    for (let c = 0; c < iterated; c++)
      for (let d = 0; d < iterated; d++)
        small[c * iterated + d]! += basis[a * iterated + c]! * products[a * iterated + d]!
  const { values, vectors } = eigenColumns(small, iterated)
  const rotated = new Float64Array(k * iterated)
  for (let a = 0; a < k; a++)
    for (let c = 0; c < iterated; c++)
      for (let d = 0; d < iterated; d++)
        rotated[a * iterated + d]! += basis[a * iterated + c]! * vectors[c * iterated + d]!
  return { mean, values, vectors: rotated, width: iterated, total }
}

/**
 * The columns of (K, width), each made orthogonal to those before it and of length one; a column of nothing stays zero.
 */
function orthonormal(columns: Float64Array, k: number, width: number): Float64Array {
  const out = columns.slice()
  for (let d = 0; d < width; d++) {
    // Twice: what rounding leaves of the first projection goes with the second.
    for (let turn = 0; turn < 2; turn++) {
      for (let c = 0; c < d; c++) {
        let product = 0
        for (let a = 0; a < k; a++) product += out[a * width + c]! * out[a * width + d]!
        for (let a = 0; a < k; a++) out[a * width + d]! -= product * out[a * width + c]!
      }
    }
    let square = 0
    for (let a = 0; a < k; a++) square += out[a * width + d]! ** 2
    for (let a = 0; a < k; a++) out[a * width + d] = square > 0 ? out[a * width + d]! / Math.sqrt(square) : 0
  }
  return out
}

/** Mean (K) and the sums of products about it (K, K), the covariance times the number of rows. */
export function scatterOf(m: Matrix, rows: Int32Array): { mean: Float64Array; covariance: Float64Array } {
  const k = m.cols
  const mean = meanOf(m, rows)
  const covariance = new Float64Array(k * k)
  const centred = new Float64Array(k)
  for (const i of rows) {
    for (let a = 0; a < k; a++) centred[a] = m.data[i * k + a]! - mean[a]!
    for (let a = 0; a < k; a++) for (let b = 0; b <= a; b++) covariance[a * k + b]! += centred[a]! * centred[b]!
  }
  for (let a = 0; a < k; a++) for (let b = 0; b < a; b++) covariance[b * k + a] = covariance[a * k + b]!
  return { mean, covariance }
}

/** Eigenvalues (k), largest first, and eigenvectors as the columns of a k x k array. */
function eigenColumns(symmetric: Float64Array, k: number): { values: Float64Array; vectors: Float64Array } {
  const { values, vectors } = jacobiEigen(symmetric, k)
  return { values, vectors: vectors.map((_, p) => vectors[(p % k) * k + Math.floor(p / k)]!) }
}

function meanOf(m: Matrix, rows: Int32Array): Float64Array {
  const mean = new Float64Array(m.cols)
  for (const i of rows) for (let a = 0; a < m.cols; a++) mean[a]! += m.data[i * m.cols + a]! / rows.length
  return mean
}
