/**
 * @file Support vector machines with a Gaussian kernel, one for each class against the rest (one in all for two
 * classes). The dual in beta = y alpha,
 *
 *     max sum_i y_i beta_i - 1/2 beta' K beta,   sum beta = 0,   0 <= y_i beta_i <= C_i,
 *
 * is solved by sequential minimal optimisation: the pair of rows with most to gain to second order (Fan, Chen and Lin
 * 2005, the rule of LIBSVM) moves until no pair violates the optimality conditions by `tolerance`. Rows of a class
 * weigh C n / (2 n_class), scikit-learn's class_weight='balanced': without it one class against many is a constant
 * answer.
 */

import type { Matrix } from '@indistinct/core'
import { gaussianRows, product64NT, type Dense } from '@indistinct/kernels'
import { nearestGamma, scaleGamma, squaredDistance } from './gaussian-kernel.ts'
import type { RowProducts } from './row-products.ts'

export interface SupportVectorOptions {
  /** C; 1. */
  readonly cost?: number
  /**
   * gamma: 'scale', the default, is `scaleGamma`, and 'nearest' `nearestGamma`, which tells what only close rows share.
   */
  readonly gamma?: 'scale' | 'nearest'
  /** Largest violation of the optimality conditions that is left; 0.001 (LIBSVM's). */
  readonly tolerance?: number
}

export interface SupportVectorModel {
  /** gamma of exp(-gamma d^2). */
  readonly gamma: number
  /** Mean of the rows fitted (K), taken off all rows. */
  readonly centre: Float64Array
  /** Rows that carry weight in any machine, less the centre (S, K). */
  readonly vectors: Float64Array
  /**
   * Whether the kernel is as narrow as rows lie apart: distances are then taken from differences, not from products.
   */
  readonly narrow: boolean
  /** (O, S), O = 1 for two classes and C for more. */
  readonly betas: Float64Array
  /** (O) */
  readonly intercepts: Float64Array
  readonly inputs: number
  /** Pairs moved, over all machines. */
  readonly steps: number
}

/**
 * Exact, with the whole kernel matrix in memory: 4 N^2 bytes.
 * @param x features (N, K)
 * @param codes 0 .. classes - 1 (N), each occurring
 */
export function fitSupportVectors(
  x: Matrix,
  codes: Int32Array,
  classes: number,
  options: SupportVectorOptions = {},
): SupportVectorModel {
  const { cost = 1, tolerance = 1e-3 } = options
  const { rows: N, cols: K } = x
  const narrow = options.gamma === 'nearest'
  const centre = meanOf(x)
  const values = centredValues(x, centre)
  const gamma = (narrow ? nearestGamma : scaleGamma)(values, N, K)
  const kernel = kernelMatrix({ rows: N, cols: K, data: values }, gamma, narrow)
  const machines = machinesOf(kernel, codes, classes, cost, tolerance)
  const carrying: number[] = []
  for (let i = 0; i < N; i++) if (machines.some(({ beta }) => beta[i] !== 0)) carrying.push(i)
  const vectors = new Float64Array(carrying.length * K)
  const betas = new Float64Array(machines.length * carrying.length)
  carrying.forEach((i, s) => {
    vectors.set(values.subarray(i * K, (i + 1) * K), s * K)
    machines.forEach(({ beta }, o) => (betas[o * carrying.length + s] = beta[i]!))
  })
  return {
    gamma,
    centre,
    vectors,
    narrow,
    betas,
    intercepts: Float64Array.from(machines, ({ intercept }) => intercept),
    inputs: K,
    steps: machines.reduce((sum, { steps }) => sum + steps, 0),
  }
}

function machinesOf(
  kernel: Float32Array,
  codes: Int32Array,
  classes: number,
  cost: number,
  tolerance: number,
): ReturnType<typeof solve>[] {
  return Array.from({ length: classes === 2 ? 1 : classes }, (_, o) => {
    const positive = classes === 2 ? 1 : o
    return solve(
      kernel,
      Int8Array.from(codes, (code) => (code === positive ? 1 : -1)),
      cost,
      tolerance,
    )
  })
}

