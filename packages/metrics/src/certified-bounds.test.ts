import { matrix, randomStream } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { cellBounds, kernelBound, thresholdBounds } from './certified-bounds.ts'

describe('certified bounds', () => {
  // Cells 0, 1, 2 hold 3, 1, 0 users with the label and 1, 1, 2 without.
  const cells = [0, 0, 0, 1, 0, 1, 2, 2]
  const positive = Uint8Array.of(1, 1, 1, 1, 0, 0, 0, 0)

  test('of cells: total variation and the AUC of the best order, and the margin of McDiarmid', () => {
    const { advantage, auc } = cellBounds(cells, positive, 0.05)
    // (|3/4 - 1/4| + 0 + |0 - 1/2|) / 2; pairs won (3 * 3 + 2) and tied (3 + 1) of 16.
    expect(advantage.sample).toBeCloseTo(0.5, 12)
    expect(auc.sample).toBeCloseTo(13 / 16, 12)
    const margin = Math.sqrt((0.5 * Math.log(20)) / 2)
    expect([advantage.margin, auc.margin]).toEqual([margin, margin])
    expect([advantage.bound, auc.bound]).toEqual([1, 1])
    expect(cellBounds(cells, positive, 0.999).advantage.bound).toBeCloseTo(
      0.5 + Math.sqrt((0.5 * Math.log(1 / 0.999)) / 2),
      12,
    )
  })

  test('of thresholds: the largest Kolmogorov-Smirnov distance, ties on one side, either direction, -0 as 0', () => {
    const x = matrix(8, 2, Float32Array.of(0, 4, 0, 4, -0, 3, 1, 3, 0, 3, 1, 2, 2, 1, 2, 1))
    const { advantage, auc } = thresholdBounds(x, positive, 0.05)
    expect(advantage.sample).toBeCloseTo(0.75, 12)
    // Second column: two users beat all, two beat three and tie with one.
    expect(auc.sample).toBeCloseTo((4 + 4 + 3.5 + 3.5) / 16, 12)
  })

  test('of the kernel: half the distance of mean embeddings', () => {
    const x = matrix(4, 1, Float32Array.of(0, 1, 0, 2))
    const k = (d: number): number => Math.exp(-(d ** 2) / 2)
    const squared = (1 + k(1)) / 2 + (1 + k(2)) / 2 - (2 * (1 + k(2) + k(1) + k(1))) / 4
    const found = kernelBound(x, Uint8Array.of(1, 1, 0, 0), 2, 0.05)
    expect(found.sample).toBeCloseTo(Math.sqrt(squared) / 2, 6)
    expect(found.margin).toBeCloseTo(Math.SQRT1_2 * Math.sqrt(Math.log(20) / 2), 12)
  })

  test('refuses one label, and confidence that is none', () => {
    expect(() => cellBounds([0, 1], Uint8Array.of(1, 1), 0.05)).toThrow(
      'expected users with and without the label, got 2 and 0',
    )
    expect(() => cellBounds([0, 1], Uint8Array.of(1, 0), 0)).toThrow('expected delta in (0, 1)')
    expect(() => kernelBound(matrix(2, 1), Uint8Array.of(1, 0), 0, 0.05)).toThrow('expected a bandwidth above 0')
  })

  test('they hold the truth at least as often as they say', () => {
    const random = randomStream(1, 'coverage')
    // Three cells: total variation 0.3, best AUC by hand.
    const [p1, p0] = [
      [0.5, 0.3, 0.2],
      [0.2, 0.3, 0.5],
    ]
    const best = 0.5 * (0.3 + 0.5) + 0.3 * 0.5 + 0.5 * (0.5 * 0.2 + 0.3 * 0.3 + 0.2 * 0.5)
    const draw = (p: readonly number[]): number => {
      const u = random.uniform()
      return u < p[0]! ? 0 : u < p[0]! + p[1]! ? 1 : 2
    }
    const held = { variation: 0, auc: 0, withoutMargin: 0 }
    const label = Uint8Array.from({ length: 100 }, (_, i) => (i < 40 ? 1 : 0))
    for (let round = 0; round < 400; round++) {
      const { advantage, auc } = cellBounds(
        Array.from(label, (value) => draw(value === 1 ? p1! : p0!)),
        label,
        0.2,
      )
      if (advantage.bound >= 0.3) held.variation++
      if (advantage.sample >= 0.3) held.withoutMargin++
      if (auc.bound >= best) held.auc++
    }
    expect(held.variation / 400).toBeGreaterThan(0.8)
    expect(held.auc / 400).toBeGreaterThan(0.8)
    expect(held.withoutMargin / 400).toBeLessThan(0.75)
  })
})
