import { matrix, randomStream, shuffle } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { hsic, hsicTarget } from './hsic.ts'

const [N, K] = [60, 3]
const random = randomStream(1, 'hsic')
const theta = matrix(
  N,
  K,
  Float32Array.from({ length: N * K }, () => random.normal()),
)
const values = Float64Array.from({ length: N }, (_, i) =>
  i < 5 ? NaN : Math.round(20 + 10 * random.normal() + 8 * theta.data[i * K]!),
)

/** tr(K H L H) / m^2 written out. */
function direct(y: Float64Array): number {
  const rows = [...y.keys()].filter((i) => !Number.isNaN(y[i]!))
  const m = rows.length
  const distance = (i: number, j: number): number =>
    [0, 1, 2].reduce((sum, k) => sum + (theta.data[i * K + k]! - theta.data[j * K + k]!) ** 2, 0)
  const pairs = rows.flatMap((i) => rows.map((j) => [i, j] as const))
  const b = pairs.reduce((sum, [i, j]) => sum + distance(i, j), 0) / (m * (m - 1))
  const by = pairs.reduce((sum, [i, j]) => sum + (y[i]! - y[j]!) ** 2, 0) / (m * (m - 1))
  const l = (i: number, j: number): number => Math.exp(-((y[i]! - y[j]!) ** 2) / by)
  const rowMeans = new Map(rows.map((i) => [i, rows.reduce((sum, j) => sum + l(i, j) / m, 0)]))
  const mean = [...rowMeans.values()].reduce((sum, value) => sum + value / m, 0)
  return (
    pairs.reduce((sum, [i, j]) => {
      const k = [0.25, 0.5, 1, 2, 4].reduce((all, s) => all + Math.exp(-distance(i, j) / (b * s)), 0)
      return sum + k * (l(i, j) - rowMeans.get(i)! - rowMeans.get(j)! + mean)
    }, 0) /
    m ** 2
  )
}

describe('hsic', () => {
  test('value as written out, few columns', () => {
    const target = hsicTarget(values)
    expect(hsic(theta, target).value / direct(values)).toBeCloseTo(1, 3)
    expect(target.columns.length).toBeLessThan(20)
    expect(target.rows.length).toBe(55)
  })

  test('gradient against differences, bandwidth held', () => {
    const target = hsicTarget(values)
    const { gradient, bandwidth } = hsic(theta, target)
    // The bandwidth moves with theta; a step of one entry changes it by little, and the difference is taken out.
    const at = (p: number, step: number): number => {
      const moved = matrix(N, K, theta.data.slice())
      moved.data[p]! += step
      const scale = Math.sqrt(bandwidth / hsic(moved, target).bandwidth)
      for (let q = 0; q < moved.data.length; q++) moved.data[q]! *= scale
      return hsic(moved, target).value
    }
    expect(gradient.data.subarray(0, 15)).toEqual(new Float32Array(15))
    // What scaling all rows changes: the sum of theta . gradient times the change of scale; compared after it is added
    // back.
    const radial = theta.data.reduce((sum, x, p) => sum + x * gradient.data[p]!, 0)
    for (const p of [15, 40, 100, 177]) {
      const moved = matrix(N, K, theta.data.slice())
      moved.data[p]! += 1e-2
      const up = Math.sqrt(bandwidth / hsic(moved, target).bandwidth) - 1
      moved.data[p]! -= 2e-2
      const down = Math.sqrt(bandwidth / hsic(moved, target).bandwidth) - 1
      const expected = gradient.data[p]! + (radial * (up - down)) / 2e-2
      expect(Math.abs((at(p, 1e-2) - at(p, -1e-2)) / 2e-2 - expected)).toBeLessThan(
        1e-3 * Math.max(...gradient.data.map(Math.abs)) + 2e-6,
      )
    }
  })

  test('the null value is the mean over random deals of the values', () => {
    const labelled = [...values.keys()].filter((i) => !Number.isNaN(values[i]!))
    const draws = Array.from({ length: 200 }, (_, draw) => {
      const dealt = shuffle(
        Float64Array.from(labelled, (i) => values[i]!),
        randomStream(draw, 'deal'),
      )
      const y = values.slice()
      labelled.forEach((i, r) => (y[i] = dealt[r]!))
      return hsic(theta, hsicTarget(y)).value
    })
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length
    const deviation = Math.sqrt(draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (draws.length - 1))
    expect(Math.abs(mean - hsic(theta, hsicTarget(values)).nullValue)).toBeLessThan(
      (4 * deviation) / Math.sqrt(draws.length),
    )
  })

  test('refuses values that cannot be told apart', () => {
    expect(() => hsicTarget(Float64Array.of(1, 1, 1, NaN))).toThrow(
      'hsicTarget: expected three users or more with finite values that differ',
    )
    expect(() => hsicTarget(Float64Array.of(1, 2, NaN))).toThrow('got 2')
  })
})
