/**
 * @file A move by what the vector says of a class, which brings that class's covariance to the difference that chance
 * gives it.
 */

import { matrix, type Matrix } from '@indistinct/core'
import { gemmTN } from '@indistinct/kernels'
import { cappedShares } from '../flow/calibrate/calibrate-moments.ts'
import { classMoments, covarianceDeviations, squareSums } from '../flow/calibrate/class-moments.ts'
import type { ClassMoments } from '../flow/calibrate/common-axes.ts'
import { classNormals, pooledNormal } from '../closed/class-normals.ts'
import { product, transposed } from '../linear-algebra/small-product.ts'
import type { BlindMove } from './blind-map.ts'
import { leastChange } from './least-change.ts'
import { shiftsHoldingMeans, weightedMeans } from './held-means.ts'
import { meansLessAll } from './moved-table.ts'

/** Rows that are in memory a second time, weighted, while sums over them are taken. */
const chunkRows = 4096

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
  const { centre, axes, variances, compared: P } = moments
  const K = x.cols
  const answer = weightedMeans(deviations, classes)
  const C = classes.length
  const rho = answer[c * C + c]!
  if (!(rho > 0)) return undefined
  const spreads = variances.slice(0, P).map(Math.sqrt)
  const leading = axes.slice(0, P * K)
  const inAxes = (m: Float64Array): Float64Array =>
    product(product(leading, m, P, K, K), transposed(leading, P, K), P, K, P)
  const { cross, sums } = weightedSums(x, classes, deviations, c, centre)
  const covariance = inAxes(cross)
  const solution = leastChange(covariance, asked, spreads, rho)
  const change = product(product(transposed(leading, P, K), solution, K, P, P), leading, K, P, K)
  const moved = product(meansLessAll(sums, classes), transposed(change, K, K), C, K, K)
  return { kind: 'linear', of: c, centre, change, shifts: shiftsHoldingMeans(moved, classes, deviations) }
}

/**
 * With u = e_c(x) (x - centre): the sum over users of 1 / n_c on class c, less 1 / n on all, of u (x - centre)' (K, K);
 * and the sum of u over each class (C, K).
 */
function weightedSums(
  x: Matrix,
  classes: readonly Int32Array[],
  deviations: Matrix,
  c: number,
  centre: Float64Array,
): { cross: Float64Array; sums: Float64Array } {
  const [K, C] = [x.cols, classes.length]
  const n = classes.reduce((sum, { length }) => sum + length, 0)
  const cross = new Float64Array(K * K)
  const sums = new Float64Array(C * K)
  const products = matrix(K, K)
  classes.forEach((rows, own) => {
    const weight = (own === c ? 1 / rows.length : 0) - 1 / n
    for (let first = 0; first < rows.length; first += chunkRows) {
      const chunk = rows.subarray(first, first + chunkRows)
      const [plain, weighted] = [matrix(chunk.length, K), matrix(chunk.length, K)]
      for (let r = 0, p = 0; r < chunk.length; r++) {
        const said = deviations.data[chunk[r]! * C + c]!
        for (let k = 0; k < K; k++, p++) {
          plain.data[p] = x.data[chunk[r]! * K + k]! - centre[k]!
          weighted.data[p] = said * plain.data[p]!
          sums[own * K + k]! += weighted.data[p]!
        }
      }
      gemmTN(weighted, plain, products)
      products.data.forEach((sum, p) => void (cross[p]! += weight * sum))
    }
  })
  return { cross, sums }
}
