/** @file Adding rows into a table by index: the gradient of a lookup. */

import { checkMatrix, type Matrix } from '@indistinct/core'
import { openFrame } from './memory.ts'
import { runKernel } from './runtime.ts'

const serialBelow = 4096
const taskCount = 8

/**
 * out[indices[r]] += rows[r], with rows (R, K) and out (N, K); contributions to one row are added in the order of r.
 * @throws RangeError when the shapes do not fit or an index is outside 0 .. N - 1.
 */
export function scatterAdd(indices: Int32Array, rows: Matrix, out: Matrix): void {
  checkMatrix('scatterAdd', rows, 'rows')
  checkMatrix('scatterAdd', out, 'out')
  if (rows.rows !== indices.length || rows.cols !== out.cols) {
    throw new RangeError(`scatterAdd: expected rows (${indices.length}, ${out.cols}), got (${rows.rows}, ${rows.cols})`)
  }
  for (const index of indices) {
    if (index < 0 || index >= out.rows)
      throw new RangeError(`scatterAdd: expected indices in 0 .. ${out.rows - 1}, got ${index}`)
  }
  const rowsPerTask = indices.length < serialBelow ? out.rows : Math.ceil(out.rows / taskCount)
  const frame = openFrame()
  const args = [
    frame.input(indices),
    frame.input(rows.data),
    frame.output(out.data, true),
    indices.length,
    out.cols,
    out.rows,
    rowsPerTask,
  ]
  if (out.rows > 0) runKernel('scatterAdd', Math.ceil(out.rows / rowsPerTask), args)
  frame.close()
}
