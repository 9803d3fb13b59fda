/**
 * @file The squared maximum mean discrepancy under the five radial kernels of `rbfMmd`, estimated from random Fourier
 * features (Rahimi and Recht 2007) in O(N F K) where the exact sum over pairs takes O(N^2 K). A radial kernel is the
 * mean of cos(w.(x - y)) over normal frequencies w, so MMD^2 is the mean over w of |E e^{iw.x} - E e^{iw.y}|^2. The
 * five kernels share their frequencies, scaled: one projection serves them all.
 */

import { checkMatrix, matrix, type Matrix } from '@indistinct/core'
import { memory, openFrame } from './memory.ts'
import { checkedBandwidth, type MmdResult } from './rbf-mmd.ts'
import { rowGroups, rowSpread, type TwoSamples } from './row-groups.ts'
import { runKernel } from './runtime.ts'

/** Bytes of a task's tile; must agree with assembly/random-fourier.ts. */
const tileBytes = 64 * 128 * 4
const rowsPerTask = 512
/** Rows copied to the kernels at a time: memory does not grow with N. */
const rowsPerChunk = 32 * rowsPerTask
/** Cosine and sine for each of five kernels. */
const featuresPerFrequency = 10
const kernels = 5
/** Of the widest kernel, exp(-d^2 / (4 b)), over the b of exp(-d^2 / b); the next ones double by powers of sqrt(2). */
const widest = 0.5

export interface FourierOptions {
  /** The b of exp(-d^2 / (b m)); by default the mean squared distance between different rows, held constant. */
  readonly bandwidth?: number
}

export interface FourierMmd extends Omit<MmdResult, 'gradient'> {
  /** Standard error of `value` over the draw of frequencies, at most: orthogonal frequencies do somewhat better. */
  readonly standardError: number
  /**
   * d value / d theta (N, K) with bandwidth and frequencies held constant; a pass of its own over theta as it then is.
   * It is written to `out` if given.
   */
  gradient(out?: Matrix): Matrix
}

/**
 * Estimates of what `rbfMmd` gives for theta (N, K): value, total (hence the null value, by `nullMmd`) and, when asked,
 * the gradient. Over the draw of `frequencies` (F, K) value, total and gradient are unbiased; the trace is exact. Draw
 * anew for every step of a descent: steps along the same frequencies would close the gap on these alone. Results are
 * the same bytes for any number of threads; memory beyond theta and the gradient does not depend on N.
 * @throws RangeError as `rbfMmd`, and on frequencies that do not fit.
 */
export function randomFourierMmd(
  theta: Matrix,
  samples: TwoSamples,
  frequencies: Matrix,
  options: FourierOptions = {},
): FourierMmd {
  checkMatrix('randomFourierMmd', theta, 'theta')
  checkMatrix('randomFourierMmd', frequencies, 'frequencies')
  if (frequencies.cols !== theta.cols || frequencies.rows === 0 || frequencies.rows % 8 !== 0) {
    throw new RangeError(
      `randomFourierMmd: expected frequencies (a multiple of 8, ${theta.cols}), got (${frequencies.rows}, ` +
        `${frequencies.cols})`,
    )
  }
  const groups = rowGroups(theta.rows, samples)
  const rows = groups.reduce((sum, group) => sum + group.rows.length, 0)
  const { mean, squares } = rowSpread(theta, groups)
  if (!Number.isFinite(squares))
    throw new RangeError(`randomFourierMmd: expected finite embeddings, got a sum of squares of ${squares}`)
  const bandwidth = checkedBandwidth(options.bandwidth) ?? (2 * squares) / (rows - 1)
  if (bandwidth === 0) {
    return {
      value: 0,
      total: kernels * rows * rows,
      trace: kernels * rows,
      bandwidth,
      standardError: 0,
      gradient: (out) => zeroed(theta, out),
    }
  }
  const place = { centre: mean, bandwidth, frequencies }
  const sums = groups.map((group) => featureSums(theta, group.rows, place))
  const { difference, ...estimate } = mmdOfFeatures(
    sums,
    groups.map((group) => group.weight),
    rows,
  )
  return {
    ...estimate,
    bandwidth,
    gradient(out) {
      const gradient = zeroed(theta, out)
      for (const { rows, weight } of groups) setFeatureGradient(gradient, theta, rows, weight, place, difference)
      return gradient
    },
  }
}

