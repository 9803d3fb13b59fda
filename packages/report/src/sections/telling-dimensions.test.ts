import { encodeLabels, matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { exampleTables } from '../testing/example-report.ts'
import { kolmogorovSmirnov, standardisedDifference, tellingDimensions } from './telling-dimensions.ts'

describe('kolmogorovSmirnov', () => {
  test('worked examples', () => {
    expect(kolmogorovSmirnov([1, 2, 3], [4, 5])).toBe(1)
    expect(kolmogorovSmirnov([1, 2, 3], [1, 2, 3])).toBe(0)
    // After 2 the distributions stand at 2/3 and 1/4.
    expect(kolmogorovSmirnov([1, 2, 5], [2, 3, 4, 6])).toBeCloseTo(2 / 3 - 1 / 4, 12)
  })
})

describe('standardisedDifference', () => {
  test('worked examples', () => {
    expect(standardisedDifference([0, 2], [3, 5])).toBeCloseTo(3, 12)
    expect(standardisedDifference([1, 1], [1, 1])).toBe(0)
    expect(standardisedDifference([1, 1], [2, 2])).toBe(1000)
  })
})

describe('tellingDimensions', () => {
  const { before, after, labels } = exampleTables(600)

  test('finds the planted dimensions, and their leak shrinks', () => {
    const found = tellingDimensions(before, after, labels, { count: 3 })
    const planted = found.dimensions.slice(0, 3)
    for (const { name } of planted)
      expect(['dimension 0', 'dimension 5', 'dimension 10', 'dimension 15']).toContain(name)
    for (const dimension of planted) expect(dimension.after!.ks).toBeLessThan(dimension.before!.ks / 2)
    expect(found.dimensions.length).toBeLessThanOrEqual(5)
  })

  test('shares of a class add up to one', () => {
    for (const { before: shape } of tellingDimensions(before, undefined, labels).dimensions) {
      for (const shares of shape!.shares) expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 9)
    }
  })

  test('constant, collapsed and unlabelled tables have histograms too', () => {
    const flat = matrix(4, 2, new Float32Array([1, 0, 1, 1, 1, 2, 1, 3]))
    const two = encodeLabels(['a', 'b', null, 'b'])
    const constant = tellingDimensions(
      flat,
      matrix(
        4,
        2,
        flat.data.map((v) => v / 100),
      ),
      two,
    )
    expect(constant.classes).toEqual([
      { name: 'a', users: 1 },
      { name: 'b', users: 2 },
    ])
    const [first] = constant.dimensions
    expect(first!.before!.to).not.toBe(first!.after!.to)
    expect(tellingDimensions(flat, undefined, encodeLabels([null, null, null, null])).dimensions).toEqual([])
  })

  test('many classes are merged into six', () => {
    const names = Array.from({ length: 60 }, (_, i) => `c${i % 10}`)
    const { classes } = tellingDimensions(
      matrix(
        60,
        2,
        Float32Array.from({ length: 120 }, (_, i) => i),
      ),
      undefined,
      encodeLabels(names),
    )
    expect(classes.map((c) => c.name)).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', '5 other classes'])
    expect(classes.reduce((sum, c) => sum + c.users, 0)).toBe(60)
  })

  test('refuses shapes that do not fit', () => {
    expect(() => tellingDimensions(before, matrix(2, 2), labels)).toThrow(RangeError)
    expect(() => tellingDimensions(matrix(2, 2), undefined, labels)).toThrow(RangeError)
  })
})
