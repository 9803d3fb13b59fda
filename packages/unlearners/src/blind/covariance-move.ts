/** @file A move by what the vector says of a class, which brings that class's covariance to the difference that chance gives it. */

import { choleskyFactor, choleskySolve, matrix, symmetricEigen, type Matrix } from '@indistinct/core'
import { crossMoments } from '@indistinct/kernels'
import { cappedShares } from '../calibrate-moments.ts'
import { classMoments, covarianceDeviations, squareSums } from '../class-moments.ts'
import { product, transposed } from '../small-product.ts'
import type { BlindMove } from './blind-map.ts'

/** Share of what the model would answer for, were it independent of place, below which a direction is not divided by less. */
const leastAnswer = 0.1

/**
 * The move of users of x (n, K) by e_c(x), column c of `deviations` (n, C), that changes the covariance of class c of `classes` by what is
 * above `level` times chance (`cappedShares`), to first order; undefined where nothing is, or the model does not tell that class.
 *
 * Of all moves e_c(x) A (x - centre), that is the one which moves least: A is symmetric and solves Lyapunov's equation C A + A C = D, with
 * D the change of the covariance that is asked for, and C the covariance weighted by e_c times what the label itself deviates from its
 * share. A shift by the model of every class then leaves class means where they are.
 */
export function covarianceMove(x: Matrix, classes: readonly Int32Array[], deviations: Matrix, c: number, level: number): BlindMove | undefined {
  const K = x.cols
  const moments = classMoments(x, classes)
  const { sizes, centre, axes, variances, compared: P } = moments
  if (P === 0) return undefined
  const { deviations: apart, squares, nulls } = covarianceDeviations(moments, squareSums(x, classes, moments))
  const kept = cappedShares(squares, nulls, level)
  if (kept.every((share) => share === 1)) return undefined
  const answer = weightedMeans(deviations, classes)
  const C = classes.length
  const rho = answer[c * C + c]!
  if (!(rho > 0)) return undefined

  const spreads = variances.slice(0, P).map(Math.sqrt)
  const asked = apart[c]!.map((value, p) => value * (1 - kept[p]!) * spreads[Math.floor(p / P)]! * spreads[p % P]!)
  const weighted = matrix(x.rows, K)
  for (let i = 0; i < x.rows; i++) {
    const own = deviations.data[i * C + c]!
    for (let k = 0; k < K; k++) weighted.data[i * K + k] = own * (x.data[i * K + k]! - centre[k]!)
  }
  const leading = axes.slice(0, P * K)
  const inAxes = (m: Float64Array): Float64Array => product(product(leading, m, P, K, K), transposed(leading, P, K), P, K, P)
  // Sum over users of (1 / n_c on the class, less 1 / n on all) of e_c u u'.
  const n = sizes.reduce((sum, size) => sum + size, 0)
  const cross = new Float64Array(K * K)
  classes.forEach((rows, own) => {
    const weight = (own === c ? 1 / sizes[c]! : 0) - 1 / n
    crossMoments(x, rows, centre, { of: weighted, centre: new Float64Array(K) }).forEach((sum, p) => void (cross[p]! += weight * sum))
  })
  const covariance = inAxes(cross)
  const { values, vectors } = symmetricEigen(covariance.map((value, p) => (value + covariance[(p % P) * P + Math.floor(p / P)]!) / 2), P)
  // Variance along each eigenvector: what the value is, over rho, where the model does not depend on place.
  const plain = values.map((_, a) => spreads.reduce((sum, spread, b) => sum + (spread * vectors[a * P + b]!) ** 2, 0))
  const held = values.map((value, a) => Math.max(value, leastAnswer * rho * plain[a]!))
  const turned = product(product(vectors, asked, P, P, P), transposed(vectors, P, P), P, P, P)
  const inner = turned.map((value, p) => -value / (held[Math.floor(p / P)]! + held[p % P]!))
  const solution = product(product(transposed(vectors, P, P), inner, P, P, P), vectors, P, P, P)
  const change = product(product(transposed(leading, P, K), solution, K, P, P), leading, K, P, K)
  return { kind: 'by-posterior', of: c, centre, change, shifts: shiftsHoldingMeans(x, classes, deviations, { c, centre, change }) }
}

/** Mean over each class, less that over all users, of every column of `deviations` (n, C): (C, C), a class a row. */
function weightedMeans(deviations: Matrix, classes: readonly Int32Array[]): Float64Array {
  const C = deviations.cols
  const out = new Float64Array(classes.length * C)
  const n = classes.reduce((sum, { length }) => sum + length, 0)
  classes.forEach((rows, c) => {
    const sums = new Float64Array(C)
    for (const i of rows) for (let d = 0; d < C; d++) sums[d]! += deviations.data[i * C + d]!
    for (let d = 0; d < C; d++) {
      out[c * C + d]! += sums[d]! / rows.length
      for (let other = 0; other < classes.length; other++) out[other * C + d]! -= sums[d]! / n
    }
  })
  return out
}

/** What to add to every user by e_c for each class (C x (K)), so that the move leaves no class mean elsewhere. */
function shiftsHoldingMeans(
  x: Matrix, classes: readonly Int32Array[], deviations: Matrix, { c, centre, change }: { readonly c: number; readonly centre: Float64Array; readonly change: Float64Array },
): Float64Array[] {
  const K = x.cols
  const C = classes.length
  // Class means of e_c (x - centre), less their mean over all: (C, K); the change is linear in them.
  const weighted = matrix(x.rows, K)
  for (let i = 0; i < x.rows; i++) for (let k = 0; k < K; k++) weighted.data[i * K + k] = deviations.data[i * C + c]! * (x.data[i * K + k]! - centre[k]!)
  const moved = product(weightedMeans(weighted, classes), transposed(change, K, K), C, K, K)
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
