/** @file Shifts by what vectors say of classes, which put class means back where a move took them away. */

import { choleskyFactor, choleskySolve, type Matrix } from '@indistinct/core'
import { product, transposed } from '../linear-algebra/small-product.ts'

/** Mean over each class, less that over all users, of every column of x (n, D): (C, D), a class a row. */
export function weightedMeans(x: Matrix, classes: readonly Int32Array[]): Float64Array {
  const D = x.cols
  const out = new Float64Array(classes.length * D)
  const n = classes.reduce((sum, { length }) => sum + length, 0)
  classes.forEach((rows, c) => {
    const sums = new Float64Array(D)
    for (const i of rows) for (let d = 0; d < D; d++) sums[d]! += x.data[i * D + d]!
    for (let d = 0; d < D; d++) {
      out[c * D + d]! += sums[d]! / rows.length
      for (let other = 0; other < classes.length; other++) out[other * D + d]! -= sums[d]! / n
    }
  })
  return out
}

/**
 * What to add to every user by e_c, column c of `deviations` (n, C), for each class (C x (K)), so that class means stay
 * where they are among each other while users move by `moves` (n, K).
 */
export function shiftsHoldingMeans(moves: Matrix, classes: readonly Int32Array[], deviations: Matrix): Float64Array[] {
  const K = moves.cols
  const C = classes.length
  const moved = weightedMeans(moves, classes)
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
