import { randomStream } from '@indistinct/core'
import { afterAll, expect, test } from 'vitest'
import { gaussianRows, product64, product64NT, product64TN, type Dense } from './product64.ts'
import { setThreads, threads } from './runtime.ts'

const before = threads()
afterAll(() => setThreads(before))

const random = randomStream(1, 'product64')
const drawn = (rows: number, cols: number): Dense => ({
  rows,
  cols,
  data: Float64Array.from({ length: rows * cols }, () => random.normal()),
})
const transposed = ({ rows, cols, data }: Dense): Dense => ({
  rows: cols,
  cols: rows,
  data: Float64Array.from({ length: rows * cols }, (_, p) => data[(p % rows) * cols + Math.floor(p / rows)]!),
})

/** Float64, one sum after the other. */
function plainProduct(a: Dense, b: Dense): number[] {
  return Array.from({ length: a.rows * b.cols }, (_, p) => {
    let sum = 0
    for (let d = 0; d < a.cols; d++)
      sum += a.data[Math.floor(p / b.cols) * a.cols + d]! * b.data[d * b.cols + (p % b.cols)]!
    return sum
  })
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, p) => expect(Math.abs(actual[p]! - value)).toBeLessThan(1e-12))
}

test.each([
  [5, 7, 3],
  [1, 1, 1],
  [4, 300, 8],
  [33, 520, 18],
  [130, 9, 70],
])('(%i, %i) times (%i columns), in all three layouts', (M, K, N) => {
  const [a, b] = [drawn(M, K), drawn(K, N)]
  const expected = plainProduct(a, b)
  expectClose(product64(a, b), expected)
  expectClose(product64NT(a, transposed(b)), expected)
  expectClose(product64TN(transposed(a), b), expected)
  const half = { ...a, data: Float32Array.from(a.data) }
  expectClose(product64(half, b), plainProduct({ ...half, data: Float64Array.from(half.data) }, b))
})

test('kernel rows, block by block, down to distances that leave nothing', () => {
  const [x, y] = [drawn(41, 6), drawn(13, 6)]
  const distance = (i: number, j: number): number => {
    let sum = 0
    for (let d = 0; d < 6; d++) sum += (x.data[6 * i + d]! - y.data[6 * j + d]!) ** 2
    return sum
  }
  for (const gamma of [0.01, 1, 40]) {
    let rows = 0
    gaussianRows(x, y, gamma, ({ values, stride, first, count }) => {
      rows += count
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < 13; j++) {
          const expected = Math.exp(-gamma * distance(first + i, j))
          expect(Math.abs(values[i * stride + j]! - expected)).toBeLessThanOrEqual(1e-12 * expected + 1e-300)
        }
      }
    })
    expect(rows).toBe(41)
  }
})

test('threads change nothing, and shapes that do not fit are refused', () => {
  const [a, b] = [drawn(300, 70), drawn(70, 90)]
  const results = [1, 2, 5].map((count) => {
    setThreads(count)
    return product64(a, b)
  })
  expect(results[1]).toEqual(results[0])
  expect(results[2]).toEqual(results[0])
  expect(() => product64(a, a)).toThrow('product64: expected (M, K) and (K, N), got (300, 70), (300, 70)')
  expect(() => product64NT(a, b)).toThrow('expected (M, K) and (N, K)')
  expect(() => product64TN(a, b)).toThrow('expected (K, M) and (K, N)')
})
