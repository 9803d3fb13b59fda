/** @file The move of a vector towards the nearest of frozen references. */

import { addProducts } from './row-products.ts'

/**
 * `own` x plus 1 - `own` times the mean of the `count` rows of `references` (R, K) nearest to x; `halfSquares` (R) are
 * minus half their squared lengths.
 */
export interface NeighbourMove {
  readonly kind: 'neighbours'
  readonly references: Float64Array
  readonly halfSquares: Float64Array
  readonly count: number
  readonly own: number
}

/** The move towards rows of `references` (R, K). */
export function neighbourMove(references: Float64Array, K: number, count: number, own: number): NeighbourMove {
  const halfSquares = new Float64Array(references.length / K)
  references.forEach((value, p) => void (halfSquares[Math.floor(p / K)]! -= value ** 2 / 2))
  return { kind: 'neighbours', references, halfSquares, count, own }
}

/** Scratch: one thread maps one row at a time. */
let nearness = new Float64Array(0)

/** Sets `out` (K) to `row` (K) after the move; of rows equally near the first count. */
export function towardsNeighbours(out: Float64Array, row: Float64Array, move: NeighbourMove): void {
  const { references, halfSquares, count, own } = move
  const [K, R] = [row.length, halfSquares.length]
  if (nearness.length !== R) nearness = new Float64Array(R)
  // The nearest have the largest r.x - r.r / 2.
  nearness.set(halfSquares)
  addProducts(nearness, references, row, R)
  const nearest = new Int32Array(count)
  let held = 0
  for (let r = 0; r < R; r++) {
    const value = nearness[r]!
    if (held === count && value <= nearness[nearest[count - 1]!]!) continue
    let at = held < count ? held++ : count - 1
    for (; at > 0 && nearness[nearest[at - 1]!]! < value; at--) nearest[at] = nearest[at - 1]!
    nearest[at] = r
  }
  for (let k = 0; k < K; k++) out[k] = own * row[k]!
  for (const r of nearest) for (let k = 0; k < K; k++) out[k]! += ((1 - own) * references[r * K + k]!) / count
}
