/**
 * @file Moves within shells around the centre, by what the vector says of a class, which bring that class's covariance
 * there to the difference that chance gives it, or back to what it was.
 */

import { gatherRows, matrix, type Matrix } from '@indistinct/core'
import { gemmTN } from '@indistinct/kernels'
import { cappedShares } from '../flow/calibrate/calibrate-moments.ts'
import type { ClassMoments } from '../flow/calibrate/common-axes.ts'
import { product, transposed } from '../linear-algebra/small-product.ts'
import type { BlindMove } from './blind-map.ts'
import { leastChange } from './least-change.ts'
import { meansLessAll } from './moved-table.ts'
import { shellCovariances, type ShellFamily } from './shell-differences.ts'
import { shiftsAgainst } from './shell-shifts.ts'
import { placesOf, shareAt, type Shells } from './shells.ts'

/** Rows that are in memory a second time, weighted, while sums over them are taken. */
const chunkRows = 4096

/**
 * The move of users of x (n, K) by e_c(x), column c of `deviations` (n, C), that changes the covariance of class c
 * within each shell by what is above chance there (`cappedShares`), to first order; undefined where nothing is, or the
 * model does not tell that class.
 */
export function shellCovariancesMove(
  x: Matrix,
  classes: readonly Int32Array[],
  deviations: Matrix,
  c: number,
  shells: Shells,
  moments: ClassMoments,
): BlindMove | undefined {
  const asked = shellCovariances(x, classes, shells, moments).map(({ apart, squares, nulls }) =>
    cappedShares(squares, nulls, 1).map((share, p) => apart[c * nulls.length + p]! * (1 - share)),
  )
  return leastMove(x, classes, deviations, c, shells, moments, asked)
}

/** The move of that form after which class covariances in the shells lie apart as in `before`, to first order. */
export function shellCovariancesHeldMove(
  x: Matrix,
  classes: readonly Int32Array[],
  deviations: Matrix,
  c: number,
  shells: Shells,
  moments: ClassMoments,
  before: readonly ShellFamily[],
): BlindMove | undefined {
  const asked = shellCovariances(x, classes, shells, moments).map(({ apart, nulls }, b) =>
    nulls.map((_, p) => apart[c * nulls.length + p]! - before[b]!.apart[c * nulls.length + p]!),
  )
  return leastMove(x, classes, deviations, c, shells, moments, asked)
}

/**
 * The least move by e_c that changes the covariance of class c in each shell by less `asked` (B x (P, P)), in whitened
 * coordinates on the compared axes.
 *
 * Of all moves e_c(x) A (x - centre) in a shell, that is the one which moves least: A is symmetric and solves
 * Lyapunov's equation C A + A C = D, with D the change of the covariance that is asked for, and C the covariance
 * weighted by e_c times what the label itself deviates from its share. Shifts by the model of every class then leave
 * class means in every shell where they are.
 */
function leastMove(
  x: Matrix,
  classes: readonly Int32Array[],
  deviations: Matrix,
  c: number,
  shells: Shells,
  { variances, axes, compared: P }: ClassMoments,
  asked: readonly Float64Array[],
): BlindMove | undefined {
  const [K, B, places] = [x.cols, shells.edges.length, placesOf(x, shells)]
  const answers = weightedSums(x, classes, deviations, c, shells, places)
  const isMoved = asked.map((own, b) => answers.rho[b]! > 0 && own.some((value) => value !== 0))
  if (!isMoved.includes(true)) return undefined
  const spreads = variances.slice(0, P).map(Math.sqrt)
  const leading = axes.slice(0, P * K)
  const back = transposed(leading, P, K)
  const changes = asked.map((own, b) => {
    if (!isMoved[b]) return new Float64Array(K * K)
    const cross = product(product(leading, answers.cross[b]!, P, K, K), back, P, K, P)
    const inUnits = own.map((value, p) => value * spreads[Math.floor(p / P)]! * spreads[p % P]!)
    return product(product(back, leastChange(cross, inUnits, spreads, answers.rho[b]!), K, P, P), leading, K, P, K)
  })
  const moved = new Float64Array(classes.length * B * K)
  answers.sums.forEach((sums, b) => {
    const means = meansLessAll(sums, classes)
    product(means, transposed(changes[b]!, K, K), classes.length * B, K, K).forEach(
      (value, p) => void (moved[p]! += value),
    )
  })
  return { kind: 'shells', of: c, shells, changes, shifts: shiftsAgainst(moved, classes, deviations, places, B) }
}

/**
 * With s_b a user's share of shell b and u = e_c(x) s_b (x - centre): the sum over users of 1 / n_c on class c, less
 * 1 / n on all, of u (x - centre)' for each b (K, K), and of e_c s_b; and the sums over each class of s_a u for each
 * b: (C, B of a, K).
 */
function weightedSums(
  x: Matrix,
  classes: readonly Int32Array[],
  deviations: Matrix,
  c: number,
  { centre, edges }: Shells,
  places: Float64Array,
): { cross: Float64Array[]; rho: Float64Array; sums: Float64Array[] } {
  const [K, C, B] = [x.cols, classes.length, edges.length]
  const n = classes.reduce((sum, { length }) => sum + length, 0)
  const cross = Array.from({ length: B }, () => new Float64Array(K * K))
  const sums = Array.from({ length: B }, () => new Float64Array(C * B * K))
  const rho = new Float64Array(B)
  const products = matrix(K, K)
  classes.forEach((rows, own) => {
    const weight = (own === c ? 1 / rows.length : 0) - 1 / n
    for (let first = 0; first < rows.length; first += chunkRows) {
      const chunk = rows.subarray(first, first + chunkRows)
      const plain = gatherRows(x, chunk)
      for (let p = 0; p < plain.data.length; p++) plain.data[p]! -= centre[p % K]!
      for (let b = 0; b < B; b++) {
        const weighted = matrix(chunk.length, K)
        for (let r = 0, p = 0; r < chunk.length; r++, p += K) {
          const place = places[chunk[r]!]!
          const said = deviations.data[chunk[r]! * C + c]! * shareAt(place, b)
          if (said === 0) continue
          rho[b]! += weight * said
          for (let k = 0; k < K; k++) weighted.data[p + k] = said * plain.data[p + k]!
          for (let a = Math.max(0, b - 1); a < Math.min(B, b + 2); a++) {
            const share = shareAt(place, a)
            if (share > 0)
              for (let k = 0, q = (own * B + a) * K; k < K; k++, q++) sums[b]![q]! += share * weighted.data[p + k]!
          }
        }
        gemmTN(weighted, plain, products)
        products.data.forEach((sum, p) => void (cross[b]![p]! += weight * sum))
      }
    }
  })
  return { cross, rho, sums }
}
