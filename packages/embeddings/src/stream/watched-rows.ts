/** @file What is learned of a table as its rows pass, so that no pass of their own is needed for it. */

import type { TableReader } from '../open-table.ts'
import { dimensionNotes } from '../numbers/dimension-notes.ts'
import { seenRounding } from '../numbers/rounded-columns.ts'
import { seenDimensions } from '../numbers/whole-dimensions.ts'
import type { RowReader } from '../table-container.ts'

/**
 * A reader of the same rows that shows them to `see` as they pass, row-major, with the number of the first. Of float64,
 * `exact` are the values in full.
 */
export function watchRows(
  table: RowReader,
  see: (values: ArrayLike<number>, first: number, exact?: Float64Array) => void,
): RowReader {
  return {
    ...table,
    readRows(from, to, into) {
      if (table.dtype !== 'f8') {
        table.readRows(from, to, into)
        return see(into, from)
      }
      const exact = into instanceof Float64Array ? into : new Float64Array(into.length)
      table.readRows(from, to, exact)
      if (exact === into) return see(Float32Array.from(exact), from, exact)
      into.set(exact)
      see(into, from, exact)
    },
  }
}

/** The look at the dimensions of a table, or of several that are its parts, as it is taken of tables in memory. */
export interface WatchedDimensions {
  /** A reader of the same rows, which are looked at as they pass. */
  watch(table: RowReader): RowReader
  /** The lines on what passed. @throws IndistinctError 'bad-data' where float32 cannot tell users apart. */
  notes(): string[]
}

/** @param table its name, shape and type */
export function watchDimensions({
  path,
  cols,
  dimensions,
  quantisation,
}: Pick<TableReader, 'path' | 'cols' | 'dimensions' | 'quantisation'>): WatchedDimensions {
  const names = dimensions ?? Array.from({ length: cols }, (_, k) => `d${k}`)
  const seen = seenDimensions(cols)
  const rounding = seenRounding(cols)
  return {
    watch: (table) =>
      watchRows(table, (values, _, exact) => {
        seen.see(values, exact)
        if (exact) rounding.see(values, exact)
      }),
    notes() {
      rounding.check(names, path)
      const [named, anyValues] = [dimensions !== undefined, quantisation !== undefined]
      return dimensionNotes(seen, seen.constant(), { name: path, dimensions: names, named, anyValues })
    },
  }
}
