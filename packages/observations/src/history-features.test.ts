import { csrFromPairs, randomStream, type Csr } from '@indistinct/core'
import { symmetricEigen } from '@indistinct/kernels'
import { expect, test } from 'vitest'
import { historyFeatures } from './history-features.ts'

// Directions that are followed, eight more than asked, are all there are: nothing is lost to their draw.
const [users, items, width] = [60, 20, 12]

function someHistory(seed: number): Csr {
  const random = randomStream(seed, 'history')
  const pairs: [number, number][] = []
  for (let u = 1; u < users; u++) {
    for (let i = 0; i < items; i++) if (random.uniform() < (i % 2 === u % 2 ? 0.5 : 0.1)) pairs.push([u, i])
  }
  return csrFromPairs(
    users,
    items,
    Int32Array.from(pairs, ([u]) => u),
    Int32Array.from(pairs, ([, i]) => i),
  )
}

/** The weighted, centred history as one dense matrix, by its definition. */
function dense({ rows, cols, indptr, indices }: Csr): Float64Array {
  const count = (i: number): number => indices.filter((item) => item === i).length
  const out = new Float64Array(rows * cols)
  for (let u = 0; u < rows; u++) {
    const own = indices.subarray(indptr[u]!, indptr[u + 1]!)
    for (const i of own) out[u * cols + i] = Math.log(rows / count(i)) / Math.sqrt(own.length)
  }
  for (let i = 0; i < cols; i++) {
    let mean = 0
    for (let u = 0; u < rows; u++) mean += out[u * cols + i]! / rows
    for (let u = 0; u < rows; u++) out[u * cols + i]! -= mean
  }
  return out
}

test('directions hold as much of the variance as the best ones of the same number', () => {
  const history = someHistory(1)
  const centred = dense(history)
  const gram = new Float64Array(items * items)
  for (let u = 0; u < users; u++) {
    for (let i = 0; i < items; i++) {
      for (let j = 0; j < items; j++) gram[i * items + j]! += centred[u * items + i]! * centred[u * items + j]!
    }
  }
  const best = [...symmetricEigen(gram, items).values].sort((a, b) => b - a).slice(0, width)
  const { cols, data } = historyFeatures(history, { width, seed: 3 })
  const squares = best.map((_, c) => {
    let sum = 0
    for (let u = 0; u < users; u++) sum += data[u * cols + c]! ** 2
    return sum
  })
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  expect(squares[0]! / best[0]!).toBeCloseTo(1, 4)
  expect(sum(squares) / sum(best)).toBeCloseTo(1, 4)
})

test('the last column is the number of items, and a user without any has a row', () => {
  const history = someHistory(2)
  const { rows, cols, data } = historyFeatures(history, { width, seed: 3 })
  expect([rows, cols]).toEqual([users, width + 1])
  expect(data[width]).toBe(0)
  const degree = history.indptr[6]! - history.indptr[5]!
  expect(data[5 * cols + width]).toBeCloseTo(Math.log(1 + degree), 5)
  expect(data.every(Number.isFinite)).toBe(true)
})

test('the same seed gives the same bytes', () => {
  const history = someHistory(4)
  expect(historyFeatures(history, { seed: 9 })).toEqual(historyFeatures(history, { seed: 9 }))
  expect(() => historyFeatures(history, { width: 0, seed: 1 })).toThrow(/width of 1 or more/)
})
