/** @file Tables at an end of what float32 holds: moves there would overflow, or vanish. */

import { badData, type Matrix } from '@indistinct/core'

/** Largest value: 34 times this is infinite in float32, and a user may move by some times the width of the table. */
const largest = 1e37
/** Least width of the widest column: what is smaller has fewer than 24 binary digits. */
const narrowest = 2 ** -126

/**
 * @throws IndistinctError 'bad-data' where values of embedding (N, K) in `rows` are too large or all too near each
 * other.
 */
export function checkFloatRange(caller: string, { cols: K, data }: Matrix, rows: Int32Array): void {
  let width = 0
  for (let k = 0; k < K; k++) {
    let [least, most] = [Infinity, -Infinity]
    for (const i of rows) {
      const value = data[i * K + k]!
      if (value < least) least = value
      if (value > most) most = value
      if (Math.abs(value) <= largest) continue
      throw badData(
        `${caller}: expected values of at most ${largest}, a share of the largest float32, got ${value} in row ` +
          `${i}, column ${k} ` +
          '(both from 0); divide the table by a constant, such as 1e30',
      )
    }
    width = Math.max(width, most - least)
  }
  if (width < narrowest) {
    throw badData(
      `${caller}: expected users who differ by at least ${narrowest.toPrecision(2)}, the least float32 of full ` +
        'precision, ' +
        `got ${width.toPrecision(2)}; multiply the table by a constant, such as 1e30`,
    )
  }
}
