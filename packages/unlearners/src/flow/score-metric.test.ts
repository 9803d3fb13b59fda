import { matrix, positiveInverse, randomStream, type Matrix } from '@indistinct/core'
import { scoreTopK } from '@indistinct/kernels'
import { classRows, d2d } from '@indistinct/losses'
import { describe, expect, test } from 'vitest'
import { calibratedFlow } from './calibrated-flow.ts'
import { classMoments, momentRatios } from './calibrate/class-moments.ts'
import { holdMomentsIn } from './calibrate/hold-moments.ts'
import { addLeastCost, firstOrderChange } from './calibrate/metric-displacement.ts'
import { innerProductMetric, scoreMetric, type ScoreMetric } from './score-metric.ts'
import { centroidAuc, leakyTable } from '../testing/leaky-tables.ts'

function normals(rows: number, cols: number, name: string): Matrix {
  const random = randomStream(3, name)
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  )
}

/** M_i of one user from what is kept. */
function metricOf({ inverses, cols, stride }: ScoreMetric, i: number): Float64Array {
  return positiveInverse(Float64Array.from(inverses.subarray(i * stride, i * stride + cols * cols)), cols)
}

/** d' M_i d. */
function cost(metric: ScoreMetric, d: Matrix): number {
  const K = d.cols
  let sum = 0
  for (let i = 0; i < d.rows; i++) {
    const own = metricOf(metric, i)
    for (let a = 0; a < K; a++)
      for (let b = 0; b < K; b++) sum += own[a * K + b]! * d.data[i * K + a]! * d.data[i * K + b]!
  }
  return sum
}

describe('innerProductMetric', () => {
  const [users, items] = [normals(20, 4, 'users'), normals(60, 4, 'items')]

  test('inverses average a trace of K', () => {
    const { inverses } = innerProductMetric(users, items, { top: 10 })
    let traces = 0
    for (let i = 0; i < 20; i++) for (let k = 0; k < 4; k++) traces += inverses[i * 16 + k * 5]!
    expect(traces / 20).toBeCloseTo(4, 4)
  })

  test('a direction costs what it changes among the best items, and the user’s own next to nothing', () => {
    const ridge = 1e-3
    const metric = innerProductMetric(users, items, { top: 10, ridge })
    const best = scoreTopK(users, items, undefined, 10)
    const random = randomStream(1, 'directions')
    for (let i = 0; i < 20; i++) {
      const own = metricOf(metric, i)
      const quadratic = (d: number[]): number =>
        own.reduce((sum, value, p) => sum + value * d[Math.floor(p / 4)]! * d[p % 4]!, 0)
      const user = [...users.data.subarray(i * 4, i * 4 + 4)]
      const spread = (d: number[]): number => {
        const changes = Array.from({ length: 10 }, (_, t) =>
          d.reduce((sum, x, k) => sum + x * items.data[best[i * 10 + t]! * 4 + k]!, 0),
        )
        const mean = changes.reduce((a, b) => a + b, 0) / 10
        return changes.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 10
      }
      const free = quadratic(user) / user.reduce((sum, x) => sum + x * x, 0)
      const directions = Array.from({ length: 5 }, () => user.map(() => random.normal()))
      // Made orthogonal in scores to the user's own direction, where the two accounts agree.
      const own2 = spread(user)
      const cross = (d: number[]): number =>
        (spread(d.map((x, k) => x + user[k]!)) - spread(d.map((x, k) => x - user[k]!))) / 4
      const ratios = directions.map((d) => {
        const share = cross(d) / own2
        const apart = d.map((x, k) => x - share * user[k]!)
        return quadratic(apart) / (spread(apart) + 1e-9)
      })
      for (const ratio of ratios) expect(Math.abs(ratio / ratios[0]! - 1)).toBeLessThan(0.2)
      expect(free).toBeLessThan(0.02 * own.reduce((sum, value, p) => sum + (p % 5 === 0 ? value / 4 : 0), 0))
    }
  })

  test('refuses shapes and options that do not fit', () => {
    expect(() => innerProductMetric(users, normals(5, 3, 'narrow'))).toThrow(
      'innerProductMetric: expected items of 4 columns as the users, got 3',
    )
    expect(() => innerProductMetric(users, items, { ridge: 0 })).toThrow('scoreMetric: expected ridge above 0, got 0')
    expect(() => innerProductMetric(users, items, { top: 1 })).toThrow(
      'scoreMetric: expected top as an integer of at least 2, got 1',
    )
    expect(() => scoreMetric(1_000_000, 64, () => undefined)).toThrow('leave the metric out')
    const { embedding, labels } = leakyTable([30, 20], 5, 1, 1)
    expect(() => calibratedFlow(embedding, labels, { metric: innerProductMetric(users, items) })).toThrow(
      "expected a metric of the table's shape (50, 5), got (20, 4)",
    )
  })
})

