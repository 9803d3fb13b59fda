import { csrFromPairs, matrix, randomStream, type Csr, type Matrix } from '@indistinct/core'
import { afterEach, expect, test } from 'vitest'
import { propagate, setThreads, threads } from './index.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

function randomCsr(rows: number, cols: number, entries: number, weighted: boolean): Csr {
  const random = randomStream(1, 'csr')
  const pattern = csrFromPairs(
    rows,
    cols,
    Int32Array.from({ length: entries }, () => random.integer(rows)),
    Int32Array.from({ length: entries }, () => random.integer(cols)),
  )
  return weighted ? { ...pattern, values: Float32Array.from(pattern.indices, () => random.normal()) } : pattern
}

function randomMatrix(rows: number, cols: number): Matrix {
  const random = randomStream(2, 'matrix')
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  )
}

function reference(a: Csr, x: Matrix): Float64Array {
  const out = new Float64Array(a.rows * x.cols)
  for (let i = 0; i < a.rows; i++) {
    for (let p = a.indptr[i]!; p < a.indptr[i + 1]!; p++) {
      for (let k = 0; k < x.cols; k++)
        out[i * x.cols + k]! += (a.values?.[p] ?? 1) * x.data[a.indices[p]! * x.cols + k]!
    }
  }
  return out
}

test.each([
  [1, false],
  [7, true],
  [16, true],
  [23, false],
  [64, true],
])('equals a dense product at K = %i, weighted %s', (cols, weighted) => {
  const a = randomCsr(700, 300, 5000, weighted)
  const x = randomMatrix(300, cols)
  const out = matrix(700, cols)
  propagate(a, x, out)
  const expected = reference(a, x)
  for (let i = 0; i < expected.length; i++) expect(Math.abs(out.data[i]! - expected[i]!)).toBeLessThan(1e-4)
})

test('gives the same bytes on any number of threads', () => {
  const a = randomCsr(5000, 3000, 100_000, true)
  const x = randomMatrix(3000, 20)
  const results = [1, 2, 5].map((count) => {
    setThreads(count)
    const out = matrix(5000, 20)
    for (let repeat = 0; repeat < 20; repeat++) propagate(a, x, out)
    return out.data
  })
  expect(results[1]).toEqual(results[0])
  expect(results[2]).toEqual(results[0])
})

test('refuses shapes that do not fit', () => {
  expect(() => propagate(randomCsr(4, 3, 5, false), matrix(4, 2), matrix(4, 2))).toThrow(
    'expected x (3, K) and out (4, K)',
  )
})
