/** @file The nearest of some rows to each of others, by distances from products in float64. */

import { allocateBytes, memory, releaseBytes } from './memory.ts'
import { blockValues, rowBlocks, type Dense } from './product64.ts'
import { runKernel } from './runtime.ts'

export interface NearestOptions {
  /** Rows wanted. */
  readonly k: number
  /** Of each row of `x` (M) the group of rows of `y` (N) that are passed over; none unless given. */
  readonly passedOver?: { readonly ofAsked: ArrayLike<number>; readonly ofKnown: ArrayLike<number> }
  /** By how much the squared distances of each row of `x` (M) may be wrong. */
  readonly rounding: Float64Array
}

/** Candidates of rows first .. first + count - 1 of `x`; those of a row start `stride` places after those before. */
export interface NearestBlock {
  readonly first: number
  readonly count: number
  readonly stride: number
  /** How many candidates each row has. */
  readonly found: Int32Array
  /** The candidates' rows of `y`, ascending. */
  readonly listed: Int32Array
  /** Their squared distances less the square of the row of `x`. */
  readonly values: Float64Array
}

const rowsPerTask = 64

/**
 * Calls `use` with the candidates for the k nearest rows of `y` (N, K) to each row of `x` (M, K), block by block: those
 * whose distance is at most the k-th smallest, and those that `rounding` may have put behind them. Arrays are used
 * again for the next block.
 */
export function nearestCandidates(
  x: Dense,
  y: Dense,
  { k, passedOver, rounding }: NearestOptions,
  use: (block: NearestBlock) => void,
): void {
  const stride = 4 * Math.ceil(y.rows / 4)
  const groups = passedOver ? 1 + Array.from(passedOver.ofKnown).reduce((a, b) => Math.max(a, b), 0) : 1
  const most = Math.min(4 * Math.ceil(x.rows / 4), Math.max(4, Math.floor(blockValues / Math.max(4, stride))))
  const sizes = [8 * groups * stride, 4 * most, 8 * most, 4 * most * stride, 4 * most]
  const taken = sizes.map(allocateBytes)
  const [squares, groupOf, margins, listed, found] = taken as [number, number, number, number, number]
  try {
    fillSquares(y, new Float64Array(memory.buffer, squares, groups * stride), stride, passedOver?.ofKnown)
    rowBlocks(x, y, {}, ({ values, first, count }) => {
      const group = new Int32Array(memory.buffer, groupOf, count)
      for (let i = 0; i < count; i++) group[i] = passedOver?.ofAsked[first + i] ?? 0
      new Float64Array(memory.buffer, margins, count).set(rounding.subarray(first, first + count))
      const args = [values.byteOffset, squares, groupOf, margins, listed, found, count, stride, k, rowsPerTask]
      runKernel('nearest64', Math.ceil(count / rowsPerTask), args, count * stride < 50_000)
      use({
        first,
        count,
        stride,
        values,
        listed: new Int32Array(memory.buffer, listed, count * stride),
        found: new Int32Array(memory.buffer, found, count),
      })
    })
  } finally {
    for (const address of taken.reverse()) releaseBytes(address)
  }
}

/** Squared lengths of rows (groups, stride), infinite for rows of the group itself and beyond the last. */
function fillSquares(
  { rows, cols, data }: Dense,
  out: Float64Array,
  stride: number,
  groupOf: ArrayLike<number> | undefined,
): void {
  out.fill(Infinity)
  for (let m = 0, p = 0; m < rows; m++) {
    let square = 0
    for (let j = 0; j < cols; j++, p++) square += data[p]! ** 2
    for (let at = m, group = 0; at < out.length; at += stride, group++)
      if (groupOf === undefined || groupOf[m] !== group) out[at] = square
  }
}
