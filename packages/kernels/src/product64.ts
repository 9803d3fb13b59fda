/** @file Dense products in float64, for sums that nearly cancel, and Gaussian kernels of them. */

import { allocateBytes, memory, releaseBytes } from './memory.ts'
import { runKernel } from './runtime.ts'

/** A row-major matrix in float64 or float32, not necessarily in kernel memory. */
export interface Dense {
  readonly rows: number
  readonly cols: number
  readonly data: Float64Array | Float32Array
}

const rowsPerTask = 64
const serialBelow = 200_000

/** a b (M, N) in float64, with a (M, K) and b (K, N). @throws RangeError when the shapes do not fit. */
export function product64(a: Dense, b: Dense): Float64Array {
  if (a.cols !== b.rows) throw misfit('product64', '(M, K) and (K, N)', a, b)
  return inKernelMemory(
    a.rows,
    b.cols,
    a.cols,
    (left) => copyRows(a, left),
    (right) => packColumns(b, right),
    false,
    copied,
  )
}

/** a b' (M, N) in float64, with a (M, K) and b (N, K). @throws RangeError when the shapes do not fit. */
export function product64NT(a: Dense, b: Dense): Float64Array {
  if (a.cols !== b.cols) throw misfit('product64NT', '(M, K) and (N, K)', a, b)
  return inKernelMemory(
    a.rows,
    b.rows,
    a.cols,
    (left) => copyRows(a, left),
    (right) => packRows(b, right),
    false,
    copied,
  )
}

/** a' b (M, N) in float64, with a (K, M) and b (K, N). @throws RangeError when the shapes do not fit. */
export function product64TN(a: Dense, b: Dense): Float64Array {
  if (a.rows !== b.rows) throw misfit('product64TN', '(K, M) and (K, N)', a, b)
  return inKernelMemory(
    a.cols,
    b.cols,
    a.rows,
    (left) => copyPadded(a, left),
    (right) => packColumns(b, right),
    true,
    copied,
  )
}

/**
 * Calls `use` for blocks of rows of the kernel matrix exp(-gamma |x_i - y_j|^2) in float64: `values` holds rows first
 * .. first + count - 1, `stride` values apart, and is used again for the next block. Distances are of float64 sums:
 * rows that are meant to be told apart by less than 1e-7 of their lengths are to be brought near the origin first.
 * @param x (M, K) @param y (N, K)
 */
export function gaussianRows(
  x: Dense,
  y: Dense,
  gamma: number,
  use: (block: {
    readonly values: Float64Array
    readonly stride: number
    readonly first: number
    readonly count: number
  }) => void,
): void {
  rowBlocks(x, y, { gamma }, use)
}

/** Values of a block of rows: 4 MiB. */
export const blockValues = 1 << 19

/** Products of blocks of rows, or their Gaussian kernel where there is a `gamma`. */
export function rowBlocks(
  x: Dense,
  y: Dense,
  { gamma }: { readonly gamma?: number },
  use: Parameters<typeof gaussianRows>[3],
): void {
  if (x.cols !== y.cols) throw misfit('gaussianRows', '(M, K) and (N, K)', x, y)
  const { cols: K } = x
  const stride = fours(y.rows)
  const most = Math.max(4, Math.floor(Math.min(fours(x.rows), blockValues / Math.max(4, stride)) / 4) * 4)
  const taken = [most * K, stride * K, most * stride, most, stride].map((values) => allocateBytes(8 * values))
  const [left, right, out, xx, yy] = taken as [number, number, number, number, number]
  try {
    packRows(y, at(right, stride * K))
    squares(y, 0, y.rows, at(yy, stride))
    for (let first = 0; first < x.rows; first += most) {
      const count = Math.min(most, x.rows - first)
      const rows = fours(count)
      const block = { rows: count, cols: K, data: x.data.subarray(first * K, (first + count) * K) }
      copyRows(block, at(left, rows * K))
      const tasks = Math.ceil(rows / rowsPerTask)
      const serial = rows * stride * K < serialBelow
      runKernel('product64', tasks, [left, right, out, rows, stride, K, K * 8, 8, rowsPerTask], serial)
      const values = at(out, rows * stride)
      if (gamma !== undefined) {
        squares(block, 0, count, at(xx, rows))
        runKernel('gaussian64', tasks, [out, xx, yy, rows, stride, rowsPerTask, gamma], serial)
      }
      use({ values, stride, first, count })
    }
  } finally {
    for (const address of taken.reverse()) releaseBytes(address)
  }
}