describe('addLeastCost', () => {
  const { embedding, labels } = leakyTable([90, 60], 4, 1, 5)
  const classes = classRows('test', embedding, labels)
  const moments = classMoments(embedding, classes)
  const metric = innerProductMetric(embedding, normals(80, 4, 'items'), { top: 10, ridge: 0.2 })
  const shared: ScoreMetric = {
    rows: 150,
    cols: 4,
    stride: 0,
    inverses: Float32Array.from({ length: 16 }, (_, p) => (p % 5 > 0 ? 0 : p < 8 ? 10 : 1 / 3)),
  }

  test.each([
    ['a metric a user', metric],
    ['one for all', shared],
  ] as const)('%s: makes the change that is asked for, at less cost than another way', (_, own) => {
    const [members] = classes
    const wanted = matrix(150, 4)
    const noise = normals(150, 4, 'displacement').data
    for (const i of members!)
      for (let k = 0; k < 4; k++)
        wanted.data[i * 4 + k] = 0.3 + 0.4 * embedding.data[i * 4 + k]! + 0.2 * noise[i * 4 + k]!
    const change = firstOrderChange(wanted, embedding, members!, 0, moments)
    const out = matrix(150, 4)
    addLeastCost(out, embedding, members!, 0, moments, own, change)
    const made = firstOrderChange(out, embedding, members!, 0, moments)
    made.mean.forEach((value, k) => expect(Math.abs(value - change.mean[k]!)).toBeLessThan(1e-4))
    made.covariance.forEach((value, p) => expect(Math.abs(value - change.covariance[p]!)).toBeLessThan(1e-4))
    const least = own.stride === 0 ? sharedCost(own, out) : cost(own, out)
    const other = own.stride === 0 ? sharedCost(own, wanted) : cost(own, wanted)
    expect(least).toBeLessThan(0.95 * other)
    for (const i of classes[1]!) expect(out.data.subarray(i * 4, i * 4 + 4)).toEqual(new Float32Array(4))
  })

  test('holdMomentsIn leaves class means and covariances alone to first order', () => {
    const direction = normals(150, 4, 'direction')
    holdMomentsIn(metric, direction, embedding, classes)
    classes.forEach((members, c) => {
      const { mean, covariance } = firstOrderChange(direction, embedding, members, c, moments)
      for (const value of [...mean, ...covariance]) expect(Math.abs(value)).toBeLessThan(1e-4)
    })
    expect(Math.max(...direction.data.map(Math.abs))).toBeGreaterThan(0.5)
  })
})

function sharedCost(metric: ScoreMetric, d: Matrix): number {
  return cost({ ...metric, stride: 0 }, d)
}

describe('calibratedFlow in a metric', () => {
  test('lands on the null, and changes scores of the best items less than without', () => {
    const before = leakyTable([500, 300], 8, 3, 6, 5)
    const items = normals(300, 8, 'items')
    const metric = innerProductMetric(before.embedding, items, { top: 40 })
    const best = scoreTopK(before.embedding, items, undefined, 10)
    const kept = (table: Matrix): number => {
      const now = scoreTopK(table, items, undefined, 10)
      let same = 0
      for (let i = 0; i < table.rows; i++) {
        const own = new Set(best.subarray(i * 10, i * 10 + 10))
        for (const item of now.subarray(i * 10, i * 10 + 10)) if (own.has(item)) same++
      }
      return same / now.length
    }
    const plain = calibratedFlow(before.embedding, before.labels)
    const { embedding, parameters } = calibratedFlow(before.embedding, before.labels, { metric })
    const [pair] = d2d(embedding, before.labels).pairs
    expect(pair!.value / pair!.nullValue).toBeGreaterThan(0.9499)
    expect(pair!.value / pair!.nullValue).toBeLessThan(1.011)
    const ratios = momentRatios(embedding, classRows('test', embedding, before.labels))
    // Of so few users MMD^2 is on its landing before T^2 is: with the metric as without.
    expect(ratios.mean.ratio).toBeLessThan(
      1.1 * Math.max(1, momentRatios(plain.embedding, classRows('test', embedding, before.labels)).mean.ratio),
    )
    expect(ratios.covariance!.ratio).toBeLessThan(1.25)
    expect(parameters['outcome']).toBe('landed')
    expect(Math.abs(centroidAuc({ embedding, labels: before.labels }, 3) - 0.5)).toBeLessThan(0.06)
    expect(kept(embedding)).toBeGreaterThan(kept(plain.embedding) + 0.005)
    expect(embedding.data.subarray(0, 40)).toEqual(before.embedding.data.subarray(0, 40))
  })
})

test('misspelt options are refused', () => {
  const misspelt = { topp: 5 } as object
  expect(() => scoreMetric(3, 2, () => undefined, misspelt)).toThrow(
    'scoreMetric: expected options among top, ridge, got topp',
  )
})
