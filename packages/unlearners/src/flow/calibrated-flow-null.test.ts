/**
 * @file The flow lands on the null over sizes, widths, class ratios and numbers of classes, and attackers then see what
 * chance shows them.
 */

import { bytesOf, type Labels, matrix, type Matrix, randomStream, shuffle } from '@indistinct/core'
import { setThreads, threads } from '@indistinct/kernels'
import { classRows, d2d } from '@indistinct/losses'
import { afterEach, describe, expect, test } from 'vitest'
import { calibratedFlow } from './calibrated-flow.ts'
import { shapeRatio } from './calibrate/calibrate-shapes.ts'
import { momentRatios } from './calibrate/class-moments.ts'
import { centroidAuc, leakyTable, spreadAuc } from '../testing/leaky-tables.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

/** A leak in means and in spread: class 1 is shifted, and wider along one axis. */
function leaky(sizes: readonly number[], K: number, seed: number): { embedding: Matrix; labels: Labels } {
  const table = leakyTable(sizes, K, 1.2, seed)
  for (let i = 0; i < table.embedding.rows; i++) if (table.labels.codes[i] === 1) table.embedding.data[i * K]! *= 1.4
  return table
}

/** The labels of the same users in another order. */
function relabelled(labels: Labels, seed: number): Labels {
  return { classes: labels.classes, codes: shuffle(labels.codes.slice(), randomStream(seed, 'relabelled')) }
}

describe('calibratedFlow on the null', () => {
  test.each([
    { sizes: [150, 150], K: 8 },
    { sizes: [200, 100], K: 16 },
    { sizes: [400, 40], K: 8 },
    { sizes: [1500, 30], K: 16 },
    { sizes: [600, 400], K: 64 },
    { sizes: [260, 200], K: 128 },
    { sizes: [500, 400], K: 256 },
    { sizes: [150, 120, 100], K: 12 },
    { sizes: [120, 80, 60, 100, 90], K: 8 },
    { sizes: [90, 80, 70, 60, 100, 90, 80, 70, 60, 100], K: 8 },
  ])('$sizes, K = $K', ({ sizes, K }) => {
    const before = leaky(sizes, K, 1)
    const { embedding, parameters, passes } = calibratedFlow(before.embedding, before.labels)
    expect(parameters['outcome']).toBe('landed')
    expect(passes).toBeLessThan(sizes.length < 10 ? 60 : 120)
    for (const { value, nullValue } of d2d(embedding, before.labels).pairs) {
      // A pair may end 5 tolerances below its landing, where others or other families of differences need it.
      expect(value / nullValue).toBeGreaterThan(0.945)
      expect(value / nullValue).toBeLessThan(1.011)
    }
    const classes = classRows('test', embedding, before.labels)
    const { mean, covariance } = momentRatios(embedding, classes)
    // MMD^2 may stand on its floor before differences of few users are down; the flow then leaves them.
    expect(mean.ratio).toBeLessThan(1.4)
    expect(covariance?.ratio ?? 1).toBeLessThan(1.25)
    const shapes = shapeRatio(embedding, classes)
    expect(shapes.ratio).toBeLessThan(1.25 + 3 * Math.sqrt(2 / shapes.terms))
    // Attackers against the same table under labels in another order: their own null, sample size and all.
    for (const attacker of [centroidAuc, spreadAuc]) {
      const nulls = Array.from({ length: 12 }, (_, draw) =>
        attacker({ embedding, labels: relabelled(before.labels, draw) }, 1),
      )
      const centre = nulls.reduce((a, b) => a + b, 0) / nulls.length
      const deviation = Math.sqrt(nulls.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (nulls.length - 1))
      const seen = attacker({ embedding, labels: before.labels }, 1)
      expect(Math.abs(seen - 0.5)).toBeLessThan(Math.abs(centre - 0.5) + 4 * deviation)
      if (attacker === centroidAuc) expect(attacker(before, 1)).toBeGreaterThan(0.5 + 3 * deviation)
    }
  })

  test('a hundred thousand users by random Fourier features: the same on two threads, ratio 1 within its error', () => {
    const random = randomStream(4, 'many')
    const [N, K] = [100_000, 8]
    const codes = Int32Array.from({ length: N }, (_, i) => (i % 51 === 0 ? 0 : 1))
    const embedding = matrix(
      N,
      K,
      Float32Array.from({ length: N * K }, (_, p) => random.normal() + (codes[Math.floor(p / K)] === 0 ? 0.4 : 0)),
    )
    const labels = { classes: ['a', 'b'], codes }
    const run = (count: number) => {
      setThreads(count)
      return calibratedFlow(embedding, labels, { frequencies: 128 })
    }
    const one = run(1)
    const [pair] = one.parameters['pairs'] as unknown as { ratio: number; ratioBefore: number }[]
    expect(one.parameters['kernel']).toBe('random-fourier')
    expect(pair!.ratioBefore).toBeGreaterThan(20)
    expect(pair!.ratio).toBeLessThanOrEqual(1.011)
    expect(pair!.ratio).toBeGreaterThan(0.9)
    expect(momentRatios(one.embedding, classRows('test', embedding, labels)).mean.ratio).toBeLessThan(1.1)
    expect(Buffer.compare(bytesOf(run(2).embedding.data), bytesOf(one.embedding.data))).toBe(0)
  })
})