function squares({ cols, data }: Dense, first: number, end: number, out: Float64Array): void {
  out.fill(0)
  for (let i = first, p = first * cols; i < end; i++) {
    let sum = 0
    for (let j = 0; j < cols; j++, p++) sum += data[p]! * data[p]!
    out[i - first] = sum
  }
}

function inKernelMemory(
  rows: number,
  cols: number,
  depth: number,
  fillLeft: (left: Float64Array) => void,
  fillRight: (right: Float64Array) => void,
  transposed: boolean,
  take: (out: Float64Array, rows: number, cols: number, stride: number) => Float64Array,
): Float64Array {
  const [paddedRows, stride] = [fours(rows), fours(cols)]
  const taken = [paddedRows * depth, stride * depth, paddedRows * stride].map((values) => allocateBytes(8 * values))
  const [left, right, out] = taken as [number, number, number]
  try {
    fillLeft(at(left, paddedRows * depth))
    fillRight(at(right, stride * depth))
    const [aRow, aStep] = transposed ? [8, paddedRows * 8] : [depth * 8, 8]
    const args = [left, right, out, paddedRows, stride, depth, aRow, aStep, rowsPerTask]
    runKernel('product64', Math.ceil(paddedRows / rowsPerTask), args, rows * cols * depth < serialBelow)
    return take(at(out, paddedRows * stride), rows, cols, stride)
  } finally {
    for (const address of taken.reverse()) releaseBytes(address)
  }
}

function copied(values: Float64Array, rows: number, cols: number, stride: number): Float64Array {
  if (cols === stride) return values.slice(0, rows * cols)
  const out = new Float64Array(rows * cols)
  for (let i = 0; i < rows; i++) out.set(values.subarray(i * stride, i * stride + cols), i * cols)
  return out
}

/** (M, K) with rows of zeros up to a multiple of 4. */
function copyRows({ data }: Dense, out: Float64Array): void {
  out.set(data)
  out.fill(0, data.length)
}

/** (K, M) with columns of zeros up to a multiple of 4. */
function copyPadded({ rows, cols, data }: Dense, out: Float64Array): void {
  const stride = fours(cols)
  if (stride === cols) return copyRows({ rows, cols, data }, out)
  out.fill(0)
  for (let i = 0; i < rows; i++) out.set(data.subarray(i * cols, (i + 1) * cols), i * stride)
}

/** b (K, N) in panels of 4 columns, zeros beyond the last. */
function packColumns({ rows, cols, data }: Dense, out: Float64Array): void {
  for (let first = 0, to = 0; first < cols; first += 4) {
    const width = Math.min(4, cols - first)
    for (let d = 0, from = first; d < rows; d++, from += cols, to += 4) {
      for (let x = 0; x < 4; x++) out[to + x] = x < width ? data[from + x]! : 0
    }
  }
}

/** b' of b (N, K) in panels of 4 columns, zeros beyond the last. */
function packRows({ rows, cols, data }: Dense, out: Float64Array): void {
  for (let first = 0, panel = 0; first < rows; first += 4, panel += 4 * cols) {
    for (let x = 0; x < 4; x++) {
      const from = (first + x) * cols
      if (first + x >= rows) for (let d = 0; d < cols; d++) out[panel + 4 * d + x] = 0
      else for (let d = 0; d < cols; d++) out[panel + 4 * d + x] = data[from + d]!
    }
  }
}

function at(address: number, length: number): Float64Array {
  return new Float64Array(memory.buffer, address, length)
}

function fours(count: number): number {
  return Math.ceil(count / 4) * 4
}

function misfit(name: string, expected: string, ...given: Dense[]): RangeError {
  return new RangeError(
    `${name}: expected ${expected}, got ${given.map(({ rows, cols }) => `(${rows}, ${cols})`).join(', ')}`,
  )
}
