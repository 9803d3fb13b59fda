/**
 * @file The Hilbert-Schmidt independence criterion between users and a continuous attribute (Gretton et al. 2005),
 * biased, and what it would be if the values were dealt out at random.
 */

import { matrix, type Matrix } from '@indistinct/core'
import { rbfMmd } from '@indistinct/kernels'
import type { Loss } from './loss.ts'

/** Values of the attribute through a radial kernel, as the centred columns of a factor of it. */
export interface HsicTarget {
  /** Rows that have a value. */
  readonly rows: Int32Array
  /** Columns phi (N each, zero on rows without a value), sum phi phi' = H L H over `rows`. */
  readonly columns: readonly Float32Array[]
  /** Trace of H L H. */
  readonly trace: number
  /** Mean squared difference of values, the b of L(i, j) = exp(-(y_i - y_j)^2 / b). */
  readonly bandwidth: number
}

export interface HsicLoss extends Loss {
  /** Its expectation when values are dealt out at random to the same users. */
  readonly nullValue: number
  /** The b of the kernels on users. */
  readonly bandwidth: number
}

/** What of the trace of L may be left out, and columns after which the factor is cut off in any case. */
const leftOut = 1e-6
const mostColumns = 64

/**
 * The attribute's side of `hsic`: a pivoted Cholesky factor of L, centred. A radial kernel on a line has a spectrum
 * that falls fast, so that ten columns or so hold it.
 * @param values one a user (N), NaN where there is none
 * @throws RangeError where fewer than three users have a value, or all have the same.
 */
export function hsicTarget(values: Float64Array): HsicTarget {
  const rows = Int32Array.from([...values.keys()].filter((i) => !Number.isNaN(values[i]!)))
  const m = rows.length
  const mean = rows.reduce((sum, i) => sum + values[i]! / m, 0)
  const bandwidth = rows.reduce((sum, i) => sum + (2 * (values[i]! - mean) ** 2) / (m - 1), 0)
  if (m < 3 || !(bandwidth > 0) || !Number.isFinite(bandwidth))
    throw new RangeError(
      `hsicTarget: expected three users or more with finite values that differ, got ${m} with a mean squared ` +
        `difference of ${bandwidth}`,
    )
  const left = new Float64Array(m).fill(1)
  const factor: Float64Array[] = []
  while (factor.length < Math.min(m, mostColumns)) {
    let pivot = 0
    let rest = 0
    for (let r = 0; r < m; r++) {
      rest += left[r]!
      if (left[r]! > left[pivot]!) pivot = r
    }
    if (rest <= leftOut * m) break
    const root = Math.sqrt(left[pivot]!)
    const column = new Float64Array(m)
    for (let r = 0; r < m; r++) {
      let entry = Math.exp(-((values[rows[r]!]! - values[rows[pivot]!]!) ** 2) / bandwidth)
      for (const other of factor) entry -= other[r]! * other[pivot]!
      column[r] = entry / root
      left[r] = Math.max(0, left[r]! - column[r]! ** 2)
    }
    factor.push(column)
  }
  let trace = 0
  const columns = factor.map((column) => {
    const centre = column.reduce((sum, value) => sum + value / m, 0)
    const out = new Float32Array(values.length)
    for (let r = 0; r < m; r++) {
      const value = column[r]! - centre
      trace += value * value
      // Rows of weight zero would take no part in the sums over all users.
      out[rows[r]!] = Math.abs(value) < 1e-20 ? 1e-20 : value
    }
    return out
  })
  return { rows, columns, trace, bandwidth }
}

/**
 * tr(K H L H) / m^2 over the m users with a value, K the five radial kernels of MMD on theta (N, K), with its gradient,
 * the bandwidth held constant: the sum over columns phi of phi' K phi, each a pass of the MMD kernel.
 *
 * Null: over permutations pi of the values, E[sum_ij A_ij B_pi(i)pi(j)] = tr A tr B / m + (sum A - tr A)(sum B - tr B)
 * / (m (m - 1)), and for centred A = HKH, B = HLH, whose sums are 0, that is tr A tr B / (m - 1).
 */
export function hsic(theta: Matrix, target: HsicTarget): HsicLoss {
  const { rows, columns, trace: valueTrace } = target
  const m = rows.length
  const gradient = matrix(theta.rows, theta.cols)
  let [value, total, trace, bandwidth] = [0, 0, 0, 0]
  for (const column of columns) {
    const part = rbfMmd(theta, column)
    value += part.value / m ** 2
    ;({ total, trace, bandwidth } = part)
    for (let p = 0; p < gradient.data.length; p++) gradient.data[p]! += part.gradient!.data[p]! / m ** 2
  }
  return { value, gradient, bandwidth, nullValue: ((trace - total / m) * valueTrace) / ((m - 1) * m ** 2) }
}
