import { matrix, randomStream, shuffle, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { gaussianKl } from './gaussian-kl.ts'
import { clusteredTable, gradientError } from './testing.ts'

/** Two dimensions by hand: determinants and inverses of 2 x 2 matrices written out. */
function closedForm(theta: Matrix, first: readonly number[], second: readonly number[], floor: number): number {
  const moments = (rows: readonly number[]) => {
    const at = (i: number, k: number): number => theta.data[i * 2 + k]!
    const mean = [0, 1].map((k) => rows.reduce((sum, i) => sum + at(i, k), 0) / rows.length)
    const entry = (k: number, l: number): number =>
      rows.reduce((sum, i) => sum + (at(i, k) - mean[k]!) * (at(i, l) - mean[l]!), 0) / rows.length +
      (k === l ? floor : 0)
    return { mean, s: [entry(0, 0), entry(0, 1), entry(1, 1)] as const }
  }
  const [a, b] = [moments(first), moments(second)]
  const determinant = ([p, q, r]: readonly [number, number, number]): number => p * r - q * q
  const [x, y] = [a.mean[0]! - b.mean[0]!, a.mean[1]! - b.mean[1]!]
  const [p, q, r] = b.s
  const trace = (r * a.s[0] - 2 * q * a.s[1] + p * a.s[2]) / determinant(b.s)
  const mahalanobis = (r * x * x - 2 * q * x * y + p * y * y) / determinant(b.s)
  return (trace + mahalanobis - 2 + Math.log(determinant(b.s) / determinant(a.s))) / 2
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

describe('gaussianKl', () => {
  test('two dimensions: each direction, and the mean of both, as written out', () => {
    const { theta, labels } = clusteredTable([12, 9], 2, 1, 3)
    const [first, second] = [range(3, 15), range(15, 24)]
    const forward = closedForm(theta, first, second, 0.01)
    const backward = closedForm(theta, second, first, 0.01)
    expect(forward).not.toBeCloseTo(backward, 2)
    expect(gaussianKl(theta, labels, { symmetric: false, floor: 0.01 }).value).toBeCloseTo(forward, 10)
    expect(gaussianKl(theta, labels, { floor: 0.01 }).value).toBeCloseTo((forward + backward) / 2, 10)
  })

  test.each([
    { sizes: [14, 9], K: 4, symmetric: true },
    { sizes: [14, 9], K: 4, symmetric: false },
    { sizes: [12, 8, 10], K: 3, symmetric: true },
    { sizes: [5, 30], K: 8, symmetric: true },
  ])('gradient agrees with central differences: $sizes, K = $K, symmetric $symmetric', ({ sizes, K, symmetric }) => {
    const { theta, labels } = clusteredTable(sizes, K, 2, 2)
    // A class of five users in eight dimensions has a singular covariance: only the floor makes it invertible.
    const options = { symmetric, floor: 0.2 }
    const { gradient } = gaussianKl(theta, labels, options)
    expect(gradientError(theta, gradient, (t) => gaussianKl(t, labels, options).value)).toBeLessThan(2e-4)
    expect(gradient.data.subarray(0, 2 * K).every((value) => value === 0)).toBe(true)
  })

  test('does not depend on the unit, place or orientation of the embedding', () => {
    const { theta, labels } = clusteredTable([40, 25], 2, 3)
    const { value } = gaussianKl(theta, labels)
    const turned = matrix(
      theta.rows,
      2,
      theta.data.map((_, p) => {
        const [x, y] = [theta.data[p - (p % 2)]!, theta.data[p - (p % 2) + 1]!]
        return 0.001 * (p % 2 === 0 ? 0.6 * x - 0.8 * y : 0.8 * x + 0.6 * y) + 0.03
      }),
    )
    expect(gaussianKl(turned, labels).value).toBeCloseTo(value, 3)
    expect(value).toBeGreaterThan(0.01)
  })

  test('classes with equal means and covariances: zero, and no gradient', () => {
    const { theta, labels } = clusteredTable([20, 20], 3, 4)
    theta.data.copyWithin(20 * 3, 0, 20 * 3)
    const loss = gaussianKl(theta, labels)
    expect(Math.abs(loss.value)).toBeLessThan(1e-12)
    expect(Math.max(...loss.gradient.data.map(Math.abs))).toBeLessThan(1e-9)
  })

  test('random labels on normal users: the mean over relabellings is the null value', () => {
    const { theta, labels } = clusteredTable([1500], 4, 5)
    const random = randomStream(1, 'relabelling')
    let sum = 0
    let nullValue = 0
    for (let draw = 0; draw < 60; draw++) {
      const codes = shuffle(
        Int32Array.from(labels.codes, (_, i) => (i < 600 ? 0 : 1)),
        random,
      )
      const loss = gaussianKl(theta, { classes: ['a', 'b'], codes }, { ridge: 0 })
      sum += loss.value / 60
      nullValue = loss.pairs[0]!.nullValue
    }
    // The standard error of 60 draws with 14 degrees of freedom is 5 per cent.
    expect(sum / nullValue).toBeGreaterThan(0.85)
    expect(sum / nullValue).toBeLessThan(1.15)
  })

  test('three labels: the weighted sum of the pairs alone', () => {
    const { theta, labels } = clusteredTable([10, 4, 5], 2, 6)
    const all = gaussianKl(theta, labels)
    const only = (a: number, b: number): number => {
      const codes = labels.codes.map((code) => (code === a ? 0 : code === b ? 1 : -1))
      return gaussianKl(theta, { classes: ['a', 'b'], codes }).value
    }
    expect(all.value).toBeCloseTo((40 * only(0, 1) + 50 * only(0, 2) + 20 * only(1, 2)) / 110, 10)
    expect(gaussianKl(theta, labels, { pairing: 'anchor' }).value).toBeCloseTo(only(0, 1) + only(0, 2), 10)
  })

  test('refuses one class, a singular covariance without a floor, and a negative ridge', () => {
    const { theta, labels } = clusteredTable([3, 20], 4, 7)
    expect(() => gaussianKl(theta, { classes: ['a', 'b'], codes: labels.codes.map(() => 0) })).toThrow(
      'gaussianKl: expected users of at least two classes, got 1',
    )
    const flat = matrix(4, 1, Float32Array.of(1, 1, 2, 2))
    const pairs = { classes: ['a', 'b'], codes: Int32Array.of(0, 0, 1, 1) }
    expect(() => gaussianKl(flat, pairs)).toThrow(
      'gaussianKl: expected a covariance that can be inverted; choleskyFactor: expected a positive definite matrix, ' +
        'got pivot 0 in row 0',
    )
    expect(() => gaussianKl(theta, labels, { ridge: -1 })).toThrow('gaussianKl: expected ridge of at least 0, got -1')
  })
})
