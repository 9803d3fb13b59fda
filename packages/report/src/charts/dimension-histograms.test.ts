import { encodeLabels, matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { balancedHistograms, dimensionHistograms } from './dimension-histograms.ts'

// 21 F, the first and the last user among them, 59 M, 20 without a label. A user's value is its row number, so that
// histograms say who was drawn.
const labels = encodeLabels(
  Array.from({ length: 100 }, (_, i) => (i % 5 === 0 || i === 99 ? 'F' : i % 5 === 1 ? null : 'M')),
)
const before = matrix(
  100,
  3,
  Float32Array.from({ length: 300 }, (_, p) => Math.floor(p / 3)),
)
const bins = 99

describe('balancedHistograms', () => {
  test('takes all of the smallest class and as many of the other, the same users everywhere', () => {
    const data = balancedHistograms(before, before, labels, { seed: 1, bins })
    expect(data.classes).toEqual([
      { name: 'F', users: 21 },
      { name: 'M', users: 21 },
    ])
    expect(data.dimensions.map(({ name }) => name)).toEqual(['dimension 0', 'dimension 1', 'dimension 2'])
    for (const { before: one, after } of data.dimensions) {
      expect(one).toEqual(data.dimensions[0]!.before)
      expect(after).toEqual(one)
      for (const shares of one!.shares) expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
    }
    const most = Math.max(...data.dimensions[0]!.before!.shares[1]!)
    expect(most).toBeLessThan(3 / 21)
  })

  test('the seed decides who is drawn', () => {
    const draw = (seed: number) =>
      balancedHistograms(before, undefined, labels, { seed, bins }).dimensions[0]!.before!.shares
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)[0]).toEqual(draw(2)[0])
    expect(draw(1)[1]).not.toEqual(draw(2)[1])
  })

  test('draws the dimensions asked for, in that order', () => {
    expect(
      balancedHistograms(before, undefined, labels, { seed: 1, dimensions: [2, 0] }).dimensions.map(({ name }) => name),
    ).toEqual(['dimension 2', 'dimension 0'])
    expect(() => balancedHistograms(before, undefined, labels, { seed: 1, dimensions: [3] })).toThrow(
      'balancedHistograms: expected dimensions from 0 to 2, got 3',
    )
  })

  test('tables without labels have no histograms; tables that do not fit are refused', () => {
    expect(
      balancedHistograms(before, undefined, encodeLabels(new Array<null>(100).fill(null)), { seed: 1 }).dimensions,
    ).toEqual([])
    expect(() => balancedHistograms(before, matrix(99, 3), labels, { seed: 1 })).toThrow(
      'expected a table of 100 x 3 after, got 99 x 3',
    )
    expect(() => balancedHistograms(matrix(99, 3), undefined, labels, { seed: 1 })).toThrow(
      'expected 99 labels, got 100',
    )
  })
})

describe('dimensionHistograms', () => {
  test('a panel for each table and dimension, with the distances as text', () => {
    const shape = {
      from: 0,
      to: 1,
      shares: [
        [0.5, 0.5],
        [1, 0],
      ],
      ks: 0.5,
      meanDifference: 1.25,
    }
    const { svg } = dimensionHistograms(
      {
        classes: [
          { name: 'F', users: 9 },
          { name: 'M', users: 9 },
        ],
        dimensions: [{ name: 'dimension 0', before: shape, after: { ...shape, ks: 0.25 } }],
      },
      { title: 't' },
    )
    expect([...svg.matchAll(/role="img"/g)]).toHaveLength(2)
    expect(svg).toContain('KS 0.50, mean difference 1.25')
    expect(svg).toContain('KS 0.25, mean difference 1.25')
    expect(svg).toContain('F (9)')
  })
})
