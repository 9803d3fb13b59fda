import { copyMatrix } from '@indistinct/core'
import { classRows } from '@indistinct/losses'
import { describe, expect, test } from 'vitest'
import { calibrateRadii, radiusRatio } from './calibrate-radii.ts'
import { shapeRatio } from './calibrate-shapes.ts'
import { calibratedFlow } from '../calibrated-flow.ts'
import { momentRatios } from './class-moments.ts'
import { auc, leakyTable, type LeakyTable } from '../../testing/leaky-tables.ts'

const classesOf = ({ embedding, labels }: LeakyTable): Int32Array[] => classRows('test', embedding, labels)

/** The second class drawn onto two shells, one inside and one outside of where it was; variances stay. */
function twoShells({ embedding, labels }: LeakyTable, inner: number): LeakyTable {
  const { rows, cols } = embedding
  const out = copyMatrix(embedding)
  for (let i = 0; i < rows; i++) {
    if (labels.codes[i] !== 1) continue
    const stretch = i % 2 === 0 ? inner : Math.sqrt(2 - inner ** 2)
    for (let k = 0; k < cols; k++) out.data[i * cols + k]! *= stretch
  }
  return { embedding: out, labels }
}

/** The attacker who knows where the shells are: AUC of the distance between a user's radius and the usual one. */
function shellAuc({ embedding, labels }: LeakyTable): number {
  const { rows, cols, data } = embedding
  const radii = Array.from({ length: rows }, (_, i) => Math.log(Math.hypot(...data.subarray(i * cols, (i + 1) * cols))))
  const usual = radii.reduce((sum, radius) => sum + radius, 0) / rows
  return auc(
    radii.map((radius) => Math.abs(radius - usual)),
    [...labels.codes],
  )
}

test('radiusRatio is 1 in the mean under random labels', () => {
  const ratios = Array.from({ length: 40 }, (_, seed) => {
    const table = leakyTable([300, 200], 12, 0, seed)
    return radiusRatio(table.embedding, classesOf(table))
  })
  // The larger of two families of 8 terms that go together: a little above 1; its standard error is below 0.08.
  const mean = ratios.reduce((sum, { ratio }) => sum + ratio, 0) / ratios.length
  expect(mean).toBeGreaterThan(0.85)
  expect(mean).toBeLessThan(1.5)
  expect(ratios[0]!.terms).toBe(8)
})

describe('two shells', () => {
  const table = twoShells(leakyTable([3000, 2000], 24, 0, 3), 0.82)
  const classes = classesOf(table)
  const after = calibrateRadii(table.embedding, classes, 1)

  test('are seen by distances, and hardly by moments or single directions', () => {
    expect(radiusRatio(table.embedding, classes).ratio).toBeGreaterThan(30)
    const { mean, covariance } = momentRatios(table.embedding, classes)
    expect(Math.max(mean.ratio, covariance!.ratio, shapeRatio(table.embedding, classes).ratio)).toBeLessThan(2)
    expect(shellAuc(table)).toBeGreaterThan(0.575)
  })

  test('are brought to what chance makes of them, and moments stay', () => {
    // Distances in whitened coordinates are calibrated last, and move those as they are a little.
    expect(radiusRatio(after, classes).ratio).toBeLessThan(2.5)
    expect(Math.abs(shellAuc({ embedding: after, labels: table.labels }) - 0.5)).toBeLessThan(0.04)
    const { mean, covariance } = momentRatios(after, classes)
    expect(Math.max(mean.ratio, covariance!.ratio)).toBeLessThan(1.5)
  })

  test('users move along the line to the centre alone', () => {
    const centre = Float64Array.from(
      { length: 24 },
      (_, k) => table.embedding.data.reduce((sum, value, p) => (p % 24 === k ? sum + value : sum), 0) / 5000,
    )
    for (const i of [0, 1, 3001, 4999]) {
      const [was, is] = [table.embedding, after].map(({ data }) =>
        centre.map((middle, k) => data[i * 24 + k]! - middle),
      )
      const stretch = Math.hypot(...is!) / Math.hypot(...was!)
      is!.forEach((value, k) => expect(value).toBeCloseTo(stretch * was![k]!, 4))
    }
  })

  test('differences that chance explains stay, bit for bit', () => {
    expect(calibrateRadii(table.embedding, classes, 1000).data).toEqual(table.embedding.data)
  })

  test('a user at the centre stays finite', () => {
    const same = copyMatrix(table.embedding)
    same.data.fill(0, 0, 24 * 4)
    expect(calibrateRadii(same, classes, 0.5).data.every(Number.isFinite)).toBe(true)
  })
})

test('the flow leaves no shells, nor makes any', () => {
  const table = twoShells(leakyTable([3000, 2000], 24, 0.5, 5), 0.82)
  const result = calibratedFlow(table.embedding, table.labels)
  expect((result.parameters['differencesAfter'] as { radii: number }).radii).toBeLessThan(2.5)
  expect(Math.abs(shellAuc({ embedding: result.embedding, labels: table.labels }) - 0.5)).toBeLessThan(0.04)
  const plain = calibratedFlow(table.embedding, table.labels, { shapes: false })
  expect(Math.abs(shellAuc({ embedding: plain.embedding, labels: table.labels }) - 0.5)).toBeGreaterThan(0.055)
})
