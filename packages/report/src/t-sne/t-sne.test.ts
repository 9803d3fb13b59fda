import { readFileSync } from 'node:fs'
import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { jointProbabilities } from './joint-probabilities.ts'
import { divergenceAndGradient, tSne, tsneField } from './t-sne.ts'
import { trustworthiness } from './trustworthiness.ts'

interface Golden {
  maps: {
    name: string
    cols: number
    perplexity: number
    table: number[]
    classes: number[]
    divergence: number
    silhouette: number
    trustworthiness: Record<string, number>
  }[]
  gradient: {
    cols: number
    perplexity: number
    table: number[]
    map: number[]
    joint: number[]
    divergence: number
    gradient: number[]
    trustworthiness: Record<string, number>
  }
}
const golden = JSON.parse(readFileSync(new URL('./goldens/t-sne.json', import.meta.url), 'utf8')) as Golden
const { gradient: small } = golden
const smallTable = matrix(40, small.cols, Float32Array.from(small.table))

function gaussian(rows: number, cols: number): Matrix {
  const random = randomStream(8, 't-sne')
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  )
}

/** Mean over points of (b - a) / max(a, b): a the mean distance to the own class, b to the nearest other one. */
function silhouette(points: Matrix, classes: readonly number[]): number {
  const n = points.rows
  let sum = 0
  for (let i = 0; i < n; i++) {
    const totals = new Map<number, [sum: number, points: number]>()
    for (let j = 0; j < n; j++) {
      if (j === i) continue
      const total = totals.get(classes[j]!) ?? [0, 0]
      totals.set(classes[j]!, [
        total[0] +
          Math.hypot(points.data[2 * i]! - points.data[2 * j]!, points.data[2 * i + 1]! - points.data[2 * j + 1]!),
        total[1] + 1,
      ])
    }
    const means = [...totals].map(([code, [distance, count]]) => ({ code, mean: distance / count }))
    const own = means.find(({ code }) => code === classes[i])!.mean
    const other = Math.min(...means.filter(({ code }) => code !== classes[i]).map(({ mean }) => mean))
    sum += (other - own) / Math.max(other, own) / n
  }
  return sum
}

describe('against scikit-learn', () => {
  test('joint probabilities', () => {
    const { starts, indices, values } = jointProbabilities(smallTable, small.perplexity)
    const dense = new Float64Array(1600)
    for (let i = 0; i < 40; i++)
      for (let entry = starts[i]!; entry < starts[i + 1]!; entry++) dense[i * 40 + indices[entry]!] = values[entry]!
    // Both stop widening a Gaussian within 1e-5 of the entropy; the largest value is 0.012.
    small.joint.forEach((value, p) => expect(Math.abs(dense[p]! - value)).toBeLessThan(1e-7))
  })

  test('exact divergence and gradient', () => {
    const field = tsneField(40)
    const divergence = divergenceAndGradient(
      jointProbabilities(smallTable, small.perplexity),
      Float64Array.from(small.map),
      field,
      0,
    )
    expect(divergence).toBeCloseTo(small.divergence, 4)
    small.gradient.forEach((value, c) => expect(Math.abs(field.gradient[c]! - value)).toBeLessThan(2e-6))
  })

  test.each(golden.maps)('map of $name', ({ cols, perplexity, table, classes, ...expected }) => {
    const m = matrix(classes.length, cols, Float32Array.from(table))
    const map = tSne(m, { seed: 1, perplexity })
    // Local minima differ: between seeds the divergence of "users" varies by 3 %, its trustworthiness by 0.01.
    expect(map.divergence).toBeLessThan(expected.divergence * 1.05)
    expect(map.divergence).toBeGreaterThan(expected.divergence * 0.95)
    for (const [k, value] of Object.entries(expected.trustworthiness))
      expect(Math.abs(trustworthiness(m, map.points, Number(k)) - value)).toBeLessThan(0.015)
    expect(Math.abs(silhouette(map.points, classes) - expected.silhouette)).toBeLessThan(0.1)
  })
})

