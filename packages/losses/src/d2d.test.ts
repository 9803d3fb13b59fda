import { matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { classRows } from './class-rows.ts'
import { d2d } from './d2d.ts'
import { clusteredTable, gradientError, referenceMmd } from './testing.ts'

describe('d2d', () => {
  test('two labels: the five-kernel MMD^2 with its own bandwidth and null', () => {
    const { theta, labels } = clusteredTable([23, 14], 5, 1, 3)
    const loss = d2d(theta, labels)
    const [a, b] = classRows('test', theta, labels)
    const reference = referenceMmd(theta, a!, b!)
    expect(loss.value).toBeCloseTo(reference.value, 6)
    expect(loss.pairs).toHaveLength(1)
    expect(loss.pairs[0]!.weight).toBe(1)
    expect(loss.pairs[0]!.bandwidth / reference.bandwidth).toBeCloseTo(1, 5)
    expect(loss.pairs[0]!.nullValue / reference.nullValue).toBeCloseTo(1, 5)
  })

  test('gradient agrees with central differences at a fixed bandwidth, unlabelled rows at zero', () => {
    const { theta, labels } = clusteredTable([9, 6], 3, 2, 2)
    const [a, b] = classRows('test', theta, labels)
    const { gradient } = d2d(theta, labels, { bandwidth: 6 })
    expect(gradientError(theta, gradient, (t) => referenceMmd(t, a!, b!, 6).value)).toBeLessThan(1e-4)
    expect([...gradient.data.subarray(0, 6)]).toEqual([0, 0, 0, 0, 0, 0])
  })

  test.each([
    {
      pairing: 'every',
      expected: [
        [0, 1, 40 / 110],
        [0, 2, 50 / 110],
        [1, 2, 20 / 110],
      ],
    },
    {
      pairing: 'anchor',
      expected: [
        [0, 1, 1],
        [0, 2, 1],
      ],
    },
  ] as const)('three labels, pairing $pairing: the weighted sum over its pairs', ({ pairing, expected }) => {
    const { theta, labels } = clusteredTable([10, 4, 5], 3, 3)
    const classes = classRows('test', theta, labels)
    const loss = d2d(theta, labels, { pairing, bandwidth: 5 })
    expect(loss.pairs.map(({ first, second, weight }) => [first, second, weight])).toEqual(expected)
    const sum = (t: typeof theta) =>
      loss.pairs.reduce(
        (v, pair) => v + pair.weight * referenceMmd(t, classes[pair.first]!, classes[pair.second]!, 5).value,
        0,
      )
    expect(loss.value).toBeCloseTo(sum(theta), 6)
    expect(gradientError(theta, loss.gradient, sum)).toBeLessThan(1e-4)
  })

  test('a sample of larger classes: pairs weigh what theirs do', () => {
    const { theta, labels } = clusteredTable([5, 4, 5], 3, 3)
    const weights = d2d(theta, labels, { sizes: [10, 4, 5] }).pairs.map((pair) => pair.weight)
    expect(weights).toEqual([40 / 110, 50 / 110, 20 / 110])
    expect(() => d2d(theta, labels, { sizes: [10, 4] })).toThrow(
      'd2d: expected sizes of the 3 classes that have users, got 2',
    )
  })

  test('refuses one class', () => {
    expect(() => d2d(matrix(3, 2), { classes: ['a', 'b'], codes: new Int32Array(3) })).toThrow(
      'd2d: expected users of at least two classes, got 1',
    )
  })
})
