import { randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { beta, binomial, gamma } from './random-variates.ts'

function moments(draw: () => number, n = 20_000): { mean: number; variance: number } {
  const values = Float64Array.from({ length: n }, draw)
  const mean = values.reduce((a, b) => a + b, 0) / n
  return { mean, variance: values.reduce((a, b) => a + (b - mean) ** 2, 0) / n }
}

// Bounds are five standard errors of the mean of 20,000 draws, and 8 % for the variance.
test('gamma, beta and binomial have their means and variances', () => {
  const random = randomStream(4, 'variates')
  const g = moments(() => gamma(2.5, random))
  expect(Math.abs(g.mean - 2.5)).toBeLessThan(5 * Math.sqrt(2.5 / 20_000))
  expect(Math.abs(g.variance / 2.5 - 1)).toBeLessThan(0.08)
  const [a, b] = [1.25, 6.75]
  const variance = (a * b) / ((a + b) ** 2 * (a + b + 1))
  const be = moments(() => beta(a, b, random))
  expect(Math.abs(be.mean - a / (a + b))).toBeLessThan(5 * Math.sqrt(variance / 20_000))
  expect(Math.abs(be.variance / variance - 1)).toBeLessThan(0.08)
  const bi = moments(() => binomial(30, 0.2, random))
  expect(Math.abs(bi.mean - 6)).toBeLessThan(5 * Math.sqrt(4.8 / 20_000))
  expect(Math.abs(bi.variance / 4.8 - 1)).toBeLessThan(0.08)
})

test('gamma refuses shapes below 1, which its method does not cover', () => {
  expect(() => gamma(0.5, randomStream(1))).toThrow('gamma: expected a shape of at least 1, got 0.5')
})