describe('divergenceAndGradient', () => {
  const p = jointProbabilities(gaussian(60, 5), 8)
  const random = randomStream(9, 'map')
  const y = Float64Array.from({ length: 120 }, () => 2 * random.normal())

  test.each([1, 12])('is the slope of the divergence, exaggeration %i', (factor) => {
    const field = tsneField(60)
    divergenceAndGradient(p, y, field, 0, factor)
    const gradient = field.gradient.slice()
    for (let c = 0; c < 120; c += 7) {
      const at = (step: number): number => {
        const moved = y.slice()
        moved[c]! += step
        // With P scaled by the factor the function whose slope this is has log Z once, not factor times.
        const q = divergenceAndGradient(p, moved, tsneField(60), 0, factor)
        return q + (1 - factor) * logTotal(moved)
      }
      expect(gradient[c]).toBeCloseTo((at(1e-4) - at(-1e-4)) / 2e-4, 6)
    }
  })

  test('the quad-tree changes the gradient by little', () => {
    const exact = tsneField(60)
    const approximate = tsneField(60)
    const one = divergenceAndGradient(p, y, exact, 0)
    const other = divergenceAndGradient(p, y, approximate, 0.5)
    expect(Math.abs(other / one - 1)).toBeLessThan(0.005)
    const difference = Math.hypot(...exact.gradient.map((value, c) => value - approximate.gradient[c]!))
    expect(difference / Math.hypot(...exact.gradient)).toBeLessThan(0.04)
    expect(difference).toBeGreaterThan(0)
  })

  function logTotal(points: Float64Array): number {
    let total = 0
    for (let i = 0; i < points.length; i += 2)
      for (let j = 0; j < points.length; j += 2)
        if (i !== j) total += 1 / (1 + (points[i]! - points[j]!) ** 2 + (points[i + 1]! - points[j + 1]!) ** 2)
    return Math.log(total)
  }
})

describe('tSne', () => {
  test('equal arguments give equal bytes; the seed matters', () => {
    const m = gaussian(120, 6)
    const one = tSne(m, { seed: 1, steps: 300 })
    expect(tSne(m, { seed: 1, steps: 300 })).toEqual(one)
    expect(tSne(m, { seed: 2, steps: 300 }).points.data).not.toEqual(one.points.data)
  })

  test('starts on the principal components, or at random', () => {
    const m = gaussian(100, 3)
    for (let i = 0; i < 100; i++) m.data[3 * i]! *= 50
    const slope = (points: Matrix): number => {
      let both = 0
      let own = 0
      let along = 0
      for (let i = 0; i < 100; i++) {
        both += points.data[2 * i]! * m.data[3 * i]!
        own += points.data[2 * i]! ** 2
        along += m.data[3 * i]! ** 2
      }
      return both / Math.sqrt(own * along)
    }
    expect(Math.abs(slope(tSne(m, { seed: 1, steps: 0 }).points))).toBeGreaterThan(0.97)
    expect(Math.abs(slope(tSne(m, { seed: 1, steps: 0, initial: 'random' }).points))).toBeLessThan(0.4)
  })

  test('equal rows part, and two groups of equal rows stay apart', () => {
    const m = matrix(
      120,
      4,
      Float32Array.from({ length: 480 }, (_, p) => (p < 240 ? 0 : 1)),
    )
    const { points } = tSne(m, { seed: 1, perplexity: 10 })
    expect(new Set(Array.from({ length: 120 }, (_, i) => `${points.data[2 * i]} ${points.data[2 * i + 1]}`)).size).toBe(
      120,
    )
    expect(
      silhouette(
        points,
        Array.from({ length: 120 }, (_, i) => (i < 60 ? 0 : 1)),
      ),
    ).toBeGreaterThan(0.5)
    expect(tSne(matrix(30, 4), { seed: 1 }).points.data.every(Number.isFinite)).toBe(true)
  })

  test.each([0, 1, 2, 3, 5])('maps %i rows', (rows) => {
    const { points, divergence } = tSne(gaussian(rows, 4), { seed: 1 })
    expect(points.data).toHaveLength(2 * rows)
    expect(points.data.every(Number.isFinite)).toBe(true)
    expect(Number.isFinite(divergence)).toBe(true)
  })

  test('reports progress every 50 steps', () => {
    const seen: [number, number][] = []
    tSne(gaussian(30, 3), { seed: 1, steps: 320, progress: (step, steps) => seen.push([step, steps]) })
    expect(seen).toEqual([50, 100, 150, 200, 250, 300].map((step) => [step, 320]))
  })

  test('refuses what it cannot map', () => {
    const m = gaussian(20, 3)
    const withNan = matrix(
      20,
      3,
      m.data.map((value, p) => (p === 7 ? NaN : value)),
    )
    expect(() => tSne(withNan, { seed: 1 })).toThrow('tSne: expected finite values, got NaN in row 2, column 1')
    expect(() => tSne(m, { seed: 1, perplexity: 25 })).toThrow('expected a perplexity from 1 to 19 for 20 rows, got 25')
    expect(() => tSne(m, { seed: 1, theta: 1.5 })).toThrow('tSne: expected a theta from 0 to 1, got 1.5')
    expect(() => tSne(m, { seed: 1, steps: 1.5 })).toThrow('tSne: expected a whole number of steps, got 1.5')
    expect(() => tSne(m, { seed: 1, learningRate: 1e300 })).toThrow(/^tSne: diverged at step \d+ with a divergence of/)
  })
})
