/** @file A whole table moved, and class means of a move, row by row. */

import { matrix, type Matrix } from '@indistinct/core'
import { moveRow, type BlindMove } from './blind-map.ts'

/**
 * The rows of x (n, K) after the move, in `out`, which may be x; `deviations` (n, C) is what their vectors say of the
 * classes.
 */
export function movedTable(move: BlindMove, x: Matrix, deviations: Matrix, out = matrix(x.rows, x.cols)): Matrix {
  eachMovedRow(move, x, deviations, (to, i) => out.data.set(to, i * x.cols))
  return out
}

/** Mean over each class of how far the move takes users of x (n, K), less that over all: (C, K), a class a row. */
export function meansMoved(
  move: BlindMove,
  x: Matrix,
  classes: readonly Int32Array[],
  deviations: Matrix,
): Float64Array {
  const K = x.cols
  const codes = new Int32Array(x.rows)
  classes.forEach((rows, c) => rows.forEach((i) => void (codes[i] = c)))
  const sums = new Float64Array(classes.length * K)
  eachMovedRow(move, x, deviations, (to, i) => {
    const c = codes[i]!
    for (let k = 0; k < K; k++) sums[c * K + k]! += to[k]! - x.data[i * K + k]!
  })
  return meansLessAll(sums, classes)
}

function eachMovedRow(
  move: BlindMove,
  x: Matrix,
  deviations: Matrix,
  visit: (to: Float64Array, i: number) => void,
): void {
  const [K, C] = [x.cols, deviations.cols]
  const [row, to, own] = [new Float64Array(K), new Float64Array(K), new Float64Array(C)]
  for (let i = 0; i < x.rows; i++) {
    for (let k = 0; k < K; k++) row[k] = x.data[i * K + k]!
    for (let c = 0; c < C; c++) own[c] = deviations.data[i * C + c]!
    moveRow(move, row, own, to)
    visit(to, i)
  }
}

/** Means over classes from sums over them (C, D), less the mean over all. */
export function meansLessAll(sums: Float64Array, classes: readonly Int32Array[]): Float64Array {
  const C = classes.length
  const D = sums.length / C
  const n = classes.reduce((sum, { length }) => sum + length, 0)
  const all = new Float64Array(D)
  sums.forEach((value, p) => void (all[p % D]! += value / n))
  return sums.map((value, p) => value / classes[Math.floor(p / D)]!.length - all[p % D]!)
}
