/**
 * @file Users' vectors rebuilt from nothing but their recommended lists, by who has a model of its own over the same
 * items: a surrogate for the one that made the lists. A list of ten of thousands of items has little in common with
 * another user's; the surrogate knows which items go together, and so what users are like whose lists share none. The
 * attack on recommended lists through a surrogate model is that of Zhang and Liu (2026, "Multi-Scenario User Profile
 * Construction via Recommendation Lists", RAPI), with a factor model in place of its text encoder.
 */

import { checkMatrix, checkOptions, csrFromPairs, type Matrix } from '@indistinct/core'
import { ials, solveRows, type TrainingData } from '@indistinct/recommenders'

export interface SurrogateOptions {
  /** What an item on the list weighs more than one that is not; 10. */
  readonly alpha?: number
  /** Ridge penalty on a user's vector; 1. */
  readonly l2?: number
}

/**
 * The vector of each user that explains the list best under the surrogate: for listed items i of vectors y_i it is to
 * score x'y_i = 1, for all others 0, by iALS' least squares.
 * @param lists (users x k) items, as of `topK`; -1 is no item
 * @param items the surrogate's item vectors (I, K)
 * @returns (users, K); 0 for a user without a list
 * @throws RangeError for lists that are not as long for each user, or that name other items.
 */
export function surrogateVectors(
  lists: Int32Array,
  users: number,
  items: Matrix,
  options: SurrogateOptions = {},
): Matrix {
  checkOptions('surrogateVectors', options, { alpha: 'number', l2: 'number' })
  checkMatrix('surrogateVectors', items, 'items')
  const { alpha = 10, l2 = 1 } = options
  const k = lists.length / users
  if (!Number.isInteger(k))
    throw new RangeError(`surrogateVectors: expected a multiple of ${users} list entries, got ${lists.length}`)
  if (!(alpha > 0 && l2 > 0))
    throw new RangeError(`surrogateVectors: expected alpha and l2 above 0, got ${alpha} and ${l2}`)
  const stranger = lists.find((item) => item < -1 || item >= items.rows)
  if (stranger !== undefined)
    throw new RangeError(
      `surrogateVectors: expected items from 0 to ${items.rows - 1}, or -1 for none, got ${stranger}`,
    )
  const listed = lists.map((_, at) => at).filter((at) => lists[at]! >= 0)
  const seen = csrFromPairs(
    users,
    items.rows,
    listed.map((at) => Math.floor(at / k)),
    listed.map((at) => lists[at]!),
  )
  const out: Matrix = { rows: users, cols: items.cols, data: new Float32Array(users * items.cols) }
  solveRows(out, items, seen, { alpha, l2 })
  return out
}

/** Passes of training: a surrogate need not rank well, only know which items go together. */
const epochs = 10

/**
 * Item vectors (I, 16) of iALS on `data`: the surrogate of an attacker who trains on the model's own interactions, the
 * best there are.
 */
export function surrogateItems(data: TrainingData, options: { readonly seed: number }): Matrix {
  checkOptions('surrogateItems', options, { seed: 'number' })
  const { seed } = options
  return ials.train(data, { epochs, seed }).parameters['items']!
}
