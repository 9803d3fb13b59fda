/** @file Sparse propagation, the product of an adjacency with a dense table. */

import { checkMatrix, type Csr, type Matrix } from '@indistinct/core'
import { openFrame } from './memory.ts'
import { runKernel } from './runtime.ts'

const rowsPerTask = 256

/**
 * out = A x, with A (rows, cols) sparse, x (cols, K) and out (rows, K). `out` must not overlap `x`.
 * @throws RangeError when the shapes do not fit.
 */
export function propagate(adjacency: Csr, x: Matrix, out: Matrix): void {
  checkMatrix('propagate', x, 'x')
  checkMatrix('propagate', out, 'out')
  if (x.rows !== adjacency.cols || out.rows !== adjacency.rows || out.cols !== x.cols) {
    throw new RangeError(
      `propagate: expected x (${adjacency.cols}, K) and out (${adjacency.rows}, K), got (${x.rows}, ${x.cols}) ` +
        `and (${out.rows}, ${out.cols})`,
    )
  }
  const frame = openFrame()
  const args = [
    frame.input(adjacency.indptr),
    frame.input(adjacency.indices),
    adjacency.values ? frame.input(adjacency.values) : 0,
    frame.input(x.data),
    frame.output(out.data),
    adjacency.rows,
    x.cols,
    rowsPerTask,
  ]
  runKernel('propagate', Math.ceil(adjacency.rows / rowsPerTask), args)
  frame.close()
}
