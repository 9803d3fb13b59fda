/**
 * @file Tables whose rows all have one length, as unit vectors have, for which inner products are cosines: found, and
 * kept at it. Scaling is a function of the row alone, so that it tells no attacker more than the row it scales.
 */

import type { Matrix } from '@indistinct/core'
import type { RowReader } from './table-container.ts'
import type { StoredType } from './numbers/stored-type.ts'

export interface RowLength {
  /** Euclidean; exactly 1 where it is as near to it as the type of the table tells. */
  readonly length: number
  /** How far from it, relative to it, rows may be that the type of the table cannot bring nearer. */
  readonly rest: number
}

/** Least and largest length of the rows that are not all zeros. */
export interface LengthRange {
  least: number
  most: number
}

/** Numbers in text are often cut to four digits. */
const SLACK = 1e-3

/** Lengths are one where they differ by less than this part of what the rows differ by: a large offset is no length. */
const LEAST_CONTRAST = 0.1

/**
 * The length that all rows of a table have, but for those of zeros; undefined where they differ, or there is one
 * dimension.
 */
export function commonLength(matrix: Matrix, type: StoredType): RowLength | undefined {
  const seen = noRows(matrix.cols)
  see(seen, matrix.data)
  return lengthOf(seen, type)
}

/** A reader of the same rows that notes their lengths as they pass. */
export function watchLengths(table: RowReader): { readonly table: RowReader; length(): RowLength | undefined } {
  const seen = noRows(table.cols)
  return {
    table: {
      ...table,
      readRows(from, to, into) {
        table.readRows(from, to, into)
        see(seen, into)
      },
    },
    length: () => lengthOf(seen, table),
  }
}

export interface KeptLengths {
  readonly matrix: Matrix
  /** Rows that were scaled. */
  readonly scaled: number
  /** Lengths of the rows that moved, before they were scaled. */
  readonly moved: LengthRange
  /** Rows of zeros that moved, whose length there is nothing to keep of. */
  readonly ofZeros: number
}

/** `after`, the rows of `before` (N, K) as a method moved them, with every row that moved scaled to `length`. */
export function keptAtLength(before: Matrix, after: Matrix, { length, rest }: RowLength): KeptLengths {
  const { rows, cols } = after
  const data = after.data.slice()
  const moved = emptyRange()
  let [scaled, ofZeros] = [0, 0]
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * cols, (i + 1) * cols)
    const old = before.data.subarray(i * cols, (i + 1) * cols)
    if (row.every((value, k) => value === old[k])) continue
    if (old.every((value) => value === 0)) {
      ofZeros++
      continue
    }
    widen(moved, row, cols)
    if (scaleRow(row, { length, rest })) scaled++
  }
  return { matrix: { rows, cols, data }, scaled, moved, ofZeros }
}

/** Scales `row` to `length` in place, and says whether it had another one; zeros stay. */
export function scaleRow(row: Float32Array, { length, rest }: RowLength): boolean {
  const own = normOf(row, 0, row.length)
  if (own === 0 || Math.abs(own - length) <= rest * length) return false
  for (let k = 0; k < row.length; k++) row[k]! *= length / own
  return true
}

function emptyRange(): LengthRange {
  return { least: Infinity, most: 0 }
}

function widen(range: LengthRange, data: ArrayLike<number>, cols: number): void {
  for (let at = 0; at < data.length; at += cols) {
    const norm = normOf(data, at, cols)
    if (norm === 0) continue
    range.least = Math.min(range.least, norm)
    range.most = Math.max(range.most, norm)
  }
}

/** What has been seen of rows: the range of their lengths and the sums that their spread is made of. */
interface SeenRows {
  readonly range: LengthRange
  count: number
  /** The first row: differences from it lose no digits to an offset. */
  readonly first: Float64Array
  readonly sums: Float64Array
  squares: number
}

function noRows(cols: number): SeenRows {
  return { range: emptyRange(), count: 0, first: new Float64Array(cols), sums: new Float64Array(cols), squares: 0 }
}

function see(seen: SeenRows, data: ArrayLike<number>): void {
  const { first, sums, range } = seen
  const cols = first.length
  widen(range, data, cols)
  for (let at = 0; at < data.length; at += cols) {
    for (let k = 0; k < cols; k++) {
      if (seen.count === 0) first[k] = data[at + k]!
      const difference = data[at + k]! - first[k]!
      sums[k]! += difference
      seen.squares += difference * difference
    }
    seen.count++
  }
}

function lengthOf({ range: { least, most }, count, sums, squares }: SeenRows, type: StoredType): RowLength | undefined {
  if (sums.length < 2 || most === 0) return undefined
  const middle = (least + most) / 2
  const half = (most - least) / 2
  const spread = Math.sqrt(Math.max(0, squares - sums.reduce((total, sum) => total + sum * sum, 0) / count) / count)
  const rest = roundingOf(type, middle)
  const slack = Math.max(rest * middle, SLACK * spread)
  if (!(half <= slack && Math.max(half, rest * middle) <= LEAST_CONTRAST * spread)) return undefined
  return { length: Math.abs(middle - 1) <= Math.max(rest, SLACK) ? 1 : middle, rest }
}

/** How much, relative to `length`, rounding to the type changes the length of a row. */
function roundingOf(type: StoredType, length: number): number {
  if (type.quantisation) return (2 * type.quantisation.scale) / length
  if (type.dtype === 'f4' || type.dtype === 'f8') return 1e-6
  // The step from 1 to the next number of the type.
  return type.dtype === 'bf16' ? 2 ** -7 : 2 ** -10
}

function normOf(data: ArrayLike<number>, from: number, count: number): number {
  let sum = 0
  for (let at = from; at < from + count; at++) sum += data[at]! * data[at]!
  return Math.sqrt(sum)
}
