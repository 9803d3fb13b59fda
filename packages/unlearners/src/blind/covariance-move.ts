/**
 * @file A move by what the vector says of a class, which brings that class's covariance to the difference that chance
 * gives it.
 */

import { matrix, symmetricEigen, type Matrix } from '@indistinct/core'
import { crossMoments, gemmNT } from '@indistinct/kernels'
import { cappedShares } from '../flow/calibrate-moments.ts'
import { classMoments, covarianceDeviations, squareSums, type ClassMoments } from '../flow/class-moments.ts'
import { classNormals, pooledNormal } from '../closed/class-normals.ts'
import { product, transposed } from '../linear-algebra/small-product.ts'
import type { BlindMove } from './blind-map.ts'
import { shiftsHoldingMeans, weightedMeans } from './held-means.ts'

/**
 * Share of what the model would answer for, were it independent of place, below which a direction is not divided by
 * less.
 */
const leastAnswer = 0.1

/**
 * The move of users of x (n, K) by e_c(x), column c of `deviations` (n, C), that changes the covariance of class c of
 * `classes` by what is above `level` times chance (`cappedShares`), to first order; undefined where nothing is, or the
 * model does not tell that class.
 *
 * Of all moves e_c(x) A (x - centre), that is the one which moves least: A is symmetric and solves Lyapunov's equation
 * C A + A C = D, with D the change of the covariance that is asked for, and C the covariance weighted by e_c times what
 * the label itself deviates from its share. A shift by the model of every class then leaves class means where they are.
 */
export function covarianceMove(
  x: Matrix,
  classes: readonly Int32Array[],
  deviations: Matrix,
  c: number,
  level: number,
): BlindMove | undefined {
  const moments = classMoments(x, classes)
  const { variances, compared: P } = moments
  if (P === 0) return undefined
  const { deviations: apart, squares, nulls } = covarianceDeviations(moments, squareSums(x, classes, moments))
  const kept = cappedShares(squares, nulls, level)
  if (kept.every((share) => share === 1)) return undefined
  const spreads = variances.slice(0, P).map(Math.sqrt)
  const asked = apart[c]!.map((value, p) => value * (1 - kept[p]!) * spreads[Math.floor(p / P)]! * spreads[p % P]!)
  return linearMove(x, classes, deviations, c, moments, asked)
}

/**
 * The move of that form after which the covariance of class c lies from the pooled one as it does in `before` (n, K),
 * to first order.
 */
export function covarianceHeldMove(
  x: Matrix,
  classes: readonly Int32Array[],
  deviations: Matrix,
  c: number,
  before: Matrix,
): BlindMove | undefined {
  const moments = classMoments(x, classes)
  const { axes, compared: P } = moments
  if (P === 0) return undefined
  const [was, is] = [before, x].map((table) => {
    const normals = classNormals(table, classes)
    const { within } = pooledNormal(normals)
    return normals[c]!.covariance.map((value, p) => value - within[p]!)
  })
  const K = x.cols
  const leading = axes.slice(0, P * K)
  const change = is!.map((value, p) => value - was![p]!)
  return linearMove(
    x,
    classes,
    deviations,
    c,
    moments,
    product(product(leading, change, P, K, K), transposed(leading, P, K), P, K, P),
  )
}

/** The least move by e_c that changes the covariance of class c by less `asked` (P, P), along the compared axes. */
function linearMove(
  x: Matrix,
  classes: readonly Int32Array[],
  deviations: Matrix,
  c: number,
  moments: ClassMoments,
  asked: Float64Array,
): BlindMove | undefined {
  const { sizes, centre, axes, variances, compared: P } = moments
  const K = x.cols
  const answer = weightedMeans(deviations, classes)
  const C = classes.length
  const rho = answer[c * C + c]!
  if (!(rho > 0)) return undefined
  const spreads = variances.slice(0, P).map(Math.sqrt)
  const weighted = matrix(x.rows, K)
  for (let i = 0; i < x.rows; i++) {
    const own = deviations.data[i * C + c]!
    for (let k = 0; k < K; k++) weighted.data[i * K + k] = own * (x.data[i * K + k]! - centre[k]!)
  }
  const leading = axes.slice(0, P * K)
  const inAxes = (m: Float64Array): Float64Array =>
    product(product(leading, m, P, K, K), transposed(leading, P, K), P, K, P)
  // Sum over users of (1 / n_c on the class, less 1 / n on all) of e_c u u'.
  const n = sizes.reduce((sum, size) => sum + size, 0)
  const cross = new Float64Array(K * K)
  classes.forEach((rows, own) => {
    const weight = (own === c ? 1 / sizes[c]! : 0) - 1 / n
    crossMoments(x, rows, centre, { of: weighted, centre: new Float64Array(K) }).forEach(
      (sum, p) => void (cross[p]! += weight * sum),
    )
  })
  const covariance = inAxes(cross)
  const { values, vectors } = symmetricEigen(
    covariance.map((value, p) => (value + covariance[(p % P) * P + Math.floor(p / P)]!) / 2),
    P,
  )
  // Variance along each eigenvector: what the value is, over rho, where the model does not depend on place.
  const plain = values.map((_, a) => spreads.reduce((sum, spread, b) => sum + (spread * vectors[a * P + b]!) ** 2, 0))
  const held = values.map((value, a) => Math.max(value, leastAnswer * rho * plain[a]!))
  const turned = product(product(vectors, asked, P, P, P), transposed(vectors, P, P), P, P, P)
  const inner = turned.map((value, p) => -value / (held[Math.floor(p / P)]! + held[p % P]!))
  const solution = product(product(transposed(vectors, P, P), inner, P, P, P), vectors, P, P, P)
  const change = product(product(transposed(leading, P, K), solution, K, P, P), leading, K, P, K)
  const moves = matrix(x.rows, K)
  gemmNT(weighted, matrix(K, K, Float32Array.from(change)), moves)
  return { kind: 'linear', of: c, centre, change, shifts: shiftsHoldingMeans(moves, classes, deviations) }
}
