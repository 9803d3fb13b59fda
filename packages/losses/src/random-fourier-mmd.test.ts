import { randomStream } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { d2d } from './d2d.ts'
import { randomFourierMmdLoss } from './random-fourier-mmd.ts'
import { clusteredTable } from './testing.ts'

describe('randomFourierMmdLoss', () => {
  test.each([[[120, 80]], [[60, 90, 50]]])('is near the exact loss of classes of %j', (sizes) => {
    const { theta, labels } = clusteredTable(sizes, 6, 1, 10)
    const exact = d2d(theta, labels)
    const estimate = randomFourierMmdLoss(theta, labels, randomStream(1, 'fourier'), { frequencies: 2048 })
    expect(Math.abs(estimate.value / exact.value - 1)).toBeLessThan(0.1)
    let [dot, square] = [0, 0]
    for (let p = 0; p < exact.gradient.data.length; p++) {
      dot += estimate.gradient.data[p]! * exact.gradient.data[p]!
      square += exact.gradient.data[p]! ** 2
    }
    expect(Math.abs(dot / square - 1)).toBeLessThan(0.1)
    estimate.pairs.forEach((pair, p) => {
      expect(pair.weight).toBe(exact.pairs[p]!.weight)
      expect(pair.bandwidth).toBe(exact.pairs[p]!.bandwidth)
      expect(Math.abs(pair.nullValue / exact.pairs[p]!.nullValue - 1)).toBeLessThan(0.1)
      expect(Math.abs(pair.value - exact.pairs[p]!.value)).toBeLessThan(4 * pair.standardError)
    })
    // Unlabelled rows come first.
    expect(estimate.gradient.data.subarray(0, 60).every((g) => g === 0)).toBe(true)
  })

  test('draws fresh frequencies at every call, and the same ones from the same seed', () => {
    const { theta, labels } = clusteredTable([40, 40], 3, 2)
    const random = randomStream(7, 'fourier')
    const options = { frequencies: 16 }
    const [one, two] = [
      randomFourierMmdLoss(theta, labels, random, options),
      randomFourierMmdLoss(theta, labels, random, options),
    ]
    expect(one.value).not.toBe(two.value)
    expect(randomFourierMmdLoss(theta, labels, randomStream(7, 'fourier'), options)).toEqual(one)
  })

  test('refuses a single class', () => {
    const { theta, labels } = clusteredTable([12], 3, 2)
    expect(() => randomFourierMmdLoss(theta, labels, randomStream(0))).toThrow('users of at least two classes, got 1')
  })
})
