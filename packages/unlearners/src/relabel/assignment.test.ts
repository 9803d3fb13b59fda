import { randomStream } from '@indistinct/core'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { assignment } from './assignment.ts'

const total = (cost: Float32Array, n: number, columnOf: Int32Array): number =>
  columnOf.reduce((sum, j, i) => sum + cost[i * n + j]!, 0)

/** The least cost by trying every assignment. */
function leastOfAll(cost: Float32Array, n: number, row = 0, taken = 0): number {
  if (row === n) return 0
  let least = Infinity
  for (let j = 0; j < n; j++)
    if (!(taken & (1 << j)))
      least = Math.min(least, cost[row * n + j]! + leastOfAll(cost, n, row + 1, taken | (1 << j)))
  return least
}

describe('assignment', () => {
  const goldens = JSON.parse(readFileSync(new URL('./goldens/assignment.json', import.meta.url), 'utf8')) as {
    n: number
    m: number
    total: number
  }[]

  test.each(goldens)('has the least cost that SciPy finds: $n x $n, costs below $m', ({ n, m, total: least }) => {
    const cost = Float32Array.from({ length: n * n }, (_, p) => {
      const [i, j] = [Math.floor(p / n), p % n]
      return (7 * i * i + 13 * j + 5 * i * j + 3 * j * j) % m
    })
    const columnOf = assignment(cost, n)
    expect(new Set(columnOf).size).toBe(n)
    expect(total(cost, n, columnOf)).toBe(least)
  })

  test('has the least cost of all, ties and negative costs among them', () => {
    const random = randomStream(1, 'assignment')
    for (let round = 0; round < 200; round++) {
      const n = 1 + random.integer(6)
      const cost = Float32Array.from({ length: n * n }, () => (round % 2 ? random.integer(3) - 1 : random.normal()))
      const columnOf = assignment(cost, n)
      expect(new Set(columnOf).size).toBe(n)
      expect(total(cost, n, columnOf)).toBeCloseTo(leastOfAll(cost, n), 5)
    }
  })

  test('refuses costs that are not square', () => {
    expect(() => assignment(new Float32Array(5), 2)).toThrow('expected 2 x 2 costs, got 5')
  })
})
