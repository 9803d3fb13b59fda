/** @file User-to-user distinguishability (paper, Eq. 10), in O(NK) through class sums. */

import { matrix, type Labels, type Matrix } from '@indistinct/core'
import { classRows } from './class-rows.ts'
import type { Loss } from './loss.ts'

/**
 * l_u = sum_ij ||theta_i - theta_j||^2 Div(v_i, v_j) = 2 Tr(theta' L_D theta) over ordered pairs (i, j) of labelled
 * rows of theta (N, K), with Div = 1 for different labels and 0 for equal ones; any number of classes.
 *
 * The N^2 terms fold into class sums: with n users in all, n_c of them in class c with sum s_c, and S the sum of
 * all, row i of class c has gradient 4 ((n - n_c) theta_i - (S - s_c)).
 * @throws RangeError when the labels do not fit theta.
 */
export function u2u(theta: Matrix, labels: Labels): Loss {
  const classes = classRows('u2u', theta, labels)
  const K = theta.cols
  const n = classes.reduce((sum, rows) => sum + rows.length, 0)
  const gradient = matrix(theta.rows, K)
  if (n === 0) return { value: 0, gradient }

  // Distances ignore a common shift: centring first keeps the difference of large sums below from cancelling.
  const centre = new Float64Array(K)
  for (const rows of classes) for (const i of rows) for (let k = 0; k < K; k++) centre[k]! += theta.data[i * K + k]! / n

  const sums = classes.map(() => new Float64Array(K))
  const total = new Float64Array(K)
  let value = 0
  classes.forEach((rows, c) => {
    const sum = sums[c]!
    let squares = 0
    for (const i of rows) {
      for (let k = 0; k < K; k++) {
        const x = theta.data[i * K + k]! - centre[k]!
        sum[k]! += x
        squares += x * x
      }
    }
    value += (n - rows.length) * squares
    for (let k = 0; k < K; k++) {
      total[k]! += sum[k]!
      value += sum[k]! * sum[k]!
    }
  })
  for (let k = 0; k < K; k++) value -= total[k]! * total[k]!

  classes.forEach((rows, c) => {
    const sum = sums[c]!
    const others = n - rows.length
    for (const i of rows) {
      for (let k = 0; k < K; k++) {
        const x = theta.data[i * K + k]! - centre[k]!
        gradient.data[i * K + k] = 4 * (others * x - (total[k]! - sum[k]!))
      }
    }
  })
  return { value: 2 * value, gradient }
}
