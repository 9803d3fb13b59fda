/**
 * @file Fewer rows than dimensions: what is fitted to rows alone, and does not depend on how dimensions are turned, is
 * the same in coordinates of the space that the rows span. A table of 100 known users in 1,536 dimensions is one of
 * 101.
 */

import { product64NT, type Dense } from '@indistinct/kernels'
import { choleskyInPlace, invertLower } from './cholesky.ts'

interface RowSpace {
  /** Mean of the rows (K). */
  readonly mean: Float64Array
  /** Rows less their mean (N, K). */
  readonly centred: Dense
  /** L (N, N) of centred centred' = L L': row i of it holds the coordinates of row i. */
  readonly lower: Float64Array
}

/**
 * Share of the mean square of rows that is added to the diagonal of their products, which rows less their mean leave
 * singular.
 */
const least = 1e-10

/** @param x (N, K) */
export function rowSpace({ rows: N, cols: K, data }: Dense): RowSpace {
  const mean = new Float64Array(K)
  for (let i = 0, p = 0; i < N; i++) for (let j = 0; j < K; j++, p++) mean[j]! += data[p]! / N
  const centred = centredRows({ rows: N, cols: K, data }, mean)
  return { mean, centred, lower: coordinatesOfKnown({ rows: N, cols: N, data: product64NT(centred, centred) }) }
}

/** L (N, N) of products (N, N) of rows less their mean: row i of it holds the coordinates of row i. */
export function coordinatesOfKnown({ rows: N, data }: Dense): Float64Array {
  const lower = new Float64Array(data)
  let trace = 0
  for (let i = 0; i < N; i++) trace += lower[i * N + i]!
  for (let i = 0; i < N; i++) lower[i * N + i]! += trace > 0 ? (least * trace) / N : 1
  choleskyInPlace('rowSpace', lower, N)
  for (let i = 0; i < N; i++) lower.fill(0, i * N + i + 1, (i + 1) * N)
  return lower
}

/**
 * Coordinates (M, N + 1) of rows (M, K): N in the span, then the distance to it. Distances from any row to what lies in
 * the span, such as the rows that span it and their means, are kept.
 */
export function coordinatesOf({ mean, centred, lower }: RowSpace, x: Dense): Dense {
  const moved = centredRows(x, mean)
  const squares = Float64Array.from({ length: x.rows }, (_, i) => {
    let square = 0
    for (let j = 0, p = i * x.cols; j < x.cols; j++, p++) square += moved.data[p]! ** 2
    return square
  })
  return coordinatesOfAsked(lower, { rows: x.rows, cols: centred.rows, data: product64NT(moved, centred) }, squares)
}

/** The same from the products (M, N) of rows with those that span the space, and squared lengths, less their mean. */
export function coordinatesOfAsked(lower: Float64Array, products: Dense, squares: Float64Array): Dense {
  const { rows: M, cols: N } = products
  const within = product64NT(products, { rows: N, cols: N, data: invertLower(lower, N) })
  const data = new Float64Array(M * (N + 1))
  for (let i = 0; i < M; i++) {
    let rest = squares[i]!
    for (let j = 0, p = i * N; j < N; j++, p++) {
      data[p + i] = within[p]!
      rest -= within[p]! ** 2
    }
    data[i * (N + 1) + N] = Math.sqrt(Math.max(0, rest))
  }
  return { rows: M, cols: N + 1, data }
}

/** Coordinates of the rows that span the space (N, N + 1). */
export function ownCoordinates(lower: Float64Array, N: number): Dense {
  const data = new Float64Array(N * (N + 1))
  for (let i = 0; i < N; i++) data.set(lower.subarray(i * N, (i + 1) * N), i * (N + 1))
  return { rows: N, cols: N + 1, data }
}

function centredRows({ rows, cols, data }: Dense, mean: Float64Array): Dense {
  const out = new Float64Array(data.length)
  for (let i = 0, p = 0; i < rows; i++) for (let j = 0; j < cols; j++, p++) out[p] = data[p]! - mean[j]!
  return { rows, cols, data: out }
}
