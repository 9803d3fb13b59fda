/** @file The propagation of LightGCN: the mean over layers of a table spread along a graph. */

import { checkMatrix, type Csr, type Matrix } from '@indistinct/core'
import { openFrame } from './memory.ts'
import { runKernel } from './runtime.ts'

const rowsPerTask = 64
const panelColumns = 16

/**
 * out = 1/(L + 1) * sum over l = 0 .. L of A^l x, with A = D^(-1/2) G D^(-1/2) for a symmetric binary graph G (N, N),
 * x and out (N, K) (He et al. 2020, equations 3 and 4 with equal layer weights). A is symmetric, so the operator is its
 * own transpose: applied to a gradient it propagates backwards. `out` must not overlap `x`.
 * @throws RangeError when the shapes do not fit.
 *
 * With `wanted` (N), only those rows of `out` are written for which it is not zero; for others the last layer is
 * spared.
 * @throws RangeError when the shapes do not fit.
 */
export function layerMean(graph: Csr, x: Matrix, layers: number, out: Matrix, wanted?: Int32Array): void {
  checkMatrix('layerMean', x, 'x')
  checkMatrix('layerMean', out, 'out')
  if (!Number.isSafeInteger(layers) || layers < 0)
    throw new RangeError(`layerMean: expected layers as an integer from 0, got ${layers}`)
  const rows = graph.rows
  if (graph.cols !== rows || x.rows !== rows || out.rows !== rows || out.cols !== x.cols) {
    throw new RangeError(
      `layerMean: expected a square graph, x and out (${rows}, K), got (${rows}, ${graph.cols}), (${x.rows}, ` +
        `${x.cols}) and (${out.rows}, ${out.cols})`,
    )
  }
  if (wanted && wanted.length !== rows)
    throw new RangeError(`layerMean: expected ${rows} rows wanted or not, got ${wanted.length}`)
  if (layers === 0) {
    for (let i = 0; i < rows; i++) {
      if (!wanted || wanted[i]) out.data.set(x.data.subarray(i * x.cols, (i + 1) * x.cols), i * x.cols)
    }
    return
  }
  const frame = openFrame()
  const [indptr, indices, source, target] = [
    frame.input(graph.indptr),
    frame.input(graph.indices),
    frame.input(x.data),
    frame.output(out.data, wanted !== undefined),
  ]
  const only = wanted ? frame.input(wanted) : 0
  const panels = Math.ceil(x.cols / panelColumns)
  const bytes = panels * rows * panelColumns * 4
  const tables = [frame.scratch(bytes), layers > 1 ? frame.scratch(bytes) : 0]
  const run = (from: number, to: number, last: boolean): void => {
    const args = [
      indptr,
      indices,
      from,
      source,
      to,
      rows,
      x.cols,
      rowsPerTask,
      last ? 1 : 0,
      1 / (layers + 1),
      last ? only : 0,
    ]
    runKernel('layerMean', panels * Math.ceil(rows / rowsPerTask), args)
  }
  run(0, tables[0]!, false)
  for (let layer = 1; layer <= layers; layer++) {
    const last = layer === layers
    run(tables[(layer - 1) % 2]!, last ? target : tables[layer % 2]!, last)
  }
  frame.close()
}
