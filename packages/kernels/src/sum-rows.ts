/** @file Sums of listed rows of a table of counts: what resamples of users come to in groups of them. */

import { openFrame } from './memory.ts'
import { runKernel } from './runtime.ts'

/** A row-major table of counts; `cols` is a multiple of 8. */
export interface Counts {
  readonly rows: number
  readonly cols: number
  readonly data: Uint16Array
}

const serialBelow = 500_000

/**
 * Sums (G, cols) of the rows of `table` (N, cols) that each of G groups lists, exact below 2^32.
 * @throws RangeError when `cols` is no multiple of 8 or a row is outside 0 .. N - 1.
 */
export function sumRows({ rows, cols, data }: Counts, groups: readonly Int32Array[]): Uint32Array {
  if (cols % 8 !== 0) throw new RangeError(`sumRows: expected a multiple of 8 columns, got ${cols}`)
  const listed = groups.reduce((sum, { length }) => sum + length, 0)
  const list = new Int32Array(listed)
  const ends = new Int32Array(groups.length)
  let end = 0
  for (const [g, group] of groups.entries()) {
    list.set(group, end)
    ends[g] = end += group.length
  }
  for (const row of list)
    if (row < 0 || row >= rows) throw new RangeError(`sumRows: expected rows in 0 .. ${rows - 1}, got ${row}`)
  const out = new Uint32Array(groups.length * cols)
  const frame = openFrame()
  const args = [frame.input(data), frame.input(list), frame.input(ends), frame.output(out), cols]
  runKernel('sumRows', groups.length, args, listed * cols < serialBelow)
  frame.close()
  return out
}
