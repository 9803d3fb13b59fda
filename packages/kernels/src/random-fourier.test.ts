import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { afterEach, describe, expect, test } from 'vitest'
import {
  kernelMemoryBytes,
  nullMmd,
  randomFourierMmd,
  randomFrequencies,
  rbfMmd,
  setThreads,
  threads,
  type TwoSamples,
} from './index.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

/** Two Gaussian samples, the second shifted and wider; every ninth row belongs to neither. */
function example(rows: number, cols: number, shift = 0.4): { theta: Matrix; samples: TwoSamples } {
  const random = randomStream(5, 'fourier', rows, cols)
  const first: number[] = []
  const second: number[] = []
  const theta = matrix(rows, cols)
  for (let i = 0; i < rows; i++) {
    const isFirst = i % 4 === 0
    if (i % 9 !== 8) (isFirst ? first : second).push(i)
    for (let k = 0; k < cols; k++)
      theta.data[i * cols + k] = 2 + (random.normal() * (isFirst ? 1 : 1.2) + (isFirst ? shift : 0)) / (1 + k)
  }
  return { theta, samples: { first: Int32Array.from(first), second: Int32Array.from(second) } }
}

/** Value, total and gradient from the given frequencies in float64, one feature at a time. */
function reference(theta: Matrix, samples: TwoSamples, frequencies: Matrix, bandwidth: number) {
  const K = theta.cols
  const weights = new Map<number, number>()
  for (const i of samples.first) weights.set(i, 1 / samples.first.length)
  for (const i of samples.second) weights.set(i, -1 / samples.second.length)
  const gradient = new Float64Array(theta.data.length)
  let value = 0
  let total = 0
  for (let f = 0; f < frequencies.rows; f++) {
    for (const m of [0.25, 0.5, 1, 2, 4]) {
      const w = Float64Array.from(
        { length: K },
        (_, k) => frequencies.data[f * K + k]! * Math.sqrt(2 / (bandwidth * m)),
      )
      const angle = (i: number): number => w.reduce((sum, part, k) => sum + part * theta.data[i * K + k]!, 0)
      let [c, s, allC, allS] = [0, 0, 0, 0]
      for (const [i, weight] of weights) {
        c += weight * Math.cos(angle(i))
        s += weight * Math.sin(angle(i))
        allC += Math.cos(angle(i))
        allS += Math.sin(angle(i))
      }
      value += (c * c + s * s) / frequencies.rows
      total += (allC * allC + allS * allS) / frequencies.rows
      for (const [i, weight] of weights) {
        const slope = (2 * weight * (s * Math.cos(angle(i)) - c * Math.sin(angle(i)))) / frequencies.rows
        for (let k = 0; k < K; k++) gradient[i * K + k]! += slope * w[k]!
      }
    }
  }
  return { value, total, gradient }
}

function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0
  let norm = 0
  for (let p = 0; p < expected.length; p++) {
    difference += (actual[p]! - expected[p]!) ** 2
    norm += expected[p]! ** 2
  }
  return Math.sqrt(difference / norm)
}

