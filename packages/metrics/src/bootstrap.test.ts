import { randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { bootstrapCounts, bootstrapInterval, bootstrapMean } from './bootstrap.ts'

test('the bootstrap of a mean is as wide as its normal interval, and repeats exactly', () => {
  const random = randomStream(3, 'bootstrap-test')
  const values = Float64Array.from({ length: 400 }, () => random.normal())
  const got = bootstrapMean(values, { seed: 1, resamples: 2000 })
  expect(got.upper - got.lower).toBeGreaterThan(0.9 * 2 * 1.96 * 0.05)
  expect(got.upper - got.lower).toBeLessThan(1.1 * 2 * 1.96 * 0.05)
  expect(bootstrapMean(values, { seed: 1, resamples: 2000 })).toEqual(got)
  expect(bootstrapMean(values, { seed: 2, resamples: 2000 })).not.toEqual(got)
})

test('strata keep their sizes', () => {
  const strata = [0, 0, 0, 1, 1]
  const share = (weights: Uint16Array): number => (weights[3]! + weights[4]!) / 5
  expect(bootstrapInterval(5, share, { seed: 1, strata })).toEqual({ lower: 0.4, upper: 0.4 })
})

test('users that were not evaluated are left out', () => {
  expect(bootstrapMean(Float64Array.from([1, NaN, 3]), { seed: 1 }).mean).toBe(2)
  expect(() => bootstrapMean(Float64Array.from([NaN]), { seed: 1 })).toThrow('expected at least one evaluated user')
})

test('a statistic that is mostly undefined is an error', () => {
  expect(() => bootstrapInterval(3, () => NaN, { seed: 1 })).toThrow('got NaN in 1000 of 1000 resamples')
})

test('counts of groups have the intervals that they have as statistics of the weights', () => {
  const groups = [Int32Array.of(0), Int32Array.of(1, 2)]
  const together = bootstrapCounts(6, groups, (counts) => [...counts, counts[0]! / 2], { seed: 4 })
  const alone = [
    (weights: Uint16Array): number => weights[0]!,
    (weights: Uint16Array): number => weights[1]! + weights[2]!,
    (weights: Uint16Array): number => weights[0]! / 2,
  ]
  expect(together).toEqual(alone.map((statistic) => bootstrapInterval(6, statistic, { seed: 4 })))
})

test('the first resamples are the same however many are drawn', () => {
  const options = { resamples: 40, seed: 9 }
  const few = bootstrapInterval(50, (weights) => weights[7]!, options)
  const seen: number[] = []
  bootstrapInterval(50, (weights) => seen.push(weights[7]!), { ...options, resamples: 100 })
  expect(bootstrapInterval(50, (weights) => weights[7]!, options)).toEqual(few)
  expect(new Set(seen.slice(0, 40)).size).toBeGreaterThan(1)
})