/**
 * Where features are taken: of theta - centre (K), for the kernels of a bandwidth, by standard normal frequencies (F,
 * K).
 */
export interface FeaturePlace {
  readonly centre: Float64Array
  readonly bandwidth: number
  readonly frequencies: Matrix
}

/**
 * Estimates by the sums of features over each sample, the weight of its rows, and the number of rows of both together:
 * all that `randomFourierMmd` needs of a table. `difference`, the weighted sum of features, is what a gradient needs.
 */
export function mmdOfFeatures(
  sums: readonly Float64Array[],
  weights: readonly number[],
  rows: number,
): Pick<FourierMmd, 'value' | 'total' | 'trace' | 'standardError'> & { readonly difference: Float64Array } {
  const difference = new Float64Array(sums[0]!.length)
  const count = difference.length / featuresPerFrequency
  let total = 0
  for (let p = 0; p < difference.length; p++) {
    let all = 0
    sums.forEach((own, g) => {
      difference[p]! += weights[g]! * own[p]!
      all += own[p]!
    })
    total += (all * all) / count
  }
  let value = 0
  let spread = 0
  for (let f = 0; f < count; f++) {
    let own = 0
    for (let m = 0; m < featuresPerFrequency; m++) own += difference[placeOf(f, m)]! ** 2
    value += own
    spread += own * own
  }
  value /= count
  return {
    value,
    total,
    standardError: Math.sqrt(Math.max(0, spread / count - value * value) / (count - 1)),
    trace: kernels * rows,
    difference,
  }
}

/** The frequencies in turns, for the widest kernel of the bandwidth. */
function scaledFrequencies({ bandwidth, frequencies }: FeaturePlace): Matrix {
  // exp(-d^2 / b) is the mean of cos(w.d) over w of variance 2 / b.
  const scale = (widest * Math.sqrt(2 / bandwidth)) / (2 * Math.PI)
  return matrix(
    frequencies.rows,
    frequencies.cols,
    frequencies.data.map((w) => w * scale),
  )
}

/** Where feature m of frequency f lies in sums and coefficients, [F / 4][10][4]. */
function placeOf(f: number, m: number): number {
  return (f >> 2) * 4 * featuresPerFrequency + m * 4 + (f & 3)
}

/** Sums over `rows` of theta (N, K) of the cosines and sines of all kernels, 10 a frequency. */
export function featureSums(theta: Matrix, rows: Int32Array, place: FeaturePlace): Float64Array {
  const out = new Float64Array(place.frequencies.rows * featuresPerFrequency)
  forEachChunk(theta, rows, place.centre, scaledFrequencies(place), undefined, (tasks, partial) => {
    for (let task = 0; task < tasks; task++) {
      const start = task * out.length
      for (let p = 0; p < out.length; p++) out[p]! += partial[start + p]!
    }
  })
  return out
}

/** `out`, or a new matrix, of theta's shape and all zeros. */
function zeroed({ rows, cols }: Matrix, out?: Matrix): Matrix {
  if (!out) return matrix(rows, cols)
  if (out.rows !== rows || out.cols !== cols)
    throw new RangeError(`randomFourierMmd: expected a gradient (${rows}, ${cols}), got (${out.rows}, ${out.cols})`)
  out.data.fill(0)
  return out
}

/**
 * Sets `rows` of `gradient` (N, K) to d value / d theta, `weight` being that of each of these rows and value and
 * `difference` as `mmdOfFeatures` gives them; other rows are left alone.
 */
