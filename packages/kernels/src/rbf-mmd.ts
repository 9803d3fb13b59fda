/**
 * @file The squared maximum mean discrepancy of two samples under five radial kernels (Eq. 11 of the paper, the
 * authors' bandwidths), its gradient, and what it would be between random halves. Memory is O(NK): no (N, N) array.
 */

import { checkMatrix, checkOptions, matrix, type Matrix } from '@indistinct/core'
import { memory, openFrame, type Frame } from './memory.ts'
import { runKernel } from './runtime.ts'
import { rowGroups, rowSpread, type RowGroup, type TwoSamples } from './row-groups.ts'

/** Rows of one block; must agree with assembly/rbf-mmd.ts. */
const blockRows = 64
const scratchBytes = 17_408
/** The five kernels at distance zero. */
const diagonal = 5

export interface MmdOptions {
  /** The b of exp(-d^2 / (b m)); by default the mean squared distance between different rows, held constant. */
  readonly bandwidth?: number
  /** Whether to compute the gradient (default true); the value alone takes about a third of the time. */
  readonly gradient?: boolean
}

export interface MmdResult {
  /** MMD^2 = w'Kw, the biased V-statistic. */
  readonly value: number
  /** d value / d theta (N, K) with the bandwidth held constant; zero where the weight is zero. */
  readonly gradient?: Matrix
  /** Sum of K over all pairs of weighted rows, the diagonal included. */
  readonly total: number
  /** Trace of K: 5 times the number of weighted rows. */
  readonly trace: number
  readonly bandwidth: number
}

/**
 * Value, gradient and total of w'Kw, where K(i, j) = sum over m in {1/4, 1/2, 1, 2, 4} of exp(-d(i, j)^2 / (b m)).
 * Results are the same bytes for any number of threads.
 *
 * @param theta embedding (N, K)
 * @param samples row indices of both samples, for w = +1/n1 and -1/n2; or the weights w (N) themselves, whose rows of
 *   weight zero take no part.
 * @throws RangeError when a sample is empty, an index repeats or is out of range, or a value is not finite.
 */
export function rbfMmd(theta: Matrix, samples: TwoSamples | Float32Array, options: MmdOptions = {}): MmdResult {
  checkMatrix('rbfMmd', theta, 'theta')
  checkOptions('rbfMmd', options, { bandwidth: 'number', gradient: 'boolean' })
  const groups = rowGroups(theta.rows, samples)
  const rows = groups.reduce((sum, group) => sum + group.rows.length, 0)
  const { mean, squares } = rowSpread(theta, groups)
  if (!Number.isFinite(squares))
    throw new RangeError(`rbfMmd: expected finite embeddings, got a sum of squares of ${squares}`)
  const bandwidth = checkedBandwidth(options.bandwidth) ?? (rows > 1 ? (2 * squares) / (rows - 1) : 0)
  const trace = diagonal * rows
  const wantsGradient = options.gradient ?? true
  if (bandwidth === 0) return equalRows(theta, groups, rows, wantsGradient)

  const frame = openFrame()
  try {
    const tiled = tiledRows(frame, theta, groups, { mean, bandwidth, wantsGradient })
    const { value, total } = pairSums(frame, tiled, groups, trace)
    if (Number.isNaN(value))
      throw new RangeError(`rbfMmd: expected a bandwidth that float32 distances fit, got ${bandwidth}`)
    if (!wantsGradient) return { value, total, trace, bandwidth }
    return { value, gradient: gradientOf(theta, tiled, bandwidth), total, trace, bandwidth }
  } finally {
    frame.close()
  }
}

/** Rows as the kernel reads them, in blocks of one group each, and where it puts what it finds; all in its memory. */
interface TiledRows {
  readonly cols: number
  readonly blocks: number
  readonly runs: number
  /** Row of theta at each place, -1 where a block is not full. */
  readonly rowAt: Int32Array
  /** log2 of the widest kernel is x_i.x_j - |x_i|^2 / 2 - |x_j|^2 / 2 for rows times this. */
  readonly scale: number
  readonly panels: Float32Array
  readonly norms: Float32Array
  readonly blockWeights: Float64Array
  /** Of each row, where weights were given. */
  readonly weights: Float32Array | undefined
  readonly coefficients: Float32Array
  /** Value and total of each task. */
  readonly sums: Float64Array
  /** Rows in the gradient's order, and what it gathers for them; only where it is asked for. */
  readonly strips: Float32Array | undefined
  readonly gathered: Float32Array | undefined
}

