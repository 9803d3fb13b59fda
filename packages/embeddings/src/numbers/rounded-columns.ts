/**
 * @file Columns of float64 that float32 cannot tell apart: an offset beside which users differ by less than its steps.
 */

import { badData } from '@indistinct/core'
import { quoted } from '../quoted.ts'

/** Steps of float32 within which all values of a column may not lie. */
const FEWEST_STEPS = 32
/** Least float32 of full precision; steps of smaller ones are all of one size. */
const TINY = 2 ** -126

/** What has been seen of the columns of a table of float64, and of their roundings. */
export interface SeenRounding {
  /** The next rows, row-major, rounded to float32 and in full. */
  see(values: ArrayLike<number>, exact: ArrayLike<number>): void
  /**
   * Checks that float32 holds what distinguishes users in each column.
   * @throws IndistinctError 'bad-data' naming the column, its values and what to subtract.
   */
  check(dimensions: readonly string[], name: string): void
}

/** @param cols how many columns there are */
export function seenRounding(cols: number): SeenRounding {
  const least = new Float64Array(cols).fill(Infinity)
  const most = new Float64Array(cols).fill(-Infinity)
  const error = new Float64Array(cols)
  const whole = new Uint8Array(cols).fill(1)
  return {
    see(values, exact) {
      for (let at = 0; at < exact.length; at += cols) {
        for (let k = 0; k < cols; k++) {
          const value = exact[at + k]!
          if (!Number.isInteger(value)) whole[k] = 0
          if (value < least[k]!) least[k] = value
          if (value > most[k]!) most[k] = value
          const off = Math.abs(value - values[at + k]!)
          if (off > error[k]!) error[k] = off
        }
      }
    },
    check(dimensions, name) {
      for (let k = 0; k < cols; k++) {
        const [low, high, off] = [least[k]!, most[k]!, error[k]!]
        // What differs in the last digits of float64 is rounding of its own.
        if (high - low <= 2 ** -48 * Math.max(high, -low) || high - low >= 2 * FEWEST_STEPS * off) continue
        const centre = Number((low / 2 + high / 2).toPrecision(3))
        const change =
          Math.max(high, -low) < TINY ? 'multiply that column by a constant' : `subtract ${centre} from that column`
        const advice = whole[k] === 1 ? `if these are ids or times, leave that column out; if not, ${change}` : change
        throw badData(
          `${name}: column ${quoted(dimensions[k]!)}: expected values that float32 tells apart, got ${low} to ` +
            `${high}, which it rounds by up to ${off.toPrecision(2)}; ${advice} first`,
        )
      }
    },
  }
}
