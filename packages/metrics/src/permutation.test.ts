import { matrix, randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { permutationTest, type ClassScoring } from './permutation.ts'

function scoring(n: number, shift: number, seed: number): ClassScoring {
  const random = randomStream(seed, 'permutation-test-data')
  const codes = Int32Array.from({ length: n }, (_, i) => i % 2)
  const data = new Float32Array(2 * n)
  codes.forEach((code, i) => {
    data[2 * i + 1] = shift * code + random.normal()
    data[2 * i] = -data[2 * i + 1]!
  })
  return { users: Int32Array.from(codes, (_, i) => i), probabilities: matrix(n, 2, data), codes }
}

test('p is uniform where nothing leaks', () => {
  let below10 = 0
  let below50 = 0
  for (let seed = 0; seed < 300; seed++) {
    const { p } = permutationTest([scoring(40, 0, seed)], [1], { seed, permutations: 99 })
    if (p <= 0.1) below10++
    if (p <= 0.5) below50++
  }
  expect(below10 / 300).toBeGreaterThan(0.05)
  expect(below10 / 300).toBeLessThan(0.155)
  expect(below50 / 300).toBeGreaterThan(0.41)
  expect(below50 / 300).toBeLessThan(0.59)
})

test.each([1.2, -1.2])('a leak is significant above and below chance: shift %d', (shift) => {
  const { p, statistic, critical } = permutationTest([scoring(80, shift, 5)], [1], { seed: 1 })
  expect(p).toBe(0.001)
  expect(statistic).toBeGreaterThan(0.7)
  expect(critical).toBeLessThan(0.65)
})

test('the null spread is the Mann-Whitney one, and repeated scorings do not shrink it', () => {
  const one = scoring(100, 0, 9)
  const mannWhitney = Math.sqrt(101 / (12 * 50 * 50))
  const once = permutationTest([one], [1], { seed: 2, permutations: 1999 })
  const thrice = permutationTest([one, one, one], [1], { seed: 2, permutations: 1999 })
  expect(once.standardError / mannWhitney).toBeGreaterThan(0.93)
  expect(once.standardError / mannWhitney).toBeLessThan(1.07)
  expect(thrice.standardError).toBeCloseTo(once.standardError, 10)
})

test('a class that does not occur cannot be tested', () => {
  const one = scoring(10, 0, 1)
  expect(() => permutationTest([{ ...one, codes: new Int32Array(10) }], [1], { seed: 1 })).toThrow(
    'in and outside class 1',
  )
})
