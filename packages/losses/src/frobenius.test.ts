import { matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { frobenius } from './frobenius.ts'
import { clusteredTable, gradientError } from './testing.ts'

describe('frobenius', () => {
  test('is the sum of squares, without root, mean or half', () => {
    const { value, gradient } = frobenius(
      matrix(2, 2, Float32Array.of(1, 2, 3, 4)),
      matrix(2, 2, Float32Array.of(0, 0, 3, 1)),
    )
    expect(value).toBe(1 + 4 + 0 + 9)
    expect([...gradient.data]).toEqual([2, 4, 0, 6])
  })

  test('gradient agrees with central differences', () => {
    const { theta } = clusteredTable([5, 4], 3, 1)
    const { theta: original } = clusteredTable([5, 4], 3, 2)
    expect(gradientError(theta, frobenius(theta, original).gradient, (t) => frobenius(t, original).value)).toBeLessThan(
      1e-6,
    )
  })

  test('refuses tables of different shapes', () => {
    expect(() => frobenius(matrix(2, 3), matrix(3, 2))).toThrow(
      'frobenius: expected two tables of one shape, got 2 x 3 and 3 x 2',
    )
  })
})
