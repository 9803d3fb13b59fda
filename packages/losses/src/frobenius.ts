/** @file The regulariser l_r = ||theta - theta*||_F^2 (paper, Eq. 7): how far users have moved. */

import { checkMatrix, matrix, type Matrix } from '@indistinct/core'
import type { Loss } from './loss.ts'

/**
 * Sum of squared differences between theta and `original` (both (N, K)): no square root, no mean and no factor 1/2,
 * so the gradient is 2 (theta - theta*).
 * @throws RangeError when the shapes differ.
 */
export function frobenius(theta: Matrix, original: Matrix): Loss {
  checkMatrix('frobenius', theta, 'theta')
  checkMatrix('frobenius', original, 'original')
  if (theta.rows !== original.rows || theta.cols !== original.cols) {
    throw new RangeError(
      `frobenius: expected two tables of one shape, got ${theta.rows} x ${theta.cols} and ${original.rows} x ` +
        `${original.cols}`,
    )
  }
  const gradient = matrix(theta.rows, theta.cols)
  let value = 0
  for (let p = 0; p < theta.data.length; p++) {
    const moved = theta.data[p]! - original.data[p]!
    value += moved * moved
    gradient.data[p] = 2 * moved
  }
  return { value, gradient }
}
