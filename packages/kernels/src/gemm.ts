/** @file Dense products of row-major matrices, register-tiled, threaded over blocks of rows or of depth. */

import { checkMatrix, type Matrix } from '@indistinct/core'
import { openFrame, type Frame } from './memory.ts'
import { runKernel } from './runtime.ts'

export interface GemmOptions {
  /** Adds the product to `out` instead of replacing it. */
  accumulate?: boolean
}

const serialBelow = 500_000
const bytes = 4
const panelColumns = 8

/**
 * out = a b, with a (M, K), b (K, N) and out (M, N). `out` must not overlap `a` or `b`.
 * @throws RangeError when the shapes do not fit.
 */
export function gemmNN(a: Matrix, b: Matrix, out: Matrix, options: GemmOptions = {}): void {
  checkAll('gemmNN', a, b, out)
  if (a.cols !== b.rows || out.rows !== a.rows || out.cols !== b.cols)
    throw misfit('gemmNN', '(M, K), (K, N) and (M, N)', a, b, out)
  const frame = openFrame()
  // Rows of b that lie far apart fall into the same few cache sets: panels without gaps do not.
  const pack = b.cols >= 256 && a.rows >= 32
  const right = pack
    ? packed(frame, b, b.cols, b.rows, b.cols * bytes, bytes)
    : { address: frame.input(b.data), step: b.cols * bytes, panel: panelColumns * bytes }
  product(frame, a, { rows: a.rows, depth: a.cols, row: a.cols * bytes, step: bytes }, right, out, options)
  frame.close()
}

/**
 * out = a b', with a (M, K), b (N, K) and out (M, N). `out` must not overlap `a` or `b`.
 * @throws RangeError when the shapes do not fit.
 */
export function gemmNT(a: Matrix, b: Matrix, out: Matrix, options: GemmOptions = {}): void {
  checkAll('gemmNT', a, b, out)
  if (a.cols !== b.cols || out.rows !== a.rows || out.cols !== b.rows)
    throw misfit('gemmNT', '(M, K), (N, K) and (M, N)', a, b, out)
  const frame = openFrame()
  const right = packed(frame, b, b.rows, b.cols, bytes, b.cols * bytes)
  product(frame, a, { rows: a.rows, depth: a.cols, row: a.cols * bytes, step: bytes }, right, out, options)
  frame.close()
}

/**
 * out = a' b, with a (K, M), b (K, N) and out (M, N). `out` must not overlap `a` or `b`.
 * @throws RangeError when the shapes do not fit.
 */
export function gemmTN(a: Matrix, b: Matrix, out: Matrix, options: GemmOptions = {}): void {
  checkAll('gemmTN', a, b, out)
  if (a.rows !== b.rows || out.rows !== a.cols || out.cols !== b.cols)
    throw misfit('gemmTN', '(K, M), (K, N) and (M, N)', a, b, out)
  const frame = openFrame()
  const right = { address: frame.input(b.data), step: b.cols * bytes, panel: panelColumns * bytes }
  product(frame, a, { rows: a.cols, depth: a.rows, row: bytes, step: a.cols * bytes }, right, out, options)
  frame.close()
}

interface Left {
  rows: number
  depth: number
  row: number
  step: number
}

interface Right {
  address: number
  step: number
  panel: number
}

function product(frame: Frame, a: Matrix, left: Left, right: Right, out: Matrix, options: GemmOptions): void {
  const { rows, depth } = left
  const cols = out.cols
  const accumulate = options.accumulate ? 1 : 0
  // Both cuts follow from the shape alone, so the order of every sum does too. A small product over a great depth, the
  // gradient of a layer's weights, is cut by depth; all others by rows.
  const cuts = rows * cols <= 65_536 && depth >= 2048 ? Math.min(16, Math.floor(depth / 1024)) : 1
  const depthPerTask = Math.ceil(depth / cuts)
  const rowsPerTask = cuts > 1 ? rows : Math.min(128, Math.max(16, Math.ceil(rows / 32) * 4))
  const rowTasks = Math.ceil(rows / rowsPerTask)
  const serial = rows * cols * depth < serialBelow
  const target = frame.output(out.data, accumulate === 1)
  const partial = cuts > 1 ? frame.scratch(cuts * rows * cols * bytes) : target
  const args = [
    frame.input(a.data),
    right.address,
    partial,
    rows,
    cols,
    depth,
    left.row,
    left.step,
    right.step,
    right.panel,
    rowsPerTask,
    depthPerTask,
    cuts > 1 ? 0 : accumulate,
  ]
  if (rowTasks * cols > 0) runKernel('gemm', rowTasks * cuts, args, serial)
  if (cuts > 1) runKernel('sumParts', 1, [partial, target, rows * cols, rows * cols, cuts, accumulate])
}

function packed(frame: Frame, b: Matrix, cols: number, depth: number, step: number, column: number): Right {
  const panels = Math.ceil(cols / panelColumns)
  const address = frame.scratch(panels * depth * panelColumns * bytes)
  runKernel('packPanels', panels, [frame.input(b.data), address, cols, depth, step, column], cols * depth < serialBelow)
  return { address, step: panelColumns * bytes, panel: depth * panelColumns * bytes }
}

function checkAll(caller: string, a: Matrix, b: Matrix, out: Matrix): void {
  checkMatrix(caller, a, 'a')
  checkMatrix(caller, b, 'b')
  checkMatrix(caller, out, 'out')
}

function misfit(name: string, expected: string, ...given: Matrix[]): RangeError {
  return new RangeError(`${name}: expected ${expected}, got ${given.map((m) => `(${m.rows}, ${m.cols})`).join(', ')}`)
}
