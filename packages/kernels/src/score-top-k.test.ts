import { csrFromPairs, csrHas, matrix, randomStream, type Csr, type Matrix } from '@indistinct/core'
import { afterEach, expect, test } from 'vitest'
import { scoreTopK, setThreads, threads } from './index.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

/** Small integers: scores are exact in float32 and many are equal. */
function integers(rows: number, cols: number, name: string): Matrix {
  const random = randomStream(1, name)
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.integer(5) - 2),
  )
}

function randomSeen(users: number, items: number, pairs: number): Csr {
  const random = randomStream(2, 'seen')
  return csrFromPairs(
    users,
    items,
    Int32Array.from({ length: pairs }, () => random.integer(users)),
    Int32Array.from({ length: pairs }, () => random.integer(items)),
  )
}

function score(users: Matrix, items: Matrix, u: number, i: number): number {
  let sum = 0
  for (let k = 0; k < users.cols; k++) sum += users.data[u * users.cols + k]! * items.data[i * items.cols + k]!
  return sum
}

function sortedIds(users: Matrix, items: Matrix, seen: Csr | undefined, u: number): number[] {
  const scores = Array.from({ length: items.rows }, (_, i) => score(users, items, u, i))
  return [...scores.keys()].filter((i) => !seen || !csrHas(seen, u, i)).sort((a, b) => scores[b]! - scores[a]! || a - b)
}

test.each([
  [1, 1, 1, 1, false],
  [3, 7, 2, 4, true],
  [33, 100, 5, 10, true],
  [70, 259, 16, 10, true],
  [40, 300, 64, 250, true],
  [10, 20, 3, 30, true],
])('sorts as a full sort does: %i users, %i items, K = %i, k = %i, seen %s', (U, I, K, k, hasSeen) => {
  const users = integers(U, K, 'users')
  const items = integers(I, K, 'items')
  const seen = hasSeen ? randomSeen(U, I, (U * I) >> 2) : undefined
  const top = scoreTopK(users, items, seen, k)
  expect(top.length).toBe(U * k)
  for (let u = 0; u < U; u++) {
    const expected = sortedIds(users, items, seen, u).slice(0, k)
    while (expected.length < k) expected.push(-1)
    expect([...top.subarray(u * k, u * k + k)]).toEqual(expected)
  }
})

test('keeps the best of scores that float32 rounds', () => {
  const random = randomStream(3, 'real')
  const real = (rows: number): Matrix =>
    matrix(
      rows,
      24,
      Float32Array.from({ length: rows * 24 }, () => random.normal()),
    )
  const users = real(50)
  const items = real(2000)
  const seen = randomSeen(50, 2000, 5000)
  const k = 20
  const top = scoreTopK(users, items, seen, k)
  for (let u = 0; u < 50; u++) {
    const row = [...top.subarray(u * k, u * k + k)]
    expect(new Set(row).size).toBe(k)
    const best = sortedIds(users, items, seen, u)
    row.forEach((i, at) => {
      expect(csrHas(seen, u, i)).toBe(false)
      expect(Math.abs(score(users, items, u, i) - score(users, items, u, best[at]!))).toBeLessThan(1e-4)
    })
  }
})

