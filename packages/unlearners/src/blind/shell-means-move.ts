/** @file Class means in shells around the centre brought to chance, by what the vector says of a class. */

import type { Matrix } from '@indistinct/core'
import { familyRatio } from '../flow/calibrate/class-moments.ts'
import type { ClassMoments } from '../flow/calibrate/common-axes.ts'
import { product } from '../linear-algebra/small-product.ts'
import type { BlindMove } from './blind-map.ts'
import { shellMeans } from './shell-differences.ts'
import { shiftsAgainst } from './shell-shifts.ts'
import { placesOf, type Shells } from './shells.ts'

/** How much more than the halves would say is taken at most: see `halfProjection`. */
const mostWeight = 2

/** What class means in shells are to change by. */
export interface ShellMeansAsked {
  /** For each shell, in whitened coordinates (B x (C, A)). */
  readonly apart: readonly Float64Array[]
  /** Their squares over those of chance. */
  readonly ratio: number
}

/**
 * What the means of `classes` in shells of x (n, K) are to change by, so that they lie from each other as those of all
 * users do from those of a random half of each class, `halves`, made as large as chance makes them: as in
 * `halfProjection`, what is left has then nothing of what classes differ by.
 */
export function shellMeansAsked(
  x: Matrix,
  classes: readonly Int32Array[],
  halves: readonly Int32Array[],
  shells: Shells,
  moments: ClassMoments,
): ShellMeansAsked {
  const C = classes.length
  const all = shellMeans(x, classes, shells, moments)
  const half = shellMeans(x, halves, shells, moments)
  const luck = all.map(({ apart }, b) => half[b]!.apart.map((value, p) => value - apart[p]!))
  const ratioOf = (apart: readonly Float64Array[]): number =>
    apart.reduce((sum, own, b) => {
      const { nulls } = all[b]!
      const squares = new Float64Array(nulls.length)
      own.forEach(
        (value, p) =>
          void (squares[p % squares.length]! += classes[Math.floor(p / squares.length)]!.length * value ** 2),
      )
      return sum + familyRatio(squares, nulls, C).ratio / apart.length
    }, 0)
  const weight = Math.min(mostWeight, 1 / Math.sqrt(ratioOf(luck)))
  const apart = all.map((own, b) => own.apart.map((value, p) => value + weight * luck[b]![p]!))
  return { apart, ratio: ratioOf(apart) }
}

/**
 * The shifts of users of x (n, K) by every e_c in every shell that change class means there by less `asked`, to first
 * order.
 */
export function shellMeansMove(
  x: Matrix,
  classes: readonly Int32Array[],
  deviations: Matrix,
  shells: Shells,
  { axes, variances }: ClassMoments,
  { apart }: Pick<ShellMeansAsked, 'apart'>,
): BlindMove {
  const [K, C, B] = [x.cols, classes.length, apart.length]
  const asked = new Float64Array(C * B * K)
  apart.forEach((own, b) => {
    const A = own.length / C
    const spread = own.map((value, p) => value * Math.sqrt(variances[p % A]!))
    product(spread, axes.slice(0, A * K), C, A, K).forEach(
      (value, p) => void (asked[(Math.floor(p / K) * B + b) * K + (p % K)] = value),
    )
  })
  const shifts = shiftsAgainst(asked, classes, deviations, placesOf(x, shells), B)
  return { kind: 'shells', of: 0, shells, changes: [], shifts }
}
