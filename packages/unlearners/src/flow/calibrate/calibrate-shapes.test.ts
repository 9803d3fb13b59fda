import { matrix, type Matrix } from '@indistinct/core'
import { classRows } from '@indistinct/losses'
import { describe, expect, test } from 'vitest'
import { calibrateShapes, shapeRatio } from './calibrate-shapes.ts'
import { calibratedFlow } from '../calibrated-flow.ts'
import { momentRatios } from './class-moments.ts'
import { auc, leakyTable, twoPeaks, type LeakyTable } from '../../testing/leaky-tables.ts'

const classesOf = ({ embedding, labels }: LeakyTable): Int32Array[] => classRows('test', embedding, labels)

/** The attacker who knows where the peaks are: AUC of the distance from the middle of a column. */
function peakAuc({ embedding, labels }: LeakyTable, column: number): number {
  const scores = [...labels.codes.keys()].map(
    (i) => -((Math.abs(embedding.data[i * embedding.cols + column]!) - 0.9) ** 2),
  )
  return auc(scores, [...labels.codes])
}

describe('shapeRatio', () => {
  test('is 1 in the mean under random labels', () => {
    const ratios = Array.from({ length: 40 }, (_, seed) => {
      const table = leakyTable([300, 200], 4, 0, seed)
      return shapeRatio(table.embedding, classesOf(table))
    })
    // The larger of two frames of 32 terms: a little above 1; its standard error is below 0.04.
    const mean = ratios.reduce((sum, { ratio }) => sum + ratio, 0) / ratios.length
    expect(mean).toBeGreaterThan(0.9)
    expect(mean).toBeLessThan(1.3)
    expect(ratios[0]!.terms).toBe(32)
  })

  test('sees what means and covariances do not', () => {
    const table = twoPeaks(leakyTable([800, 600], 6, 0, 1), 3, 2)
    expect(momentRatios(table.embedding, classesOf(table)).mean.ratio).toBeLessThan(2)
    expect(shapeRatio(table.embedding, classesOf(table)).ratio).toBeGreaterThan(2)
  })
})

describe('calibrateShapes', () => {
  const table = twoPeaks(leakyTable([3000, 2000], 6, 0, 3), 3, 4)
  const classes = classesOf(table)
  const after = calibrateShapes(table.embedding, classes, 1)

  test('brings shapes to their null, and leaves means and covariances', () => {
    expect(shapeRatio(table.embedding, classes).ratio).toBeGreaterThan(6)
    expect(Math.abs(shapeRatio(after, classes).ratio - 1)).toBeLessThan(0.25)
    const [before, now] = [table.embedding, after].map((embedding) => momentRatios(embedding, classes))
    expect(Math.abs(now!.mean.ratio - before!.mean.ratio)).toBeLessThan(0.05)
    expect(Math.abs(now!.covariance!.ratio - before!.covariance!.ratio)).toBeLessThan(0.2)
    expect(peakAuc(table, 3)).toBeGreaterThan(0.57)
    expect(Math.abs(peakAuc({ embedding: after, labels: table.labels }, 3) - 0.5)).toBeLessThan(0.04)
  })

  test('moves the column of two peaks, and others hardly', () => {
    const moved = (column: number): number =>
      Math.sqrt(
        [...table.labels.codes.keys()].reduce(
          (sum, i) => sum + (after.data[i * 6 + column]! - table.embedding.data[i * 6 + column]!) ** 2,
          0,
        ) / 5000,
      )
    expect(moved(3)).toBeGreaterThan(0.05)
    for (const column of [0, 1, 2, 4, 5]) expect(moved(column)).toBeLessThan(0.2 * moved(3))
  })

  test('differences that chance explains stay, bit for bit', () => {
    expect(calibrateShapes(table.embedding, classes, 1000).data).toEqual(table.embedding.data)
  })

  test('columns of few values and of one', () => {
    const embedding: Matrix = matrix(
      200,
      3,
      Float32Array.from({ length: 600 }, (_, p) =>
        p % 3 === 0 ? 7 : p % 3 === 1 ? Math.floor(p / 3) % 2 : Math.sin(p * p),
      ),
    )
    const labels = { classes: ['a', 'b'], codes: Int32Array.from({ length: 200 }, (_, i) => (i % 3 === 0 ? 1 : 0)) }
    const mapped = calibrateShapes(embedding, classesOf({ embedding, labels }), 0.5)
    expect(mapped.data.every(Number.isFinite)).toBe(true)
    for (let i = 0; i < 200; i++) expect(mapped.data[i * 3]).toBe(7)
  })
})

test('the flow takes out two peaks among many columns, which radial kernels do not see', () => {
  const table = twoPeaks(leakyTable([3000, 2000], 24, 0.5, 5), 20, 6)
  const seen = ({ embedding }: { embedding: Matrix }): number => peakAuc({ embedding, labels: table.labels }, 20) - 0.5
  const result = calibratedFlow(table.embedding, table.labels)
  expect(seen(calibratedFlow(table.embedding, table.labels, { shapes: false }))).toBeGreaterThan(0.06)
  // Who knows where the peaks were sees what of them chance would explain; an attacker has to find that among all the
  // rest.
  expect(Math.abs(seen(result))).toBeLessThan(0.035)
  expect((result.parameters['differencesAfter'] as { shapes: number }).shapes).toBeLessThan(1.1)
})
