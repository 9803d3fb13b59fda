import { readFileSync } from 'node:fs'
import { csrFromPairs, matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { ials, topK } from './index.ts'
import { solveRows } from './ials.ts'
import { twoWorlds } from './testing.ts'

interface Golden {
  readonly users: number
  readonly items: number
  readonly factors: number
  readonly pairs: readonly (readonly [user: number, item: number])[]
  readonly ials: {
    readonly alpha: number
    readonly l2: number
    readonly others: readonly number[]
    readonly solved: readonly number[]
  }
}

const golden = JSON.parse(readFileSync(new URL('goldens/least-squares.json', import.meta.url), 'utf8')) as Golden
const { users, items, factors: K, pairs } = golden
const seen = csrFromPairs(
  users,
  items,
  Int32Array.from(pairs, ([u]) => u),
  Int32Array.from(pairs, ([, i]) => i),
)
const none = csrFromPairs(users, items, new Int32Array(0), new Int32Array(0))

function furthest(a: ArrayLike<number>, b: readonly number[]): number {
  expect(a.length).toBe(b.length)
  return b.reduce((worst, value, at) => Math.max(worst, Math.abs(value - a[at]!)), 0)
}

test('a half sweep solves what NumPy solves', () => {
  const { others, solved, ...options } = golden.ials
  const rows = matrix(users, K)
  solveRows(rows, matrix(items, K, Float32Array.from(others)), seen, options)
  expect(furthest(rows.data, solved)).toBeLessThan(1e-6)
})

test('users are solved for the items that they are published with', () => {
  const model = ials.train(
    { users, items, train: seen, validation: none },
    { factors: K, epochs: 4, alpha: 3, l2: 0.5 },
  )
  const again = matrix(users, K)
  solveRows(again, model.parameters['items']!, seen, { alpha: 3, l2: 0.5 })
  expect(furthest(again.data, [...model.userTables['users']!.data])).toBe(0)
})

test('the loss is the weighted error of every pair, and what is minimised never rises', () => {
  const l2 = 0.5
  const weights = { alpha: 3, l2 }
  const penalised = [1, 2, 3, 6].map((epochs) => {
    const { parameters, history } = ials.train(
      { users, items, train: seen, validation: none },
      { factors: K, epochs, ...weights },
    )
    const [x, y] = [parameters['users']!.data, parameters['items']!.data]
    let sum = 0
    for (let u = 0; u < users; u++) {
      const own = new Set(seen.indices.subarray(seen.indptr[u]!, seen.indptr[u + 1]!))
      for (let i = 0; i < items; i++) {
        let score = 0
        for (let k = 0; k < K; k++) score += x[u * K + k]! * y[i * K + k]!
        sum += own.has(i) ? 4 * (1 - score) ** 2 : score ** 2
      }
    }
    expect(history!.epochs.at(-1)!.loss).toBeCloseTo(sum / (users * items), 5)
    return sum + l2 * (x.reduce((square, v) => square + v * v, 0) + y.reduce((square, v) => square + v * v, 0))
  })
  for (let at = 1; at < penalised.length; at++) expect(penalised[at]).toBeLessThanOrEqual(penalised[at - 1]! + 1e-5)
})

test('takes no regulariser, whose gradients it could not use', () => {
  expect(() => ials.train(twoWorlds(), {}, { regulariser: () => ({}) })).toThrow('ials is solved in closed form')
})

test.each([
  [{ alpha: 0 }, 'expected a positive alpha, got 0'],
  [{ l2: -1 }, 'expected l2 of at least 0, got -1'],
  [{ l2: 0 }, 'expected a positive l2, got 0'],
])('refuses %j', (options, message) => {
  expect(() => ials.train(twoWorlds(), options)).toThrow(message)
})

test('ranks the items of a world for its users', () => {
  const data = twoWorlds()
  const model = ials.train(data, { factors: 4 })
  topK(model, {}, data, 9).forEach((item, at) => expect(data.groupOf(item)).toBe(data.groupOf(Math.floor(at / 9))))
})