function tiledRows(
  frame: Frame,
  theta: Matrix,
  groups: readonly RowGroup[],
  {
    mean,
    bandwidth,
    wantsGradient,
  }: { readonly mean: Float64Array; readonly bandwidth: number; readonly wantsGradient: boolean },
): TiledRows {
  const cols = Math.ceil(theta.cols / 8) * 8
  const blocks = groups.reduce((sum, group) => sum + Math.ceil(group.rows.length / blockRows), 0)
  const runs = runCount(blocks)
  const padded = blocks * blockRows
  // Scratch first: growing the memory replaces its buffer.
  const floats = (length: number): Float32Array => {
    const address = frame.scratch(length * 4)
    return new Float32Array(memory.buffer, address, length).fill(0)
  }
  const doubles = (length: number): Float64Array => {
    const address = frame.scratch(length * 8)
    return new Float64Array(memory.buffer, address, length)
  }
  const panels = floats(padded * cols)
  const strips = wantsGradient ? floats(padded * cols) : undefined
  const gathered = wantsGradient ? floats(padded * cols) : undefined
  const coefficients = floats(padded)
  const norms = floats(padded).fill(Infinity)
  const weights = groups.some(({ relative }) => relative) ? floats(padded) : undefined
  const blockWeights = doubles(blocks)
  const sums = doubles(2 * runs)
  const scale = Math.sqrt(0.5 / (Math.LN2 * bandwidth))
  const rowAt = placedRows(groups, { padded, blockWeights, weights })
  const tiled = { cols, blocks, runs, rowAt, scale, panels, norms, blockWeights, weights, coefficients, sums }
  fillTiles(theta, mean, { ...tiled, strips })
  return { ...tiled, strips, gathered }
}

/** The row at each place, groups one after the other; sets the weights of blocks, and of rows where they differ. */
function placedRows(
  groups: readonly RowGroup[],
  {
    padded,
    blockWeights,
    weights,
  }: { readonly padded: number; readonly blockWeights: Float64Array; readonly weights: Float32Array | undefined },
): Int32Array {
  const rowAt = new Int32Array(padded).fill(-1)
  let block = 0
  for (const { rows, weight, relative } of groups) {
    const own = Math.ceil(rows.length / blockRows)
    blockWeights.fill(weight, block, block + own)
    for (let r = 0; r < rows.length; r++) {
      const at = block * blockRows + r
      rowAt[at] = rows[r]!
      if (weights) weights[at] = relative![rows[r]!]!
    }
    block += own
  }
  return rowAt
}

function fillTiles(
  theta: Matrix,
  mean: Float64Array,
  {
    cols,
    rowAt,
    scale,
    panels,
    strips,
    norms,
  }: Pick<TiledRows, 'cols' | 'rowAt' | 'scale' | 'panels' | 'strips' | 'norms'>,
): void {
  for (let at = 0; at < rowAt.length; at++) {
    if (rowAt[at]! < 0) continue
    const source = rowAt[at]! * theta.cols
    const panel = (at >> 3) * 8 * cols + (at & 7)
    const strip = stripOf(at, cols)
    let norm = 0
    for (let k = 0; k < theta.cols; k++) {
      const x = Math.fround((theta.data[source + k]! - mean[k]!) * scale)
      norm += x * x
      panels[panel + k * 8] = x
      if (strips) strips[strip + (k >> 3) * 512 + (k & 7)] = x
    }
    norms[at] = norm / 2
  }
}

/** Where the row at `at` begins in strips. */
function stripOf(at: number, cols: number): number {
  return (at >> 6) * blockRows * cols + (at & 63) * 8
}

