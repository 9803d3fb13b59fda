import { randomStream, matrix } from '@indistinct/core'
import { rbfMmd } from '@indistinct/kernels'
import { describe, expect, test } from 'vitest'
import { matchMeans, shiftedClasses } from '../testing.ts'
import { mmdTest } from './mmd-test.ts'

function rowsOfClass(codes: Int32Array, classes: number): Int32Array[] {
  return Array.from({ length: classes }, (_, c) => Int32Array.from([...codes.keys()].filter((row) => codes[row] === c)))
}

describe('mmdTest', () => {
  test('its statistic is MMD^2, for more labels the sum over pairs', () => {
    const { embedding, labels } = shiftedClasses([60, 80, 50], 4, 0.5, 1)
    const rows = rowsOfClass(labels.codes, 3)
    // The bandwidth is that of all users, whichever two labels are compared.
    const weights = (a: number, b: number): Float32Array => {
      const w = new Float32Array(190)
      rows[a]!.forEach((row) => (w[row] = 1 / rows[a]!.length))
      rows[b]!.forEach((row) => (w[row] = -1 / rows[b]!.length))
      return w
    }
    const { bandwidth } = rbfMmd(
      embedding,
      { first: rows[0]!, second: Int32Array.from([...rows[1]!, ...rows[2]!]) },
      { gradient: false },
    )
    const pair = (a: number, b: number): number =>
      rbfMmd(embedding, weights(a, b), { gradient: false, bandwidth }).value
    const { value, users, kernel } = mmdTest(embedding, rows, { seed: 1, permutations: 99 })
    expect(value / (pair(0, 1) + pair(0, 2) + pair(1, 2))).toBeCloseTo(1, 4)
    expect([users, kernel]).toEqual([190, 'exact'])
  })

  test('p is one in ten at most a tenth of the time where nothing leaks, and the smallest where something does', () => {
    let below = 0
    for (let seed = 0; seed < 200; seed++) {
      const { embedding, labels } = shiftedClasses([30, 40], 3, 0, seed)
      if (mmdTest(embedding, rowsOfClass(labels.codes, 2), { seed, permutations: 99 }).p <= 0.1) below++
    }
    // A binomial of 200 draws at 0.1 has a standard error of 0.021.
    expect(below / 200).toBeGreaterThan(0.04)
    expect(below / 200).toBeLessThan(0.17)
    const { embedding, labels } = shiftedClasses([60, 60], 3, 1, 1)
    const { p, value, chance } = mmdTest(embedding, rowsOfClass(labels.codes, 2), { seed: 1 })
    expect(p).toBe(1 / 201)
    expect(value).toBeGreaterThan(3 * chance)
  })

  test('features give what the kernel gives, within their spread, and find a spread that means hide', () => {
    const random = randomStream(4, 'mmd-test-data')
    const N = 2400
    const embedding = matrix(N, 4)
    for (let p = 0; p < embedding.data.length; p++) embedding.data[p] = (p % 8 < 4 ? 1 : 1.3) * random.normal()
    const rows = rowsOfClass(
      Int32Array.from({ length: N }, (_, i) => i % 2),
      2,
    )
    const { value, kernel, p, chance } = mmdTest(embedding, rows, { seed: 1 })
    expect([kernel, p]).toEqual(['random features', 1 / 201])
    const exact = rbfMmd(embedding, { first: rows[0]!, second: rows[1]! }, { gradient: false })
    expect(value / exact.value).toBeGreaterThan(0.8)
    expect(value / exact.value).toBeLessThan(1.25)
    expect(value).toBeGreaterThan(2 * chance)
  })

  test('labels more alike than chance stand out on the other side', () => {
    const { embedding, labels } = shiftedClasses([60, 60], 40, 0.5, 3)
    const { p, pBelow, value, chance } = mmdTest(matchMeans(embedding, labels), rowsOfClass(labels.codes, 2), {
      seed: 1,
    })
    expect(value).toBeLessThan(chance)
    expect(p).toBe(1)
    expect(pBelow).toBe(1 / 201)
  })

  test.each([
    ['last', [40_000, 1]],
    ['first', [1, 40_000]],
  ])('a label whose one user is not among 20,000 at random, the %s one, takes part all the same', (_, counts) => {
    const { embedding, labels } = shiftedClasses(counts, 1, 0, 3)
    const rows = rowsOfClass(labels.codes, counts.length)
    const { users, value, chance, p } = mmdTest(embedding, rows, { seed: 3, permutations: 99 })
    expect([users, Number.isFinite(value)]).toEqual([20_000, true])
    // Of nobody the mean was 0, or no number, under every relabelling.
    expect(Math.abs(value - chance)).toBeGreaterThan(1e-6)
    expect(p).toBeGreaterThan(0.01)
  })

  test('at most 20,000 users take part, and one label is an error', () => {
    const { embedding, labels } = shiftedClasses([10_100, 10_100], 2, 0, 3)
    expect(mmdTest(embedding, rowsOfClass(labels.codes, 2), { seed: 1, permutations: 99 }).users).toBe(20_000)
    expect(() => mmdTest(embedding, [Int32Array.of(0, 1)], { seed: 1 })).toThrow('users of two labels or more, got 1')
  })
})
