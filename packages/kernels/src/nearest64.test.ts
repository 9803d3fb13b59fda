import { randomStream } from '@indistinct/core'
import { afterAll, expect, test } from 'vitest'
import { nearestCandidates, setThreads, threads } from './index.ts'

const before = threads()
afterAll(() => setThreads(before))

const random = randomStream(1, 'nearest64')
/** Whole numbers, so that distances are exact, and many of them equal. */
const drawn = (rows: number, cols: number) => ({
  rows,
  cols,
  data: Float64Array.from({ length: rows * cols }, () => random.integer(9)),
})

test.each([
  [50, 41, 3, 1],
  [50, 41, 3, 12],
  [700, 1201, 4, 135],
  [6, 5, 2, 5],
])('%i rows, the nearest of %i in %i columns: k = %i and all as near as the last', (M, N, K, k) => {
  const [x, y] = [drawn(M, K), drawn(N, K)]
  const distance = (i: number, m: number): number => {
    let sum = 0
    for (let j = 0; j < K; j++) sum += (x.data[i * K + j]! - y.data[m * K + j]!) ** 2
    return sum
  }
  const groups = {
    ofAsked: Array.from({ length: M }, (_, i) => i % 3),
    ofKnown: Array.from({ length: N }, (_, m) => m % 3),
  }
  for (const passedOver of k < N / 2 ? [undefined, groups] : [undefined]) {
    const expected = Array.from({ length: M }, (_, i) => {
      const possible = [...Array(N).keys()].filter((m) => m % 3 !== i % 3 || !passedOver)
      const kth = possible.map((m) => distance(i, m)).sort((a, b) => a - b)[k - 1]!
      // Nothing is lost to rounding; what it is said to be lets rows up to 1 behind the last in.
      return possible.filter((m) => distance(i, m) <= kth + 1).map((m) => [m, distance(i, m)])
    })
    for (const count of [1, 2]) {
      setThreads(count)
      const got: number[][][] = []
      const options = { k, rounding: new Float64Array(M).fill(0.5), ...(passedOver && { passedOver }) }
      nearestCandidates(x, y, options, ({ first, count: rows, stride, found, listed, values }) => {
        expect(first).toBe(got.length)
        for (let i = 0; i < rows; i++) {
          let square = 0
          for (let j = 0; j < K; j++) square += x.data[(first + i) * K + j]! ** 2
          got.push(
            Array.from({ length: found[i]! }, (_, c) => [listed[i * stride + c]!, square + values[i * stride + c]!]),
          )
        }
      })
      expect(got).toEqual(expected)
    }
  }
})
