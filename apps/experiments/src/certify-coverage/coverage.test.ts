import { randomStream } from '@indistinct/core'
import { auc } from '@indistinct/metrics'
import { describe, expect, test } from 'vitest'
import { coverages } from './coverage.ts'
import { cellAuc, normalShare, shiftedNormals, tiltedCells } from './populations.ts'

const positive = Uint8Array.from({ length: 20_000 }, (_, i) => i % 2)

describe('coverage of certified bounds', () => {
  test('every bound holds at least as often as it says, and the sample alone does not', () => {
    const all = coverages(60, 3)
    expect(all).toHaveLength(20)
    for (const { held, delta } of all) expect(held).toBeGreaterThanOrEqual(1 - delta)
    // Without the margin a bound of few cells is a coin's throw.
    const few = all.find(({ population, bound }) => population === '8 cells' && bound === 'AUC of anybody')!
    expect(few.heldWithoutMargin).toBeLessThan(0.9)
  })

  test('truths of cells are what many users show', () => {
    const { draw, advantage, auc: truth } = tiltedCells(8)
    const cells = draw(positive, randomStream(1, 'many'))
    expect(auc(cells, positive)).toBeCloseTo(truth, 1.8)
    const share = (value: number, c: number): number =>
      cells.filter((cell, i) => cell === c && positive[i] === value).length / 10_000
    const apart = Array.from({ length: 8 }, (_, c) => Math.abs(share(1, c) - share(0, c)) / 2)
    expect(apart.reduce((sum, each) => sum + each)).toBeCloseTo(advantage, 1.5)
    expect(cellAuc([0.2, 0.3, 0.5], [0.5, 0.3, 0.2])).toBeCloseTo(0.2 * 0.25 + 0.3 * 0.65 + 0.5 * 0.9, 12)
  })

  test('truths of normal users are what many show', () => {
    expect(normalShare(1.959963984540054)).toBeCloseTo(0.975, 10)
    const { draw, threshold, columnAuc } = shiftedNormals(0.3)
    const x = draw(positive, randomStream(1, 'many'))
    const column = Float64Array.from(positive, (_, i) => x.data[2 * i]!)
    expect(auc(column, positive)).toBeCloseTo(columnAuc, 1.8)
    const above = (value: number): number =>
      column.filter((each, i) => each > 0.15 && positive[i] === value).length / 10_000
    expect(above(1) - above(0)).toBeCloseTo(threshold, 1.5)
  })
})
