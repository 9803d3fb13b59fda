/**
 * @file Moments of some rows of a table, and affine maps of them, in float64 and without another array of N rows.
 * Results are the same bytes for any number of threads.
 */

import { checkMatrix, type Matrix } from '@indistinct/core'
import { memory, openFrame, type Frame } from './memory.ts'
import { runKernel } from './runtime.ts'

const rowsPerTask = 512
const rowsPerChunk = 16 * rowsPerTask
/** Rows of a block of assembly/row-moments.ts. */
const blockRows = 64

/**
 * Sum over `rows` of (x_i - centre) (y_i - yCentre)', row-major (K, K); y is x unless given.
 * @param x (N, K) @param y (N, K)
 */
export function crossMoments(
  x: Matrix,
  rows: Int32Array,
  centre: Float64Array,
  y?: { readonly of: Matrix; readonly centre: Float64Array },
): Float64Array {
  expectWidth('crossMoments', x, centre)
  if (y && (y.of.rows !== x.rows || y.of.cols !== x.cols))
    throw new RangeError(`crossMoments: expected y (${x.rows}, ${x.cols}), got (${y.of.rows}, ${y.of.cols})`)
  return sums(x, rows, centre, x.cols, y)
}

/**
 * Sum over `rows` of z_i z_i' where z_i holds the squares of transform (x_i - centre), row-major (P, P).
 * @param x (N, K) @param transform (P, K), row-major
 */
export function squareMoments(
  x: Matrix,
  rows: Int32Array,
  centre: Float64Array,
  transform: Float64Array,
): Float64Array {
  expectWidth('squareMoments', x, centre)
  if (transform.length % x.cols !== 0)
    throw new RangeError(`squareMoments: expected a transform to ${x.cols} columns, got ${transform.length} values`)
  return sums(x, rows, centre, transform.length / x.cols, undefined, transform)
}

/**
 * out_i += shift + map (x_i - centre) for each of `rows`, in float64 before it is rounded.
 * @param out (N, K) @param x (N, K), possibly `out` itself @param map (K, K), row-major
 */
export function addAffine(
  out: Matrix,
  x: Matrix,
  rows: Int32Array,
  centre: Float64Array,
  map: Float64Array,
  shift: Float64Array,
): void {
  expectWidth('addAffine', x, centre)
  expectWidth('addAffine', x, shift)
  if (map.length !== x.cols ** 2 || out.rows !== x.rows || out.cols !== x.cols) {
    throw new RangeError(
      `addAffine: expected out (${x.rows}, ${x.cols}) and a map of ${x.cols ** 2} values, got (${out.rows}, ` +
        `${out.cols}) and ${map.length}`,
    )
  }
  const { cols } = x
  const padded = fours(cols)
  const frame = openFrame()
  try {
    const chunk = chunkOf(frame, rows, cols)
    const target = chunkOf(frame, rows, cols)
    const constants = [frame.doubles(centre), frame.doubles(transposed(map, cols, cols)), frame.doubles(shift)]
    const scratch = frame.scratch(chunk.tasks * 2 * blockRows * padded * 8)
    for (let first = 0; first < rows.length; first += rowsPerChunk) {
      const count = chunk.load(x, first)
      target.load(out, first)
      const args = [chunk.address, ...constants, target.address, scratch, cols, padded, count, rowsPerTask]
      runKernel('addAffine', Math.ceil(count / rowsPerTask), args, count * cols * cols < 65_536)
      target.store(out, first)
    }
  } finally {
    frame.close()
  }
}

function sums(
  x: Matrix,
  rows: Int32Array,
  centre: Float64Array,
  width: number,
  y?: { readonly of: Matrix; readonly centre: Float64Array },
  transform?: Float64Array,
): Float64Array {
  const { cols } = x
  const [padded, paddedWidth] = [fours(cols), fours(width)]
  const total = new Float64Array(width * width)
  const frame = openFrame()
  try {
    const chunk = chunkOf(frame, rows, cols)
    const other = y && chunkOf(frame, rows, cols)
    const area = paddedWidth * paddedWidth
    const partialAddress = frame.scratch(chunk.tasks * area * 8)
    const args = [
      chunk.address,
      frame.doubles(centre),
      other?.address ?? 0,
      y ? frame.doubles(y.centre) : 0,
      transform ? frame.doubles(transposed(transform, width, cols)) : 0,
      partialAddress,
      frame.scratch(chunk.tasks * 2 * blockRows * Math.max(padded, paddedWidth) * 8),
      cols,
      padded,
      paddedWidth,
    ]
    for (let first = 0; first < rows.length; first += rowsPerChunk) {
      const count = chunk.load(x, first)
      if (y) other!.load(y.of, first)
      const tasks = Math.ceil(count / rowsPerTask)
      runKernel('crossMoments', tasks, [...args, count, rowsPerTask], count * width * width < 65_536)
      const partial = new Float64Array(memory.buffer, partialAddress, tasks * area)
      for (let task = 0; task < tasks; task++) {
        for (let a = 0; a < width; a++) {
          const from = task * area + a * paddedWidth
          for (let b = 0; b < width; b++) total[a * width + b]! += partial[from + b]!
        }
      }
    }
  } finally {
    frame.close()
  }
  return total
}

/** Some of the named rows side by side in kernel memory. */
function chunkOf(frame: Frame, rows: Int32Array, cols: number) {
  const most = Math.max(1, Math.min(rowsPerChunk, rows.length))
  const address = frame.scratch(most * cols * 4)
  const each = (first: number, visit: (source: number, target: number) => void): number => {
    const last = Math.min(first + rowsPerChunk, rows.length)
    for (let r = first; r < last; r++) visit(rows[r]! * cols, (r - first) * cols)
    return last - first
  }
  return {
    address,
    tasks: Math.ceil(most / rowsPerTask),
    /** Copies rows first and on, and returns how many. */
    load(m: Matrix, first: number): number {
      const view = new Float32Array(memory.buffer, address, most * cols)
      return each(first, (source, target) => {
        for (let k = 0; k < cols; k++) view[target + k] = m.data[source + k]!
      })
    },
    store(m: Matrix, first: number): void {
      const view = new Float32Array(memory.buffer, address, most * cols)
      each(first, (source, target) => {
        for (let k = 0; k < cols; k++) m.data[source + k] = view[target + k]!
      })
    },
  }
}

/** m (rows, cols) as (cols, rows padded to fours). */
function transposed(m: Float64Array, rows: number, cols: number): Float64Array {
  const padded = fours(rows)
  const out = new Float64Array(cols * padded)
  for (let i = 0; i < rows; i++) for (let k = 0; k < cols; k++) out[k * padded + i] = m[i * cols + k]!
  return out
}

function fours(width: number): number {
  return Math.ceil(width / 4) * 4
}

function expectWidth(caller: string, x: Matrix, vector: Float64Array): void {
  checkMatrix(caller, x, 'x')
  if (vector.length !== x.cols)
    throw new RangeError(`${caller}: expected a vector of ${x.cols} values, got ${vector.length}`)
}
