import { matrix, randomStream, shuffle, type Matrix } from '@indistinct/core'
import { afterEach, describe, expect, test } from 'vitest'
import { kernelMemoryBytes, nullMmd, rbfMmd, setThreads, threads, type TwoSamples } from './index.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

/** Two Gaussian samples, the second shifted and wider; every seventh row belongs to neither. */
function example(rows: number, cols: number, shift = 0.5): { theta: Matrix; samples: TwoSamples } {
  const random = randomStream(3, 'mmd', rows, cols)
  const first: number[] = []
  const second: number[] = []
  const theta = matrix(rows, cols)
  for (let i = 0; i < rows; i++) {
    const isFirst = i % 3 === 0
    if (i % 7 !== 6) (isFirst ? first : second).push(i)
    for (let k = 0; k < cols; k++)
      theta.data[i * cols + k] = 3 + random.normal() * (isFirst ? 1 : 1.2) + (isFirst ? shift : 0)
  }
  return { theta, samples: { first: Int32Array.from(first), second: Int32Array.from(second) } }
}

function weightsOf(rows: number, samples: TwoSamples): Float64Array {
  const w = new Float64Array(rows)
  for (const i of samples.first) w[i] = 1 / samples.first.length
  for (const i of samples.second) w[i] = -1 / samples.second.length
  return w
}

