/**
 * @file Columns of float64 that float32 cannot tell apart: an offset beside which users differ by less than its steps.
 */

import { badData, type Matrix } from '@indistinct/core'
import { quoted } from '../quoted.ts'

/** Steps of float32 within which all values of a column may not lie. */
const FEWEST_STEPS = 32
/** Least float32 of full precision; steps of smaller ones are all of one size. */
const TINY = 2 ** -126

/**
 * Checks that float32 holds what distinguishes users in each column of `exact` (N, K), whose roundings are `matrix`.
 * @throws IndistinctError 'bad-data' naming the column, its values and what to subtract.
 */
export function checkRounding(
  { rows, cols, data }: Matrix,
  exact: Float64Array,
  dimensions: readonly string[],
  name: string,
): void {
  for (let k = 0; k < cols; k++) {
    let [least, most, error] = [Infinity, -Infinity, 0]
    let whole = true
    for (let p = k; p < rows * cols; p += cols) {
      const value = exact[p]!
      whole &&= Number.isInteger(value)
      least = Math.min(least, value)
      most = Math.max(most, value)
      error = Math.max(error, Math.abs(value - data[p]!))
    }
    // What differs in the last digits of float64 is rounding of its own.
    if (most - least <= 2 ** -48 * Math.max(most, -least) || most - least >= 2 * FEWEST_STEPS * error) continue
    const centre = Number((least / 2 + most / 2).toPrecision(3))
    const change =
      Math.max(most, -least) < TINY ? 'multiply that column by a constant' : `subtract ${centre} from that column`
    const advice = whole ? `if these are ids or times, leave that column out; if not, ${change}` : change
    throw badData(
      `${name}: column ${quoted(dimensions[k]!)}: expected values that float32 tells apart, got ${least} to ` +
        `${most}, which it rounds by up to ${error.toPrecision(2)}; ${advice} first`,
    )
  }
}