export function setFeatureGradient(
  gradient: Matrix,
  theta: Matrix,
  rows: Int32Array,
  weight: number,
  place: FeaturePlace,
  difference: Float64Array,
): void {
  const frequencies = scaledFrequencies(place)
  // |D|^2 with D = sum_i w_i (cos, sin) of a_m angle_i has derivative 2 w_i a_m (D_sin cos - D_cos sin) by angle_i.
  const coefficients = new Float32Array(difference.length)
  for (let f = 0; f < frequencies.rows; f++) {
    for (let m = 0; m < kernels; m++) {
      const factor = Math.SQRT2 ** m
      coefficients[placeOf(f, 2 * m)] = factor * difference[placeOf(f, 2 * m + 1)]!
      coefficients[placeOf(f, 2 * m + 1)] = -factor * difference[placeOf(f, 2 * m)]!
    }
  }
  const { cols } = theta
  // From turns back to radians.
  const factor = (2 * weight * 2 * Math.PI) / frequencies.rows
  forEachChunk(theta, rows, place.centre, frequencies, coefficients, (_, __, out, first, last) => {
    for (let r = first; r < last; r++) {
      const target = rows[r]! * cols
      const source = (r - first) * cols
      for (let k = 0; k < cols; k++) gradient.data[target + k] = factor * out[source + k]!
    }
  })
}

/**
 * Runs the kernel over `rows` of theta minus `mean`, chunk by chunk, and hands each chunk's results to `take`: the sums
 * of each task, or with `coefficients` the weighted features of rows first .. last - 1 times the frequencies.
 */
function forEachChunk(
  theta: Matrix,
  rows: Int32Array,
  mean: Float64Array,
  frequencies: Matrix,
  coefficients: Float32Array | undefined,
  take: (tasks: number, sums: Float64Array, out: Float32Array, first: number, last: number) => void,
): void {
  const { cols } = theta
  const count = frequencies.rows
  const chunk = Math.min(rowsPerChunk, rows.length)
  const mostTasks = Math.ceil(chunk / rowsPerTask)
  const frame = openFrame()
  try {
    // Scratch first: growing the memory replaces its buffer.
    const at = {
      x: frame.scratch(chunk * cols * 4),
      panels: frame.scratch(count * cols * 4),
      frequencies: frame.input(frequencies.data),
      coefficients: coefficients ? frame.input(coefficients) : 0,
      out: coefficients ? frame.scratch(chunk * cols * 4) : 0,
      sums: coefficients ? 0 : frame.scratch(mostTasks * count * featuresPerFrequency * 8),
      tile: frame.scratch(mostTasks * tileBytes),
    }
    const x = new Float32Array(memory.buffer, at.x, chunk * cols)
    const out = new Float32Array(memory.buffer, at.out, coefficients ? chunk * cols : 0)
    const sums = new Float64Array(memory.buffer, at.sums, coefficients ? 0 : mostTasks * count * featuresPerFrequency)
    runKernel('packPanels', count / 8, [at.frequencies, at.panels, count, cols, 4, cols * 4])
    for (let first = 0; first < rows.length; first += chunk) {
      const last = Math.min(first + chunk, rows.length)
      for (let r = first; r < last; r++) {
        const source = rows[r]! * cols
        const target = (r - first) * cols
        for (let k = 0; k < cols; k++) x[target + k] = theta.data[source + k]! - mean[k]!
      }
      const tasks = Math.ceil((last - first) / rowsPerTask)
      const args = [
        at.x,
        at.panels,
        at.frequencies,
        at.coefficients,
        at.out,
        at.sums,
        at.tile,
        last - first,
        cols,
        count,
        rowsPerTask,
      ]
      runKernel('fourierFeatures', tasks, args)
      take(tasks, sums, out, first, last)
    }
  } finally {
    frame.close()
  }
}
