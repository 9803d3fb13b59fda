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
  const { diagonal, beside, turnedBack } = reducedToTridiagonal(matrix, n)
  const { values, vectors } = eigenOfTridiagonal(diagonal, beside)
  return descendingEigen(values, turnedBack(vectors), n)
}
