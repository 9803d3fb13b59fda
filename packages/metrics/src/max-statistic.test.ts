import { randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { maxStatistic } from './max-statistic.ts'

test('by hand: two tests, four permutations', () => {
  const permuted = [
    [1, 4],
    [2, 1],
    [3, 3],
    [1, 2],
  ]
  // Medians over all five: 2 and 3; units 2 / 0.6745 and 3 / 0.6745.
  const { scale, p, adjusted } = maxStatistic([2.5, 5], permuted)
  expect(scale[0]! / scale[1]!).toBeCloseTo(2 / 3, 12)
  expect([...p]).toEqual([2 / 5, 1 / 5])
  // Largest first: 5/3 against the maxima 4/3, 2/2, 3/2, 2/3; then 2.5/2 against the first test alone, reached by 3/2.
  expect([...adjusted]).toEqual([2 / 5, 1 / 5])
})

test('corrected p never falls below a larger deviation’s, and equal tests cost nothing', () => {
  const random = randomStream(1, 'max-statistic-test')
  const draws = Array.from({ length: 99 }, () => Math.abs(random.normal()))
  const alone = maxStatistic(
    [1.8],
    draws.map((value) => [value]),
  )
  const thrice = maxStatistic(
    [1.8, 1.8, 1.8],
    draws.map((value) => [value, value, value]),
  )
  expect([...thrice.adjusted]).toEqual(new Array(3).fill(alone.p[0]))
  expect(thrice.critical).toBe(alone.critical)
})

test('where nothing leaks, any of eight tests stands out in 5 % of samples', () => {
  const random = randomStream(2, 'max-statistic-test')
  const samples = 1500
  let found = 0
  for (let s = 0; s < samples; s++) {
    const draw = (): number[] => {
      const shared = random.normal()
      return Array.from({ length: 8 }, (_, a) => Math.abs(shared + (1 + a) * random.normal()))
    }
    const { adjusted } = maxStatistic(draw(), Array.from({ length: 19 }, draw))
    if (Math.min(...adjusted) <= 0.05) found++
  }
  // p <= 0.05 is one in twenty exactly; a binomial of 1,500 draws has a standard error of 0.0056.
  expect(found / samples).toBeGreaterThan(0.033)
  expect(found / samples).toBeLessThan(0.067)
})

test('a leak does not stretch its own unit', () => {
  const random = randomStream(3, 'max-statistic-test')
  const permuted = Array.from({ length: 199 }, () => [Math.abs(random.normal())])
  const [small, large] = [maxStatistic([0.5], permuted), maxStatistic([50], permuted)]
  expect(large.critical / small.critical).toBeCloseTo(1, 1)
  expect(large.critical).toBeGreaterThan(1.6)
  expect(large.critical).toBeLessThan(2.4)
})

test('a test that sees nothing in most permutations can still be found', () => {
  const others = Array.from({ length: 99 }, (_, b) => [b % 10 === 0 ? 0.01 : 0, 0.01 * (1 + (b % 7))])
  expect([...maxStatistic([0.4, 0.02], others).adjusted][0]).toBe(0.01)
  expect(
    [
      ...maxStatistic(
        [0.4, 0.02],
        others.map(([, other]) => [0, other!]),
      ).adjusted,
    ][0],
  ).toBe(0.01)
  // 14 of the 99 are 0.01.
  expect([...maxStatistic([0, 0.02], others).p]).toEqual([1, 0.85])
})

test('no permutations and values that are not deviations are errors', () => {
  expect(() => maxStatistic([1], [])).toThrow('at least one permutation')
  expect(() => maxStatistic([1], [[NaN]])).toThrow('finite deviations of 0 or more')
})
