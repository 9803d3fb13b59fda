/**
 * @file Items fitted anew to users that were moved, so that scores come close to those of the users as trained. No
 * label enters and every user is scored by the same items: nothing that was taken out of users comes back. Tried, and
 * no gain (variants.ts).
 */

import { matrix, type Matrix } from '@indistinct/core'
import { scoreTopK, symmetricEigen } from '@indistinct/kernels'

export interface RefitOptions {
  /** Best items of each user as trained, whose scores count in full. 0: all scores count alike. */
  readonly top: number
  /** What all other scores count. */
  readonly others: number
}

/** Share of the mean diagonal that is added to it: directions that no user of an item's has stay as they were. */
const ridge = 1e-4

/**
 * Items (I, K) whose scores of `moved` users (N, K) are closest, item by item and by weighted least squares, to those
 * that `items` (I, K) give `users` (N, K). With `top` 0 all items share one map, a (K, K) regression of users on moved
 * ones.
 */
export function refitItems(users: Matrix, moved: Matrix, items: Matrix, { top, others }: RefitOptions): Matrix {
  const K = items.cols
  const shared = new Float64Array(K * K)
  const cross = new Float64Array(K * K)
  for (let u = 0; u < users.rows; u++) addSquares(shared, cross, moved, users, u, others)
  const counted: number[][] = Array.from({ length: items.rows }, () => [])
  const best = top > 0 ? scoreTopK(users, items, undefined, top) : new Int32Array(0)
  best.forEach((item, p) => item >= 0 && counted[item]!.push(Math.floor(p / top)))
  const sharedInverse = inverse(shared, K)
  const out = matrix(items.rows, K)
  for (let i = 0; i < items.rows; i++) {
    let [gram, right, inverted] = [shared, cross, sharedInverse]
    if (counted[i]!.length > 0) {
      ;[gram, right] = [shared.slice(), cross.slice()]
      for (const u of counted[i]!) addSquares(gram, right, moved, users, u, 1 - others)
      inverted = inverse(gram, K)
    }
    for (let a = 0; a < K; a++) {
      for (let b = 0; b < K; b++)
        for (let c = 0; c < K; c++)
          out.data[i * K + a]! += inverted[a * K + b]! * right[b * K + c]! * items.data[i * K + c]!
    }
  }
  return out
}

/** gram += weight m m', cross += weight m u', m and u being row `row` of both tables. */
function addSquares(
  gram: Float64Array,
  cross: Float64Array,
  moved: Matrix,
  users: Matrix,
  row: number,
  weight: number,
): void {
  const K = moved.cols
  for (let a = 0; a < K; a++) {
    const value = weight * moved.data[row * K + a]!
    for (let b = 0; b < K; b++) {
      gram[a * K + b]! += value * moved.data[row * K + b]!
      cross[a * K + b]! += value * users.data[row * K + b]!
    }
  }
}

function inverse(gram: Float64Array, K: number): Float64Array {
  const { values, vectors } = symmetricEigen(gram, K)
  const floor = (ridge * values.reduce((sum, value) => sum + value, 0)) / K
  const out = new Float64Array(K * K)
  for (let e = 0; e < K; e++) {
    for (let a = 0; a < K; a++)
      for (let b = 0; b < K; b++) out[a * K + b]! += (vectors[e * K + a]! * vectors[e * K + b]!) / (values[e]! + floor)
  }
  return out
}