/**
 * Decision values (M, O) of the asked rows, fitted to the known ones with gamma 'scale', from products alone, and the
 * intercepts (O) in them.
 */
export function supportVectorDecisionsOfProducts(
  { known, asked, squares }: RowProducts,
  codes: Int32Array,
  classes: number,
  { cost = 1, tolerance = 1e-3 }: Omit<SupportVectorOptions, 'gamma'> = {},
): { readonly decisions: Float64Array; readonly intercepts: Float64Array } {
  const N = known.rows
  const own = Float64Array.from({ length: N }, (_, i) => known.data[i * (N + 1)]!)
  const variance = own.reduce((sum, square) => sum + square / N, 0)
  const gamma = variance > 0 ? 1 / variance : 1
  const kernelOf = (products: Dense, ofRows: Float64Array): Float64Array => {
    const out = new Float64Array(products.rows * N)
    for (let i = 0, p = 0; i < products.rows; i++)
      for (let k = 0; k < N; k++, p++)
        out[p] = Math.exp(-gamma * Math.max(0, ofRows[i]! + own[k]! - 2 * products.data[p]!))
    return out
  }
  const kernel = Float32Array.from(kernelOf(known, own))
  mirrored(kernel, N)
  const machines = machinesOf(kernel, codes, classes, cost, tolerance)
  const betas = new Float64Array(machines.length * N)
  machines.forEach(({ beta }, o) => betas.set(beta, o * N))
  const decisions = product64NT(
    { rows: asked.rows, cols: N, data: kernelOf(asked, squares) },
    { rows: machines.length, cols: N, data: betas },
  )
  const intercepts = Float64Array.from(machines, ({ intercept }) => intercept)
  for (let p = 0; p < decisions.length; p++) decisions[p]! += intercepts[p % intercepts.length]!
  return { decisions, intercepts }
}

/** Decision values (N, O): above zero for the second of two classes, for each class against the rest of more. */
export function supportVectorDecisions(
  { gamma, centre, vectors, narrow, betas, intercepts, inputs: K }: SupportVectorModel,
  x: Matrix,
): Float64Array {
  if (x.cols !== K) throw new RangeError(`supportVectorDecisions: expected ${K} columns, got ${x.cols}`)
  const outputs = intercepts.length
  const S = betas.length / outputs
  const out = new Float64Array(x.rows * outputs)
  const asked = { rows: x.rows, cols: K, data: centredValues(x, centre) }
  kernelRows(asked, { rows: S, cols: K, data: vectors }, gamma, narrow, (values, at, row) => {
    for (let o = 0; o < outputs; o++) {
      let sum = intercepts[o]!
      for (let s = 0, b = o * S; s < S; s++, b++) sum += betas[b]! * values[at + s]!
      out[row * outputs + o] = sum
    }
  })
  return out
}

/** Calls `use` with each row of the kernel matrix of x (M, K) and y (N, K): its N values from `at` on. */
function kernelRows(
  x: Dense,
  y: Dense,
  gamma: number,
  narrow: boolean,
  use: (values: Float64Array, at: number, row: number) => void,
): void {
  if (!narrow) {
    gaussianRows(x, y, gamma, ({ values, stride, first, count }) => {
      for (let i = 0; i < count; i++) use(values, i * stride, first + i)
    })
    return
  }
  const [left, right] = [new Float64Array(x.data), new Float64Array(y.data)]
  const values = new Float64Array(y.rows)
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < y.rows; j++)
      values[j] = Math.exp(-gamma * squaredDistance(left, i * x.cols, right, j * x.cols, x.cols))
    use(values, 0, i)
  }
}

function kernelMatrix(x: Dense, gamma: number, narrow: boolean): Float32Array {
  const N = x.rows
  const out = new Float32Array(N * N)
  kernelRows(x, x, gamma, narrow, (values, at, row) => out.set(values.subarray(at, at + N), row * N))
  mirrored(out, N)
  return out
}

