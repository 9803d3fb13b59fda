import { matrix, randomStream } from '@indistinct/core'
import { afterEach, expect, test } from 'vitest'
import { scatterAdd, setThreads, threads } from './index.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

function example(count: number, cols: number, outRows: number) {
  const random = randomStream(4, 'scatter')
  const indices = Int32Array.from({ length: count }, () => random.integer(outRows))
  const rows = matrix(
    count,
    cols,
    Float32Array.from({ length: count * cols }, () => random.normal()),
  )
  return { indices, rows }
}

test.each([
  [10, 3, 4],
  [9000, 16, 50],
  [9000, 7, 3],
])('equals plain float32 loops for %i rows of %i into %i', (count, cols, outRows) => {
  const { indices, rows } = example(count, cols, outRows)
  const out = matrix(outRows, cols, new Float32Array(outRows * cols).fill(1))
  const expected = out.data.slice()
  for (let r = 0; r < count; r++) {
    for (let k = 0; k < cols; k++) expected[indices[r]! * cols + k]! += rows.data[r * cols + k]!
  }
  scatterAdd(indices, rows, out)
  expect(out.data).toEqual(expected)
})

test('gives the same bytes on any number of threads', () => {
  const { indices, rows } = example(20_000, 16, 300)
  const results = [1, 2, 5].map((count) => {
    setThreads(count)
    const out = matrix(300, 16)
    scatterAdd(indices, rows, out)
    return out.data
  })
  expect(results[1]).toEqual(results[0])
  expect(results[2]).toEqual(results[0])
})

test('refuses shapes and indices that do not fit', () => {
  expect(() => scatterAdd(Int32Array.of(0), matrix(1, 3), matrix(2, 4))).toThrow('expected rows (1, 4), got (1, 3)')
  expect(() => scatterAdd(Int32Array.of(2), matrix(1, 4), matrix(2, 4))).toThrow('expected indices in 0 .. 1, got 2')
  expect(() => scatterAdd(Int32Array.of(-1), matrix(1, 4), matrix(2, 4))).toThrow('got -1')
})
