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
import { nearestGamma, scaleGamma, squaredDistance } from './gaussian-kernel.ts'

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
  /** Rows that carry weight in any machine (S, K). */
  readonly vectors: Float64Array
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
  const values = Float64Array.from(x.data)
  const gamma = (options.gamma === 'nearest' ? nearestGamma : scaleGamma)(values, N, K)
  const kernel = kernelMatrix(values, N, K, gamma)
  const machines = Array.from({ length: classes === 2 ? 1 : classes }, (_, o) => {
    const positive = classes === 2 ? 1 : o
    return solve(
      kernel,
      Int8Array.from(codes, (code) => (code === positive ? 1 : -1)),
      cost,
      tolerance,
    )
  })
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
    vectors,
    betas,
    intercepts: Float64Array.from(machines, ({ intercept }) => intercept),
    inputs: K,
    steps: machines.reduce((sum, { steps }) => sum + steps, 0),
  }
}

/** Decision values (N, O): above zero for the second of two classes, for each class against the rest of more. */
export function supportVectorDecisions(
  { gamma, vectors, betas, intercepts, inputs: K }: SupportVectorModel,
  x: Matrix,
): Float64Array {
  if (x.cols !== K) throw new RangeError(`supportVectorDecisions: expected ${K} columns, got ${x.cols}`)
  const outputs = intercepts.length
  const S = betas.length / outputs
  const out = new Float64Array(x.rows * outputs)
  const row = new Float64Array(K)
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < K; j++) row[j] = x.data[i * K + j]!
    for (let o = 0; o < outputs; o++) out[i * outputs + o] = intercepts[o]!
    for (let s = 0; s < S; s++) {
      const value = Math.exp(-gamma * squaredDistance(row, 0, vectors, s * K, K))
      for (let o = 0; o < outputs; o++) out[i * outputs + o]! += betas[o * S + s]! * value
    }
  }
  return out
}

function kernelMatrix(values: Float64Array, N: number, K: number, gamma: number): Float32Array {
  const out = new Float32Array(N * N)
  for (let i = 0; i < N; i++) {
    out[i * N + i] = 1
    for (let m = 0; m < i; m++) {
      const value = Math.exp(-gamma * squaredDistance(values, i * K, values, m * K, K))
      out[i * N + m] = value
      out[m * N + i] = value
    }
  }
  return out
}

/** A pair of equal rows is moved as if their distance were this. */
const leastCurvature = 1e-12

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
  const missing = Float64Array.from(signs)
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
