import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { afterEach, expect, test } from 'vitest'
import { bprGradient, decayUsed, setThreads, threads, type Triplets } from './index.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

const userCount = 12
const itemCount = 20

function example(count: number, cols: number, size = 1): { table: Matrix; triplets: Triplets } {
  const random = randomStream(8, 'bpr')
  const draw = (n: number): Int32Array => Int32Array.from({ length: count }, () => random.integer(n))
  const rows = userCount + itemCount
  return {
    table: matrix(
      rows,
      cols,
      Float32Array.from({ length: rows * cols }, () => size * random.normal()),
    ),
    triplets: { users: draw(userCount), positives: draw(itemCount), negatives: draw(itemCount) },
  }
}

function reference(table: Float64Array, cols: number, { users, positives, negatives }: Triplets): number {
  let loss = 0
  for (let s = 0; s < users.length; s++) {
    let x = 0
    for (let k = 0; k < cols; k++) {
      const user = table[users[s]! * cols + k]!
      x += user * (table[(userCount + positives[s]!) * cols + k]! - table[(userCount + negatives[s]!) * cols + k]!)
    }
    loss += Math.log1p(Math.exp(-Math.abs(x))) + Math.max(-x, 0)
  }
  return loss / users.length
}

test.each([
  [30, 3],
  [50, 16],
])('%i triplets at K = %i: loss, central differences, uses', (count, cols) => {
  const { table, triplets } = example(count, cols)
  const gradient = matrix(table.rows, cols, new Float32Array(table.data.length).fill(7))
  const uses = new Int32Array(table.rows).fill(7)
  const loss = bprGradient(table, triplets, userCount, gradient, uses)
  const exact = Float64Array.from(table.data)
  expect(loss).toBeCloseTo(reference(exact, cols, triplets), 5)
  for (let i = 0; i < exact.length; i++) {
    const held = exact[i]!
    exact[i] = held + 1e-5
    const above = reference(exact, cols, triplets)
    exact[i] = held - 1e-5
    const below = reference(exact, cols, triplets)
    exact[i] = held
    expect(Math.abs(gradient.data[i]! - (above - below) / 2e-5)).toBeLessThan(1e-6)
  }
  const expectedUses = new Int32Array(table.rows)
  for (let s = 0; s < count; s++) {
    expectedUses[triplets.users[s]!]!++
    expectedUses[userCount + triplets.positives[s]!]!++
    expectedUses[userCount + triplets.negatives[s]!]!++
  }
  expect(uses).toEqual(expectedUses)
})

test('large scores overflow neither loss nor gradient', () => {
  const { table, triplets } = example(40, 4, 100)
  const gradient = matrix(table.rows, 4)
  const loss = bprGradient(table, triplets, userCount, gradient, new Int32Array(table.rows))
  expect(loss / reference(Float64Array.from(table.data), 4, triplets)).toBeCloseTo(1, 5)
  expect(gradient.data.every(Number.isFinite)).toBe(true)
})

test('adds the decay of each use', () => {
  const { table } = example(1, 5)
  const uses = new Int32Array(table.rows).map((_, i) => i % 3)
  const gradient = matrix(table.rows, 5, new Float32Array(table.data.length).fill(1))
  decayUsed(table, uses, 0.5, gradient)
  table.data.forEach((value, i) => expect(gradient.data[i]).toBeCloseTo(1 + 0.5 * uses[Math.floor(i / 5)]! * value, 6))
})

test('gives the same bytes on any number of threads', () => {
  const { table, triplets } = example(20_000, 16)
  const results = [1, 2, 5].map((count) => {
    setThreads(count)
    const gradient = matrix(table.rows, 16)
    const loss = bprGradient(table, triplets, userCount, gradient, new Int32Array(table.rows))
    return { loss, gradient: gradient.data }
  })
  expect(results[1]).toEqual(results[0])
  expect(results[2]).toEqual(results[0])
})

test('refuses shapes that do not fit', () => {
  const { table, triplets } = example(5, 3)
  expect(() => bprGradient(table, triplets, userCount, matrix(3, 3), new Int32Array(table.rows))).toThrow(
    'expected gradient (32, 3)',
  )
  expect(() => decayUsed(table, new Int32Array(3), 1, table)).toThrow(
    'expected gradient (32, 3) and uses (32), got (32, 3) and (3)',
  )
})