/** The same product in the other order may differ in the last bit: the lower triangle (N, N) stands for both. */
function mirrored(kernel: Float32Array, N: number): void {
  for (let i = 0; i < N; i++) {
    kernel[i * N + i] = 1
    for (let m = 0; m < i; m++) kernel[m * N + i] = kernel[i * N + m]!
  }
}

function meanOf({ rows, cols, data }: Matrix): Float64Array {
  const mean = new Float64Array(cols)
  for (let i = 0, p = 0; i < rows; i++) for (let j = 0; j < cols; j++, p++) mean[j]! += data[p]! / rows
  return mean
}

function centredValues({ rows, cols, data }: Matrix, centre: Float64Array): Float64Array {
  const out = new Float64Array(data.length)
  for (let i = 0, p = 0; i < rows; i++) for (let j = 0; j < cols; j++, p++) out[p] = data[p]! - centre[j]!
  return out
}

/** A pair of equal rows is moved as if their distance were this. */
const leastCurvature = 1e-12

// eslint-disable-next-line max-lines-per-function -- an inner kernel: its two scans of the rows share all they find
function solve(
  kernel: Float32Array,
  signs: Int8Array,
  cost: number,
  tolerance: number,
): { beta: Float64Array; intercept: number; steps: number } {
  const N = signs.length
  let positives = 0
  for (let t = 0; t < N; t++) if (signs[t]! > 0) positives++
  const upper = new Float64Array(N)
  const lower = new Float64Array(N)
  for (let t = 0; t < N; t++) {
    if (signs[t]! > 0) upper[t] = (cost * N) / (2 * positives)
    else lower[t] = (-cost * N) / (2 * (N - positives))
  }
  const beta = new Float64Array(N)
  // What is missing to each row's sign, y - K beta: at the optimum the intercept for rows between their bounds, above
  // it only for rows that can not rise, below it only for rows that can not fall.
  const missing = new Float64Array(signs)
  const maxSteps = 1_000_000 + 100 * N
  let steps = 0
  let highest = 0
  let lowest = 0
  for (;;) {
    let i = -1
    highest = -Infinity
    for (let t = 0; t < N; t++) {
      if (missing[t]! > highest && beta[t]! < upper[t]!) {
        highest = missing[t]!
        i = t
      }
    }
    let j = -1
    let best = 0
    lowest = Infinity
    const rowI = i * N
    for (let t = 0; t < N; t++) {
      if (!(beta[t]! > lower[t]!)) continue
      const value = missing[t]!
      if (value < lowest) lowest = value
      const gap = highest - value
      if (gap <= 0) continue
      const curvature = 2 - 2 * kernel[rowI + t]!
      const gain = (gap * gap) / (curvature > leastCurvature ? curvature : leastCurvature)
      if (gain > best) {
        best = gain
        j = t
      }
    }
    if (highest - lowest <= tolerance || j < 0 || steps === maxSteps) break
    steps++
    const rowJ = j * N
    const curvature = Math.max(leastCurvature, 2 - 2 * kernel[rowI + j]!)
    const roomUp = upper[i]! - beta[i]!
    const roomDown = beta[j]! - lower[j]!
    const move = Math.min((highest - missing[j]!) / curvature, roomUp, roomDown)
    // Who may still move is told by comparing with the bounds: a row that rounding leaves just short of one has met it.
    beta[i] = roomUp - move < 1e-12 * cost ? upper[i]! : beta[i]! + move
    beta[j] = roomDown - move < 1e-12 * cost ? lower[j]! : beta[j]! - move
    for (let t = 0; t < N; t++) missing[t]! -= move * (kernel[rowI + t]! - kernel[rowJ + t]!)
  }
  let sum = 0
  let free = 0
  for (let t = 0; t < N; t++) {
    if (beta[t]! > lower[t]! && beta[t]! < upper[t]!) {
      sum += missing[t]!
      free++
    }
  }
  return { beta, intercept: free > 0 ? sum / free : (highest + lowest) / 2, steps }
}
