import { expect, test } from 'vitest'
import { benjaminiHochberg } from './false-discovery.ts'

test("Benjamini and Hochberg's q by hand, as statsmodels' fdr_bh gives it", () => {
  const q = benjaminiHochberg([0.01, 0.04, 0.03, 0.5, 0.001])
  ;[0.025, 0.05, 0.05, 0.5, 0.005].forEach((value, at) => expect(q[at]).toBeCloseTo(value, 12))
  expect(benjaminiHochberg([])).toEqual([])
})

test('q keeps the order of p and never falls below it', () => {
  const p = [0.2, 0.01, 0.8, 0.02, 0.02, 1]
  const q = benjaminiHochberg(p)
  p.forEach((value, at) => expect(q[at]).toBeGreaterThanOrEqual(value))
  expect(q[3]).toBe(q[4])
  expect(Math.max(...q)).toBe(1)
})

test('a value that is no p is an error', () => {
  expect(() => benjaminiHochberg([0.1, NaN])).toThrow('benjaminiHochberg: expected p from 0 to 1, got NaN')
})
