/** @file The kernel under the calibrated flow: all pairs of users, or random Fourier features of them. */

import { matrix, randomStream, type Matrix } from '@indistinct/core'
import {
  crossMoments,
  gemmNN,
  gemmNT,
  randomFourierMmd,
  randomFrequencies,
  rbfMmd,
  type FourierMmd,
  type TwoSamples,
} from '@indistinct/kernels'
import { rowMean } from './calibrate/common-axes.ts'

export type FlowKernelName = 'exact' | 'random-fourier'

export interface FlowKernel {
  readonly name: FlowKernelName
  /**
   * MMD^2 of two classes of a table; the gradient is the caller's to overwrite, and written to `out` if that saves
   * memory. The bandwidth is the mean squared distance of the samples' rows unless another is given.
   */
  measure(theta: Matrix, samples: TwoSamples, bandwidth?: number): FourierMmd
  /**
   * Draws other frequencies for what is measured from now on. The frequencies that gave a direction look better after a
   * step along it than all others do, so every step is measured by fresh ones.
   */
  refresh(): void
}

/**
 * Labelled users up to which the exact kernel is used unless asked otherwise: its time grows with their square. With
 * two threads a pass at K = 64 takes some 10 s there, and one of 512 frequencies a fifteenth of that.
 */
export const mostExactUsers = 50_000

/** Frequencies of 'random-fourier' unless asked otherwise. */
export const defaultFrequencies = 512

export const exactKernel: FlowKernel = {
  name: 'exact',
  measure(theta, samples, bandwidth) {
    const { gradient, ...sums } = rbfMmd(theta, samples, bandwidth === undefined ? {} : { bandwidth })
    return { ...sums, standardError: 0, gradient: () => gradient! }
  },
  refresh() {},
}

/** `exact` at a bandwidth `times` narrower than the mean squared distance. */
export function narrowKernel(exact: FlowKernel, times: number): FlowKernel {
  return { ...exact, measure: (theta, samples) => exact.measure(theta, samples, meanSquare(theta, samples) / times) }
}

/**
 * `kernel` with a gradient that leaves out what would change MMD^2 under `other`, to first order: steps by it hold that
 * where it has landed.
 */
export function holdingKernel(kernel: FlowKernel, other: FlowKernel): FlowKernel {
  return {
    ...kernel,
    measure(theta, samples) {
      const { gradient, ...sums } = kernel.measure(theta, samples)
      return {
        ...sums,
        gradient(out) {
          const along = gradient(out)
          const held = other.measure(theta, samples).gradient().data
          let [product, square] = [0, 0]
          for (let p = 0; p < held.length; p++) {
            product += along.data[p]! * held[p]!
            square += held[p]! ** 2
          }
          if (square > 0) for (let p = 0; p < held.length; p++) along.data[p]! -= (product / square) * held[p]!
          return along
        },
      }
    },
  }
}

/** An exact kernel by distances between rows of theta scaling', scaling (K, K). */
export function exactKernelIn(scaling: Matrix, exact: FlowKernel): FlowKernel {
  let last: Matrix | undefined
  return {
    ...exact,
    measure(theta, samples) {
      const scaled = last?.rows === theta.rows ? last : (last = matrix(theta.rows, theta.cols))
      gemmNT(theta, scaling, scaled)
      const { gradient, ...sums } = exact.measure(scaled, samples)
      return {
        ...sums,
        gradient(out = matrix(theta.rows, theta.cols)) {
          gemmNN(gradient(), scaling, out)
          return out
        },
      }
    },
  }
}

/**
 * `count` frequencies of width K at a time, from the stream of `seed`; distances are of rows of theta scaling' where
 * there is one.
 */
export function randomFourierKernel(cols: number, count: number, seed: number, scaling?: Matrix): FlowKernel {
  const random = randomStream(seed, 'calibrated flow', 'frequencies')
  const draw = (): Matrix => {
    const frequencies = randomFrequencies(cols, count, random)
    if (!scaling) return frequencies
    // w.(A x) = (A'w).x
    const scaled = matrix(count, cols)
    gemmNN(frequencies, scaling, scaled)
    return scaled
  }
  let frequencies = draw()
  return {
    name: 'random-fourier',
    measure: (theta, samples) =>
      randomFourierMmd(theta, samples, frequencies, scaling && { bandwidth: scaledBandwidth(theta, samples, scaling) }),
    refresh() {
      frequencies = draw()
    },
  }
}

/** The mean squared distance between different rows of theta scaling' that the samples name. */
function scaledBandwidth(theta: Matrix, samples: TwoSamples, scaling: Matrix): number {
  const K = theta.cols
  const rows = rowsOf(samples)
  const scatter = crossMoments(theta, rows, rowMean(theta, rows))
  let trace = 0
  for (let a = 0; a < K; a++)
    for (let k = 0; k < K; k++)
      for (let l = 0; l < K; l++) trace += scaling.data[a * K + k]! * scatter[k * K + l]! * scaling.data[a * K + l]!
  return (2 * trace) / (rows.length - 1)
}

/** Mean squared distance between different rows of theta (N, K) that the samples name. */
function meanSquare(theta: Matrix, samples: TwoSamples): number {
  const rows = rowsOf(samples)
  const mean = rowMean(theta, rows)
  let squares = 0
  for (const row of rows)
    for (let k = 0, p = row * theta.cols; k < theta.cols; k++, p++) squares += (theta.data[p]! - mean[k]!) ** 2
  return (2 * squares) / (rows.length - 1)
}

function rowsOf({ first, second }: TwoSamples): Int32Array {
  const rows = new Int32Array(first.length + second.length)
  rows.set(first)
  rows.set(second, first.length)
  return rows
}
