/** @file Rows of numbers as text gives them, one after the other, whose count is known at the end. */

import type { EmbeddingTable } from '../embedding-table.ts'
import { fitsFloat32 } from './csv/float-text.ts'

export interface NumberRows {
  /** A row more (cols), to be filled. */
  add(): Float64Array
  /** How many rows there are. */
  count(): number
  /** The table. Text has no dtype: digits beyond float32 make it f8, so that what nobody moves is written as it was. */
  done(): Pick<EmbeddingTable, 'matrix' | 'exact'>
}

export function numberRows(cols: number): NumberRows {
  let values = new Float64Array(64 * cols)
  let rows = 0
  return {
    add() {
      const start = rows++ * cols
      if (start + cols > values.length) {
        const longer = new Float64Array(2 * values.length)
        longer.set(values)
        values = longer
      }
      return values.subarray(start, start + cols)
    },
    count: () => rows,
    done() {
      const read = values.slice(0, rows * cols)
      const matrix = { rows, cols, data: Float32Array.from(read) }
      return read.every(fitsFloat32) ? { matrix } : { matrix, exact: read }
    },
  }
}
