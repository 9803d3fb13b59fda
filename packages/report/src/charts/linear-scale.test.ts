import { describe, expect, test } from 'vitest'
import { linearScale, ticks } from './linear-scale.ts'

describe('linearScale', () => {
  test('maps ends onto ends, and a point onto the middle', () => {
    const scale = linearScale([2, 4], [10, 0])
    expect([scale(2), scale(3), scale(4)]).toEqual([10, 5, 0])
    expect(linearScale([3, 3], [0, 8])(3)).toBe(4)
  })
})

describe('ticks', () => {
  test.each([
    [[0, 1], 4, [0, 0.2, 0.4, 0.6, 0.8, 1], 1],
    [[0.45, 0.8], 3, [0.5, 0.6, 0.7, 0.8], 1],
    [[-30, 30], 3, [-20, 0, 20], 0],
    [[0, 0.0013], 2, [0, 0.0005, 0.001], 4],
  ] as const)('%o', (domain, wanted, values, digits) => {
    const found = ticks(domain, wanted)
    expect(found.digits).toBe(digits)
    expect(found.values.map((v) => Number(v.toFixed(10)) + 0)).toEqual(values)
  })

  test('a domain without length has one', () => {
    expect(ticks([1, 1], 4).values).toEqual([1])
  })
})
