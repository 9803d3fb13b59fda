/**
 * @file The regulariser of the authors' code: hinge losses that keep each user's list of best items in its order, with
 * a margin. It lives in the space of scores, so it needs the items' embeddings, which Eq. 7's norm does not.
 */

import { checkMatrix, checkOptions, matrix, type Matrix } from '@indistinct/core'
import type { Loss } from './loss.ts'

export interface MarginOptions {
  /** What an item must score above the next one in the list. Default 0.05 (the authors' code). */
  readonly margin?: number
  /** What each item of `lists` scores beside the product (N * places). Default 0. */
  readonly offsets?: Float64Array
}

export interface MarginLoss extends Loss {
  /** With respect to the items (I, K). */
  readonly itemGradient: Matrix
}

/**
 * sum_i sum_n max(0, s_i(n+1) - s_i(n) + margin), s_i(n) = theta_i . item of place n + offset, over the lists as they
 * were before unlearning.
 * @param theta users (N, K)
 * @param items (I, K)
 * @param lists (N * places) item ids of each user, best first; -1 ends a list early
 * @throws RangeError when shapes do not fit or an id names no item.
 */
export function margin(theta: Matrix, items: Matrix, lists: Int32Array, options: MarginOptions = {}): MarginLoss {
  checkOptions('margin', options, { margin: 'number', offsets: 'object' })
  checkMatrix('margin', theta, 'theta')
  checkMatrix('margin', items, 'items')
  const { margin: gap = 0.05, offsets } = options
  const { rows, cols } = theta
  if (items.cols !== cols) throw new RangeError(`margin: expected items of ${cols} dimensions, got ${items.cols}`)
  if (lists.length % rows !== 0)
    throw new RangeError(`margin: expected lists of one length for ${rows} users, got ${lists.length} ids`)
  if (!(gap >= 0 && gap < Infinity)) throw new RangeError(`margin: expected a margin of at least 0, got ${gap}`)
  if (offsets && offsets.length !== lists.length)
    throw new RangeError(`margin: expected offsets for ${lists.length} places, got ${offsets.length}`)
  const places = lists.length / rows
  const gradient = matrix(rows, cols)
  const out = gradient.data
  const itemGradient = matrix(items.rows, cols)
  let value = 0
  for (let i = 0; i < rows; i++) {
    const user = i * cols
    let before = -1
    let scoreBefore = 0
    for (let n = 0; n < places; n++) {
      const id = lists[i * places + n]!
      if (id === -1) break
      if (!(id >= 0 && id < items.rows))
        throw new RangeError(`margin: expected item ids from 0 to ${items.rows - 1}, got ${id} for user ${i}`)
      const item = id * cols
      let score = offsets?.[i * places + n] ?? 0
      for (let k = 0; k < cols; k++) score += theta.data[user + k]! * items.data[item + k]!
      const hinge = score - scoreBefore + gap
      if (before >= 0 && hinge > 0) {
        value += hinge
        for (let k = 0; k < cols; k++) {
          out[user + k]! += items.data[item + k]! - items.data[before + k]!
          itemGradient.data[item + k]! += theta.data[user + k]!
          itemGradient.data[before + k]! -= theta.data[user + k]!
        }
      }
      before = item
      scoreBefore = score
    }
  }
  return { value, gradient, itemGradient }
}
