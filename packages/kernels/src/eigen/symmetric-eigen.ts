/**
 * @file Eigenvectors of symmetric matrices in float64. Sums, quotients and square roots only, in an order that follows
 * from the size alone: equal bytes everywhere, whatever the number of threads.
 */

import { descendingEigen, jacobiEigen, type SymmetricEigen } from '@indistinct/core'
import { eigenOfTridiagonal } from './eigen-of-tridiagonal.ts'
import { reducedToTridiagonal } from './reduced-to-tridiagonal.ts'

/** Most rows that are turned by Jacobi's rotations, which take about 20 times as long and resolve small values best. */
const mostJacobi = 128

/**
 * Eigenvalues and eigenvectors of a symmetric (n, n) matrix, row-major; the upper triangle is read. Beyond 128 rows
 * eigenvalues are right to about 1e-15 of the largest.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  if (n <= mostJacobi) return jacobiEigen(matrix, n)
  // Near 1, since what halves leave out is judged against vectors of length 1; by a power of 2, which rounds nothing.
  let largest = 0
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) largest = Math.max(largest, Math.abs(matrix[i * n + j]!))
  const scale = largest < Infinity ? powerBelow(largest) || 1 : 1
  const { diagonal, beside, turnedBack } = reducedToTridiagonal(
    matrix.map((value) => value / scale),
    n,
  )
  const { values, vectors } = eigenOfTridiagonal(diagonal, beside)
  return descendingEigen(
    values.map((value) => value * scale),
    turnedBack(vectors),
    n,
  )
}

/** The largest power of 2 that is at most `value`, by its bits: logarithms are each engine's own. 0 of subnormals. */
function powerBelow(value: number): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  view.setBigUint64(0, view.getBigUint64(0) & 0x7ff0000000000000n)
  return view.getFloat64(0)
}
