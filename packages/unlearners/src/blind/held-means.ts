/** @file Shifts by what vectors say of classes, which put class means back where a move took them away. */

import { choleskyFactor, choleskySolve, type Matrix } from '@indistinct/core'
import { product, transposed } from '../linear-algebra/small-product.ts'
import { meansLessAll } from './moved-table.ts'

/** Mean over each class, less that over all users, of every column of x (n, D): (C, D), a class a row. */
export function weightedMeans(x: Matrix, classes: readonly Int32Array[]): Float64Array {
  const D = x.cols
  const sums = new Float64Array(classes.length * D)
  classes.forEach((rows, c) => {
    for (const i of rows) for (let d = 0; d < D; d++) sums[c * D + d]! += x.data[i * D + d]!
  })
  return meansLessAll(sums, classes)
}

/**
 * What to add to every user by e_c, column c of `deviations` (n, C), for each class (C x (K)), so that class means stay
 * where they are among each other while they move by `moved` (C, K), a class a row.
 */
export function shiftsHoldingMeans(
  moved: Float64Array,
  classes: readonly Int32Array[],
  deviations: Matrix,
): Float64Array[] {
  const C = classes.length
  const K = moved.length / C
  const answer = weightedMeans(deviations, classes)
  // Least squares, as the answers of all classes add up to nothing.
  const turned = transposed(answer, C, C)
  const normal = product(turned, answer, C, C, C)
  const trace = normal.reduce((sum, value, p) => sum + (p % (C + 1) === 0 ? value : 0), 0)
  for (let d = 0; d < C; d++) normal[d * C + d]! += 1e-9 * trace
  choleskyFactor(normal, C)
  const right = product(turned, moved, C, C, K)
  const shifts = Array.from({ length: C }, () => new Float64Array(K))
  for (let k = 0; k < K; k++) {
    const own = Float64Array.from({ length: C }, (_, d) => -right[d * K + k]!)
    choleskySolve(normal, C, own)
    own.forEach((value, d) => void (shifts[d]![k] = value))
  }
  return shifts
}