describe('randomFourierMmd', () => {
  // Rows below and above a task's 512; frequencies that fill a tile of 128, and that do not.
  test.each([
    [40, 1, 8],
    [300, 5, 24],
    [700, 16, 136],
  ])('equals its features in float64 at N = %i, K = %i, F = %i', (rows, cols, count) => {
    const { theta, samples } = example(rows, cols)
    const frequencies = randomFrequencies(cols, count, randomStream(1, 'frequencies'))
    const result = randomFourierMmd(theta, samples, frequencies)
    const expected = reference(theta, samples, frequencies, result.bandwidth)
    expect(Math.abs(result.bandwidth / rbfMmd(theta, samples, { gradient: false }).bandwidth - 1)).toBeLessThan(1e-12)
    expect(Math.abs(result.value / expected.value - 1)).toBeLessThan(1e-5)
    expect(Math.abs(result.total / expected.total - 1)).toBeLessThan(1e-5)
    expect(relativeError(result.gradient().data, expected.gradient)).toBeLessThan(1e-5)
  })

  test('stays accurate for far outliers, whose angles are many turns', () => {
    const { theta, samples } = example(200, 4)
    for (let k = 0; k < 4; k++) theta.data[k] = 60
    const frequencies = randomFrequencies(4, 64, randomStream(2, 'frequencies'))
    const result = randomFourierMmd(theta, samples, frequencies, { bandwidth: 2 })
    const expected = reference(theta, samples, frequencies, 2)
    expect(result.bandwidth).toBe(2)
    expect(Math.abs(result.value / expected.value - 1)).toBeLessThan(1e-4)
    expect(relativeError(result.gradient().data, expected.gradient)).toBeLessThan(1e-4)
  })

  test('is an unbiased estimate of the exact value, null value and gradient', () => {
    const { theta, samples } = example(600, 8)
    const exact = rbfMmd(theta, samples)
    const random = randomStream(3, 'fresh')
    const repeats = 200
    const values: number[] = []
    const nulls: number[] = []
    const errors: number[] = []
    const gradient = new Float64Array(theta.data.length)
    const [n1, n2] = [samples.first.length, samples.second.length]
    for (let r = 0; r < repeats; r++) {
      const result = randomFourierMmd(theta, samples, randomFrequencies(8, 64, random))
      values.push(result.value / exact.value)
      nulls.push(nullMmd(result.total, result.trace, n1, n2) / nullMmd(exact.total, exact.trace, n1, n2))
      errors.push(result.standardError / exact.value)
      const own = result.gradient().data
      for (let p = 0; p < own.length; p++) gradient[p]! += own[p]! / repeats
      if (r === 0) expect(result.trace).toBe(exact.trace)
    }
    for (const estimates of [values, nulls]) {
      const mean = estimates.reduce((a, b) => a + b, 0) / repeats
      const deviation = Math.sqrt(estimates.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (repeats - 1))
      expect(Math.abs(mean - 1)).toBeLessThan((4 * deviation) / Math.sqrt(repeats))
      expect(deviation).toBeLessThan(0.15)
      // The stated standard error is one of independent draws, and orthogonal ones do not exceed it by much.
      if (estimates === values) expect(deviation).toBeLessThan((1.2 * errors.reduce((a, b) => a + b, 0)) / repeats)
    }
    expect(relativeError(gradient, exact.gradient!.data)).toBeLessThan(0.03)
  })

  test('errors shrink as frequencies grow', () => {
    const { theta, samples } = example(500, 16)
    const exact = rbfMmd(theta, samples)
    const error = (count: number): number => {
      let sum = 0
      for (let r = 0; r < 10; r++) {
        sum += relativeError(
          randomFourierMmd(theta, samples, randomFrequencies(16, count, randomStream(r, count))).gradient().data,
          exact.gradient!.data,
        )
      }
      return sum / 10
    }
    expect(error(512)).toBeLessThan(0.4 * error(32))
  })

  test('gives the same bytes on any number of threads, and leaves other rows alone', () => {
    const { theta, samples } = example(3000, 16)
    const frequencies = randomFrequencies(16, 136, randomStream(4, 'frequencies'))
    const used = matrix(3000, 16, new Float32Array(3000 * 16).fill(7))
    const results = [1, 2, 5].map((count) => {
      setThreads(count)
      const { gradient, ...sums } = randomFourierMmd(theta, samples, frequencies)
      return { ...sums, gradient: count === 5 ? gradient(used) : gradient() }
    })
    expect(results[1]).toEqual(results[0])
    expect(results[2]).toEqual(results[0])
    expect(results[0]!.gradient.data.subarray(8 * 16, 9 * 16).every((g) => g === 0)).toBe(true)
  })

  test('takes kernel memory that does not grow with N', () => {
    const frequencies = randomFrequencies(4, 64, randomStream(5, 'frequencies'))
    const small = example(16_384 * 2, 4)
    randomFourierMmd(small.theta, small.samples, frequencies).gradient()
    const before = kernelMemoryBytes()
    const large = example(16_384 * 8, 4)
    randomFourierMmd(large.theta, large.samples, frequencies).gradient()
    expect(kernelMemoryBytes()).toBe(before)
  })

  test('all rows equal: no difference, no gradient', () => {
    const { samples } = example(40, 3)
    const result = randomFourierMmd(
      matrix(40, 3, new Float32Array(120).fill(0.5)),
      samples,
      randomFrequencies(3, 8, randomStream(0)),
    )
    expect([result.value, result.bandwidth]).toEqual([0, 0])
    expect(result.gradient().data.every((g) => g === 0)).toBe(true)
  })

  test('refuses what does not fit', () => {
    const { theta, samples } = example(30, 3)
    expect(() => randomFrequencies(3, 12, randomStream(0))).toThrow('expected a positive multiple of 8, got 12')
    expect(() => randomFourierMmd(theta, samples, randomFrequencies(2, 8, randomStream(0)))).toThrow(
      'expected frequencies (a multiple of 8, 3), got (8, 2)',
    )
    theta.data[5] = NaN
    expect(() => randomFourierMmd(theta, samples, randomFrequencies(3, 8, randomStream(0)))).toThrow(
      'expected finite embeddings',
    )
  })
})

test('randomFrequencies are orthogonal in runs of K and of normal length', () => {
  const cols = 12
  const { data } = randomFrequencies(cols, 2400, randomStream(6, 'frequencies'))
  const dot = (f: number, g: number): number => {
    let sum = 0
    for (let k = 0; k < cols; k++) sum += data[f * cols + k]! * data[g * cols + k]!
    return sum
  }
  let squares = 0
  for (let f = 0; f < 2400; f++) {
    squares += dot(f, f)
    for (let g = f - (f % cols); g < f; g++) expect(Math.abs(dot(f, g))).toBeLessThan(1e-4)
  }
  // The mean of chi-squared with 12 degrees of freedom, over 2,400 draws: standard error 0.1.
  expect(Math.abs(squares / 2400 - cols)).toBeLessThan(0.4)
})
