import { matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { margin } from './margin.ts'
import { clusteredTable, gradientError } from './testing.ts'

const items = matrix(3, 2, Float32Array.of(1, 0, 0, 1, 1, 1))

describe('margin', () => {
  test('counts each place where the next item comes within the margin', () => {
    // Scores of the list 2, 0, 1 for user (2, 1): 3, 2, 1; for user (1, 3): 4, 1, 3.
    const theta = matrix(2, 2, Float32Array.of(2, 1, 1, 3))
    const { value, gradient } = margin(theta, items, Int32Array.of(2, 0, 1, 2, 0, 1), { margin: 0.5 })
    expect(value).toBe(3 - 1 + 0.5)
    expect([...gradient.data]).toEqual([0, 0, -1, 1])
  })

  test('a list in order by more than the margin costs nothing; by default it is 0.05', () => {
    const theta = matrix(1, 2, Float32Array.of(0.06, 0.02))
    expect(margin(theta, items, Int32Array.of(0, 1), { margin: 0.03 }).value).toBe(0)
    expect(margin(theta, items, Int32Array.of(0, 1)).value).toBeCloseTo(0.01, 6)
  })

  test('-1 ends a list', () => {
    const theta = matrix(1, 2, Float32Array.of(0, 1))
    expect(margin(theta, items, Int32Array.of(0, -1, 1)).value).toBe(0)
  })

  test('gradient agrees with central differences', () => {
    const { theta } = clusteredTable([6, 5], 4, 1)
    const { theta: drawn } = clusteredTable([9], 4, 2)
    const lists = Int32Array.from({ length: 11 * 5 }, (_, p) => (7 * p + Math.floor(p / 5)) % 9)
    const { gradient, itemGradient, value } = margin(theta, drawn, lists)
    expect(value).toBeGreaterThan(0)
    // Piecewise linear: a step this small crosses no kink here.
    expect(gradientError(theta, gradient, (t) => margin(t, drawn, lists).value, 2 ** -10)).toBeLessThan(1e-4)
    expect(gradientError(drawn, itemGradient, (i) => margin(theta, i, lists).value, 2 ** -10)).toBeLessThan(1e-4)
  })

  test('offsets are part of the scores', () => {
    const theta = matrix(1, 2, Float32Array.of(1, 0))
    expect(margin(theta, items, Int32Array.of(0, 1), { offsets: Float64Array.of(0, 1.25) }).value).toBeCloseTo(0.3, 6)
    expect(() => margin(theta, items, Int32Array.of(0, 1), { offsets: Float64Array.of(0) })).toThrow(
      'margin: expected offsets for 2 places, got 1',
    )
  })

  test('refuses what does not fit', () => {
    const theta = matrix(2, 2)
    expect(() => margin(theta, matrix(3, 3), Int32Array.of(0, 1))).toThrow(
      'margin: expected items of 2 dimensions, got 3',
    )
    expect(() => margin(theta, items, Int32Array.of(0, 1, 2))).toThrow(
      'margin: expected lists of one length for 2 users, got 3 ids',
    )
    expect(() => margin(theta, items, Int32Array.of(0, 7))).toThrow(
      'margin: expected item ids from 0 to 2, got 7 for user 1',
    )
    expect(() => margin(theta, items, Int32Array.of(0, 1), { margin: -1 })).toThrow(
      'expected a margin of at least 0, got -1',
    )
  })
})