/** Everything in float64 from the definition, one pair at a time. */
function reference(data: ArrayLike<number>, cols: number, w: Float64Array, bandwidth?: number) {
  const rows = w.length
  const used = [...w.keys()].filter((i) => w[i] !== 0)
  const distance = (i: number, j: number): number => {
    let sum = 0
    for (let k = 0; k < cols; k++) sum += (data[i * cols + k]! - data[j * cols + k]!) ** 2
    return sum
  }
  let b = bandwidth ?? 0
  if (bandwidth === undefined) {
    for (const i of used) for (const j of used) b += distance(i, j)
    b /= used.length * (used.length - 1)
  }
  let value = 0
  let total = 0
  const gradient = new Float64Array(rows * cols)
  for (const i of used) {
    for (const j of used) {
      const d = distance(i, j)
      let kernel = 0
      let slope = 0
      for (const m of [0.25, 0.5, 1, 2, 4]) {
        kernel += Math.exp(-d / (b * m))
        slope -= Math.exp(-d / (b * m)) / (b * m)
      }
      value += w[i]! * w[j]! * kernel
      total += kernel
      for (let k = 0; k < cols; k++) {
        gradient[i * cols + k]! += 4 * w[i]! * w[j]! * slope * (data[i * cols + k]! - data[j * cols + k]!)
      }
    }
  }
  return { value, total, gradient, bandwidth: b }
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

describe('rbfMmd', () => {
  test.each([
    [5, 3],
    [90, 1],
    [128, 16],
    [301, 20],
    [700, 64],
    [450, 130],
  ])('equals the definition in float64 at N = %i, K = %i', (rows, cols) => {
    const { theta, samples } = example(rows, cols)
    const expected = reference(theta.data, cols, weightsOf(rows, samples))
    const result = rbfMmd(theta, samples)
    expect(Math.abs(result.bandwidth / expected.bandwidth - 1)).toBeLessThan(1e-12)
    expect(Math.abs(result.value / expected.value - 1)).toBeLessThan(1e-5)
    expect(Math.abs(result.total / expected.total - 1)).toBeLessThan(1e-6)
    expect(result.trace).toBe(5 * (samples.first.length + samples.second.length))
    expect(relativeError(result.gradient!.data, expected.gradient)).toBeLessThan(1e-5)
    const alone = rbfMmd(theta, samples, { gradient: false })
    expect(alone.gradient).toBeUndefined()
    expect([alone.value, alone.total]).toEqual([result.value, result.total])
  })

  test('keeps the value where both samples follow one distribution and the sums nearly cancel', () => {
    const { theta, samples } = example(1500, 16, 0)
    for (const i of samples.second)
      for (let k = 0; k < 16; k++) theta.data[i * 16 + k] = 3 + (theta.data[i * 16 + k]! - 3) / 1.2
    const expected = reference(theta.data, 16, weightsOf(1500, samples))
    const result = rbfMmd(theta, samples)
    expect(result.value).toBeLessThan(0.02)
    expect(Math.abs(result.value / expected.value - 1)).toBeLessThan(1e-5)
    expect(relativeError(result.gradient!.data, expected.gradient)).toBeLessThan(1e-4)
  })

  test('has the gradient of central differences in float64', () => {
    const rows = 60
    const cols = 5
    const { theta, samples } = example(rows, cols)
    const w = weightsOf(rows, samples)
    const { gradient, bandwidth } = rbfMmd(theta, samples)
    const numeric = new Float64Array(rows * cols)
    const step = 1e-5
    for (let p = 0; p < numeric.length; p++) {
      const data = Float64Array.from(theta.data)
      data[p]! += step
      const above = reference(data, cols, w, bandwidth).value
      data[p]! -= 2 * step
      numeric[p] = (above - reference(data, cols, w, bandwidth).value) / (2 * step)
    }
    expect(relativeError(gradient!.data, numeric)).toBeLessThan(1e-5)
  })

  test('takes weights, and leaves out rows of weight zero', () => {
    const { theta } = example(200, 12)
    const random = randomStream(4, 'weights')
    const weights = Float32Array.from({ length: 200 }, () => (random.uniform() < 0.3 ? 0 : random.normal()))
    const expected = reference(theta.data, 12, Float64Array.from(weights))
    const result = rbfMmd(theta, weights)
    expect(Math.abs(result.value / expected.value - 1)).toBeLessThan(1e-5)
    expect(relativeError(result.gradient!.data, expected.gradient)).toBeLessThan(1e-5)
    const left = weights.findIndex((w) => w === 0)
    expect([...result.gradient!.data.subarray(left * 12, left * 12 + 12)]).toEqual(new Array(12).fill(0))
  })

  test('takes a bandwidth', () => {
    const { theta, samples } = example(150, 8)
    const expected = reference(theta.data, 8, weightsOf(150, samples), 2.5)
    const result = rbfMmd(theta, samples, { bandwidth: 2.5 })
    expect(result.bandwidth).toBe(2.5)
    expect(Math.abs(result.value / expected.value - 1)).toBeLessThan(1e-5)
    expect(relativeError(result.gradient!.data, expected.gradient)).toBeLessThan(1e-5)
  })

  test('bears far outliers and repeated rows', () => {
    const { theta, samples } = example(300, 6)
    for (let k = 0; k < 6; k++) theta.data[k] = 500
    theta.data.copyWithin(10 * 6, 20 * 6, 30 * 6)
    const expected = reference(theta.data, 6, weightsOf(300, samples))
    const result = rbfMmd(theta, samples)
    // One row so far off stretches b until every other kernel is nearly 5, and the value a thousandth of the summands.
    expect(Math.abs(result.value / expected.value - 1)).toBeLessThan(1e-4)
    expect(relativeError(result.gradient!.data, expected.gradient)).toBeLessThan(1e-5)
  })

  test('is zero with a zero gradient where all rows are equal', () => {
    const { samples } = example(40, 4)
    const result = rbfMmd(matrix(40, 4, new Float32Array(160).fill(0.7)), samples)
    expect(result.value).toBe(0)
    expect(result.bandwidth).toBe(0)
    expect(result.total).toBe((5 * result.trace * result.trace) / 25)
    expect(result.gradient!.data.every((g) => g === 0)).toBe(true)
  })

  test('gives the same bytes on any number of threads', () => {
    const { theta, samples } = example(2500, 16)
    const results = [1, 2, 5].map((count) => {
      setThreads(count)
      return rbfMmd(theta, samples)
    })
    expect(results[1]).toEqual(results[0])
    expect(results[2]).toEqual(results[0])
  })

  test('takes memory in proportion to N K and gives it back', () => {
    const rows = 5000
    const { theta, samples } = example(rows, 32)
    rbfMmd(theta, samples, { gradient: false })
    const before = kernelMemoryBytes()
    rbfMmd(theta, samples)
    const once = kernelMemoryBytes()
    expect(once - before).toBeLessThan(4 * 3 * rows * 32 + 2 ** 20)
    rbfMmd(theta, samples)
    expect(kernelMemoryBytes()).toBe(once)
  })

  test('refuses what has no value', () => {
    const { theta, samples } = example(30, 2)
    const rows = (...values: number[]): Int32Array => Int32Array.from(values)
    expect(() => rbfMmd(theta, { first: rows(), second: rows(1) })).toThrow('got none in first')
    expect(() => rbfMmd(theta, { first: rows(1, 2), second: rows(2) })).toThrow('got 2 again in second')
    expect(() => rbfMmd(theta, { first: rows(30), second: rows(2) })).toThrow('rows below 30, got 30')
    expect(() => rbfMmd(theta, new Float32Array(29))).toThrow('expected 30 weights, got 29')
    expect(() => rbfMmd(theta, new Float32Array(30))).toThrow('got none')
    expect(() => rbfMmd(theta, samples, { bandwidth: 0 })).toThrow('expected a positive bandwidth, got 0')
    expect(() => rbfMmd(theta, samples, { bandwidth: 1e-45 })).toThrow('got 1e-45')
    theta.data[3] = NaN
    expect(() => rbfMmd(theta, samples)).toThrow('expected finite embeddings')
    expect(() => rbfMmd(theta, samples, { bandwidth: 1 })).toThrow('expected finite embeddings')
  })
})

describe('nullMmd', () => {
  test('is the mean over random labels of the same rows', () => {
    const { theta, samples } = example(120, 4, 1)
    const all = Int32Array.from([...samples.first, ...samples.second])
    const n1 = 30
    const { total, trace, bandwidth } = rbfMmd(theta, samples, { gradient: false })
    const random = randomStream(5, 'relabel')
    const repeats = 2000
    let sum = 0
    let squares = 0
    for (let r = 0; r < repeats; r++) {
      shuffle(all, random)
      const { value } = rbfMmd(
        theta,
        { first: all.slice(0, n1), second: all.slice(n1) },
        { gradient: false, bandwidth },
      )
      sum += value
      squares += value * value
    }
    const mean = sum / repeats
    const standardError = Math.sqrt((squares / repeats - mean * mean) / repeats)
    const expected = nullMmd(total, trace, n1, all.length - n1)
    expect(standardError).toBeLessThan(0.02 * expected)
    expect(Math.abs(mean - expected)).toBeLessThan(4 * standardError)
  })

  test('refuses an empty sample', () => {
    expect(() => nullMmd(10, 10, 0, 2)).toThrow('expected both samples non-empty, got 0 and 2')
  })
})