test('long items first leaves nothing out: lengths of many magnitudes, twins, zeros, all seen but some', () => {
  const random = randomStream(4, 'lengths')
  const [U, I, K, k] = [42, 3000, 12, 15]
  const real = (rows: number): Matrix =>
    matrix(
      rows,
      K,
      Float32Array.from({ length: rows * K }, () => random.normal()),
    )
  const users = real(U)
  const items = real(I)
  for (let i = 0; i < I; i++) {
    const row = items.data.subarray(i * K, (i + 1) * K)
    if (i % 2 === 1) row.set(items.data.subarray((i - 1) * K, i * K))
    else row.forEach((value, c) => (row[c] = value * 10 ** (3 * random.normal())))
  }
  users.data.fill(0, 0, K)
  users.data.subarray(K, 2 * K).forEach((value, c, row) => (row[c] = value * 1e-38))
  const seen = csrFromPairs(
    U,
    I,
    Int32Array.from({ length: 60_000 }, (_, p) => (p < 40_000 ? 3 : 4 + (p % (U - 4)))),
    Int32Array.from({ length: 60_000 }, (_, p) => (p < 40_000 ? p % (I - 5) : random.integer(I))),
  )
  const top = scoreTopK(users, items, seen, k)
  for (let u = 0; u < U; u++) {
    const scores = Float32Array.from({ length: I }, (_, i) => {
      let sum = 0
      for (let c = 0; c < K; c++) sum = Math.fround(sum + Math.fround(users.data[u * K + c]! * items.data[i * K + c]!))
      return sum
    })
    const expected = [...scores.keys()]
      .filter((i) => !csrHas(seen, u, i))
      .sort((a, b) => scores[b]! - scores[a]! || a - b)
      .slice(0, k)
    while (expected.length < k) expected.push(-1)
    expect([...top.subarray(u * k, u * k + k)]).toEqual(expected)
  }
})

test('takes the users in several runs where their marks would not fit at once', () => {
  const random = randomStream(5, 'runs')
  const real = (rows: number): Matrix =>
    matrix(
      rows,
      1,
      Float32Array.from({ length: rows }, () => random.normal()),
    )
  const items = real(300_000)
  const users = real(1000)
  const seen = csrFromPairs(
    1000,
    300_000,
    Int32Array.from({ length: 1000 }, (_, u) => u),
    Int32Array.from({ length: 1000 }, (_, u) => u),
  )
  const top = scoreTopK(users, items, seen, 2)
  for (const u of [0, 1, 500, 999]) {
    const row = matrix(1, 1, users.data.slice(u, u + 1))
    expect([...top.subarray(2 * u, 2 * u + 2)]).toEqual([
      ...scoreTopK(row, items, csrFromPairs(1, 300_000, Int32Array.of(0), Int32Array.of(u)), 2),
    ])
  }
})

test('pads a user who has seen all', () => {
  const all = csrFromPairs(2, 3, Int32Array.from([1, 1, 1]), Int32Array.from([0, 1, 2]))
  const users = matrix(2, 1, Float32Array.from([1, 1]))
  const items = matrix(3, 1, Float32Array.from([1, 3, 2]))
  expect([...scoreTopK(users, items, all, 2)]).toEqual([1, 2, -1, -1])
  expect([...scoreTopK(users, matrix(0, 1), undefined, 2)]).toEqual([-1, -1, -1, -1])
})

test('ranks infinite scores, and refuses those that are not numbers', () => {
  const users = matrix(1, 1, Float32Array.from([1]))
  expect([...scoreTopK(users, matrix(4, 1, Float32Array.from([-Infinity, 0, Infinity, -1])), undefined, 4)]).toEqual([
    2, 1, 3, 0,
  ])
  const items = integers(40, 2, 'items')
  items.data[31 * 2] = NaN
  expect(() => scoreTopK(integers(3, 2, 'users'), items, undefined, 5)).toThrow('got NaN for user 0 and item 31')
})

test('gives the same bytes on any number of threads', () => {
  const users = integers(500, 16, 'users')
  const items = integers(3000, 16, 'items')
  const seen = randomSeen(500, 3000, 20_000)
  const results = [1, 2, 5].map((count) => {
    setThreads(count)
    return scoreTopK(users, items, seen, 10)
  })
  expect(results[1]).toEqual(results[0])
  expect(results[2]).toEqual(results[0])
})

test('refuses shapes that do not fit', () => {
  const users = matrix(4, 3)
  expect(() => scoreTopK(users, matrix(5, 2), undefined, 1)).toThrow('expected items of 3 columns, got 2')
  expect(() => scoreTopK(users, matrix(5, 3), randomSeen(4, 6, 3), 1)).toThrow('expected seen (4, 5), got (4, 6)')
  expect(() => scoreTopK(users, matrix(5, 3), undefined, 0)).toThrow('expected a positive integer k, got 0')
})
