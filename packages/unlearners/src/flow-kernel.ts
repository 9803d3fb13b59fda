/** @file The kernel under the calibrated flow: all pairs of users, or random Fourier features of them. */

import { randomStream, type Matrix } from '@indistinct/core'
import { randomFourierMmd, randomFrequencies, rbfMmd, type FourierMmd, type TwoSamples } from '@indistinct/kernels'

export type FlowKernelName = 'exact' | 'random-fourier'

export interface FlowKernel {
  readonly name: FlowKernelName
  /** MMD^2 of two classes of a table; the gradient is the caller's to overwrite, and written to `out` if that saves memory. */
  measure(theta: Matrix, samples: TwoSamples): FourierMmd
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
  measure(theta, samples) {
    const { gradient, ...sums } = rbfMmd(theta, samples)
    return { ...sums, standardError: 0, gradient: () => gradient! }
  },
  refresh() {},
}

/** `count` frequencies of width K at a time, from the stream of `seed`. */
export function randomFourierKernel(cols: number, count: number, seed: number): FlowKernel {
  const random = randomStream(seed, 'calibrated flow', 'frequencies')
  let frequencies = randomFrequencies(cols, count, random)
  return {
    name: 'random-fourier',
    measure: (theta, samples) => randomFourierMmd(theta, samples, frequencies),
    refresh() {
      frequencies = randomFrequencies(cols, count, random)
    },
  }
}
