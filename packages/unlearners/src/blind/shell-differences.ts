/** @file How classes differ within shells around the centre: in their means there, and in how they spread. */

import { gatherRows, matrix, type Matrix } from '@indistinct/core'
import { gemmNT, gemmTN } from '@indistinct/kernels'
import { familyRatio, type FamilyRatio } from '../flow/calibrate/class-moments.ts'
import { negligible, type ClassMoments } from '../flow/calibrate/common-axes.ts'
import { meansLessAll } from './moved-table.ts'
import { placesOf, shareAt, type Shells } from './shells.ts'

/** Rows whose coordinates are in memory at a time. */
const chunkRows = 4096

/** Differences of classes in one shell, of D statistics. */
export interface ShellFamily {
  /** Mean over each class less that over all (C, D), a class a row. */
  readonly apart: Float64Array
  /** Sum over classes of n_c times their squares, and what chance gives it (D). */
  readonly squares: Float64Array
  readonly nulls: Float64Array
}

/**
 * With z the coordinates of a user of x (n, K) from the centre along the `axes` first axes of `moments`, each over the
 * pooled spread, and s his share of a shell: for each shell, the differences of classes in the means of s z.
 */
export function shellMeans(
  x: Matrix,
  classes: readonly Int32Array[],
  shells: Shells,
  moments: ClassMoments,
): ShellFamily[] {
  const axes = moments.variances.filter((variance) => variance > negligible * moments.variances[0]!).length
  return families(x, classes, shells, moments, axes, (z, add) => {
    const sums = new Float64Array(axes)
    for (let r = 0, p = 0; r < z.rows; r++) for (let a = 0; a < axes; a++, p++) sums[a]! += z.data[p]!
    const squares = new Float64Array(axes)
    for (let p = 0; p < z.data.length; p++) squares[p % axes]! += z.data[p]! ** 2
    add(sums, squares)
  })
}

/** The same in the means of s z z', (P, P) on the axes on which covariances are compared; none where there are none. */
export function shellCovariances(
  x: Matrix,
  classes: readonly Int32Array[],
  shells: Shells,
  moments: ClassMoments,
): ShellFamily[] {
  const P = moments.compared
  if (P === 0) return []
  const [sums, squares] = [matrix(P, P), matrix(P, P)]
  return families(
    x,
    classes,
    shells,
    moments,
    P,
    (z, add, plain) => {
      gemmTN(z, plain, sums)
      gemmTN(squared(z), squared(plain), squares)
      add(sums.data, squares.data)
    },
    P * P,
  )
}

/** The largest ratio of a shell, over its null. */
export function worstShell(found: readonly ShellFamily[], C: number): FamilyRatio {
  const ratios = found.map(({ squares, nulls }) => familyRatio(squares, nulls, C))
  return ratios.reduce((a, b) => (b.ratio > a.ratio ? b : a), { ratio: 0, terms: 1 })
}

function squared(m: Matrix): Matrix {
  return matrix(
    m.rows,
    m.cols,
    m.data.map((value) => value * value),
  )
}

/**
 * @param visit is given s z (r, A) of a chunk of users of one class with shares in the shell, and z itself; it adds
 *   sums, and sums of squares, of D statistics
 */
function families(
  x: Matrix,
  classes: readonly Int32Array[],
  shells: Shells,
  { axes, variances }: ClassMoments,
  A: number,
  visit: (shared: Matrix, add: (sums: ArrayLike<number>, squares: ArrayLike<number>) => void, plain: Matrix) => void,
  D = A,
): ShellFamily[] {
  const [K, C, B] = [x.cols, classes.length, shells.edges.length]
  const n = classes.reduce((sum, { length }) => sum + length, 0)
  const whitening = matrix(
    A,
    K,
    Float32Array.from(axes.subarray(0, A * K), (v, p) => v / Math.sqrt(variances[Math.floor(p / K)]!)),
  )
  const places = placesOf(x, shells)
  const sums = Array.from({ length: B }, () => new Float64Array(C * D))
  const squares = Array.from({ length: B }, () => new Float64Array(D))
  classes.forEach((rows, c) => {
    for (let first = 0; first < rows.length; first += chunkRows) {
      const chunk = rows.subarray(first, first + chunkRows)
      const from = gatherRows(x, chunk)
      for (let p = 0; p < from.data.length; p++) from.data[p]! -= shells.centre[p % K]!
      const z = matrix(chunk.length, A)
      gemmNT(from, whitening, z)
      for (let b = 0; b < B; b++) {
        const shared = matrix(chunk.length, A)
        for (let r = 0, p = 0; r < chunk.length; r++) {
          const share = shareAt(places[chunk[r]!]!, b)
          for (let a = 0; a < A; a++, p++) shared.data[p] = share * z.data[p]!
        }
        visit(
          shared,
          (own, ownSquares) => {
            for (let d = 0; d < D; d++) {
              sums[b]![c * D + d]! += own[d]!
              squares[b]![d]! += ownSquares[d]! / n
            }
          },
          z,
        )
      }
    }
  })
  return sums.map((own, b) => {
    const apart = meansLessAll(own, classes)
    const found = new Float64Array(D)
    const mean = new Float64Array(D)
    for (let p = 0; p < C * D; p++) {
      found[p % D]! += classes[Math.floor(p / D)]!.length * apart[p]! ** 2
      mean[p % D]! += own[p]! / n
    }
    return { apart, squares: found, nulls: squares[b]!.map((square, d) => (C - 1) * (square - mean[d]! ** 2)) }
  })
}