/** Runs the kernel over all pairs of blocks; what it leaves in `tiled` is for `gradientOf`. */
function pairSums(
  frame: Frame,
  tiled: TiledRows,
  groups: readonly RowGroup[],
  trace: number,
): { value: number; total: number } {
  const { panels, strips, norms, weights, blockWeights, gathered, coefficients, sums, cols, blocks, runs } = tiled
  const args = [
    panels.byteOffset,
    strips?.byteOffset ?? 0,
    norms.byteOffset,
    weights?.byteOffset ?? 0,
    blockWeights.byteOffset,
    gathered?.byteOffset ?? 0,
    coefficients.byteOffset,
    sums.byteOffset,
    frame.scratch(runs * scratchBytes),
    cols,
    blocks,
    runs,
  ]
  let value = 0
  let total = trace
  for (const group of groups) {
    if (group.relative === undefined) value += diagonal * group.weight * group.weight * group.rows.length
    else for (const row of group.rows) value += diagonal * group.relative[row]! ** 2
  }
  const serial = blocks < 3
  for (let round = -1; round < runs - 1; round++) {
    const tasks = round < 0 ? runs : runs / 2
    runKernel('rbfMmd', tasks, [...args, round], serial)
    for (let task = 0; task < tasks; task++) {
      value += sums[2 * task]!
      total += sums[2 * task + 1]!
    }
  }
  return { value, total }
}

function gradientOf(
  theta: Matrix,
  { cols, rowAt, scale, coefficients, strips, gathered }: TiledRows,
  bandwidth: number,
): Matrix {
  const gradient = matrix(theta.rows, theta.cols)
  const factor = -1 / (bandwidth * scale)
  for (let at = 0; at < rowAt.length; at++) {
    if (rowAt[at]! < 0) continue
    const target = rowAt[at]! * theta.cols
    const strip = stripOf(at, cols)
    const c = coefficients[at]!
    for (let k = 0; k < theta.cols; k++) {
      const from = strip + (k >> 3) * 512 + (k & 7)
      gradient.data[target + k] = factor * (c * strips![from]! - gathered![from]!)
    }
  }
  return gradient
}

/**
 * E[MMD^2] when the labels of the same rows are dealt at random, n1 and n2 of each: s (N tr K - sum K) / (N - 1) with
 * s = (1/n1 + 1/n2) / N. An MMD^2 below it says that the samples are more alike than chance makes them.
 */
export function nullMmd(total: number, trace: number, n1: number, n2: number): number {
  if (!(n1 >= 1 && n2 >= 1)) throw new RangeError(`nullMmd: expected both samples non-empty, got ${n1} and ${n2}`)
  const n = n1 + n2
  return ((1 / n1 + 1 / n2) / n) * ((n * trace - total) / (n - 1))
}

export function checkedBandwidth(bandwidth: number | undefined): number | undefined {
  if (bandwidth !== undefined && !(bandwidth > 0 && bandwidth < Infinity)) {
    throw new RangeError(`rbfMmd: expected a positive bandwidth, got ${bandwidth}`)
  }
  return bandwidth
}

/** All rows equal: every kernel is 1 whatever the bandwidth, and no direction changes anything. */
function equalRows(theta: Matrix, groups: readonly RowGroup[], rows: number, wantsGradient: boolean): MmdResult {
  let sum = 0
  for (const { rows, weight, relative } of groups) {
    // The weights 1/n of a sample sum to 1, which n additions would miss.
    sum += relative ? rows.reduce((partial, row) => partial + relative[row]!, 0) : Math.sign(weight)
  }
  return {
    value: diagonal * sum * sum,
    ...(wantsGradient && { gradient: matrix(theta.rows, theta.cols) }),
    total: diagonal * rows * rows,
    trace: diagonal * rows,
    bandwidth: 0,
  }
}

/**
 * Runs of blocks, an even number: a round has half as many tasks, and there are as many rounds as runs. Few runs mean
 * few synchronisations, many runs even work; depends on the table's shape alone.
 */
function runCount(blocks: number): number {
  for (const [least, runs] of [
    [64, 32],
    [32, 16],
    [8, 8],
  ] as const)
    if (blocks >= least) return runs
  return blocks < 4 ? 2 : 4
}
