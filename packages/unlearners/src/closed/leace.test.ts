import { matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { squaredDistance } from './closed-form.ts'
import { fitLeace, leace } from './leace.ts'
import { centroidAuc, classMeans, leakyTable } from '../testing/leaky-tables.ts'

function largestGap(embedding: Matrix, labels: Labels): number {
  const [first, ...others] = classMeans(embedding, labels)
  return Math.max(...others.flatMap((mean) => [...mean].map((value, k) => Math.abs(value - first![k]!))))
}

describe('leace', () => {
  test.each([
    { sizes: [60, 40], K: 8 },
    { sizes: [200, 90, 120, 40], K: 8 },
    { sizes: [40, 30, 50, 20, 60], K: 3 },
    { sizes: [12, 9], K: 40 },
  ])('makes every class mean equal: $sizes, K = $K', ({ sizes, K }) => {
    const { embedding, labels } = leakyTable(sizes, K, 2, 1, 7)
    const result = leace(embedding, labels)
    expect(largestGap(embedding, labels)).toBeGreaterThan(0.1)
    expect(largestGap(result.embedding, labels)).toBeLessThan(1e-5)
    expect(result.parameters['erased']).toBe(Math.min(sizes.length - 1, K))
  })

  test('a table of lower rank, with a constant and a repeated column, keeps both as they are', () => {
    const base = leakyTable([50, 30], 4, 2, 2)
    const embedding = matrix(80, 6)
    for (let i = 0; i < 80; i++) {
      for (let k = 0; k < 4; k++) embedding.data[i * 6 + k] = base.embedding.data[i * 4 + k]!
      embedding.data[i * 6 + 4] = 3
      embedding.data[i * 6 + 5] = 2 * base.embedding.data[i * 4]!
    }
    const { embedding: moved } = leace(embedding, base.labels)
    expect(largestGap(moved, base.labels)).toBeLessThan(1e-5)
    for (let i = 0; i < 80; i++) {
      expect(moved.data[i * 6 + 4]).toBeCloseTo(3, 5)
      expect(moved.data[i * 6 + 5]).toBeCloseTo(2 * moved.data[i * 6]!, 4)
    }
  })

  test('no affine map with equal class means moves users less: projected gradient from the identity ends at it', () => {
    const K = 3
    const { embedding, labels } = leakyTable([70, 50], K, 2, 3)
    const { embedding: closest } = leace(embedding, labels)
    // Minimise the mean of |(A - I)(x - mean)|^2 over A with A d = 0, d the difference of class means.
    const [first, second] = classMeans(embedding, labels)
    const gap = first!.map((value, k) => value - second![k]!)
    const square = gap.reduce((sum, value) => sum + value * value, 0)
    const mean = Array.from({ length: K }, (_, k) => (70 * first![k]! + 50 * second![k]!) / 120)
    const covariance = Array.from({ length: K * K }, (_, p) => {
      const [j, k] = [Math.floor(p / K), p % K]
      let sum = 0
      for (let i = 0; i < 120; i++)
        sum += ((embedding.data[i * K + j]! - mean[j]!) * (embedding.data[i * K + k]! - mean[k]!)) / 120
      return sum
    })
    let a = Array.from({ length: K * K }, (_, p): number => (p % (K + 1) === 0 ? 1 : 0))
    for (let step = 0; step < 20_000; step++) {
      const gradient = a.map((_, p) => {
        const [j, k] = [Math.floor(p / K), p % K]
        let sum = 0
        for (let l = 0; l < K; l++) sum += (a[j * K + l]! - (j === l ? 1 : 0)) * covariance[l * K + k]!
        return sum
      })
      a = a.map((value, p) => value - 0.5 * gradient[p]!)
      for (let j = 0; j < K; j++) {
        const along = gap.reduce((sum, value, k) => sum + a[j * K + k]! * value, 0) / square
        for (let k = 0; k < K; k++) a[j * K + k]! -= along * gap[k]!
      }
    }
    const solved = matrix(120, K)
    for (let i = 0; i < 120; i++) {
      for (let j = 0; j < K; j++) {
        let sum = mean[j]!
        for (let k = 0; k < K; k++) sum += a[j * K + k]! * (embedding.data[i * K + k]! - mean[k]!)
        solved.data[i * K + j] = sum
      }
    }
    expect(squaredDistance(solved, closest)).toBeLessThan(1e-6 * squaredDistance(embedding, closest))
  })

  test('the map is a projection, the same for everyone, and moves users whose label is hidden', () => {
    const { embedding, labels } = leakyTable([200, 150], 6, 1.5, 4, 40)
    const fitted = fitLeace(embedding, labels)
    const everyone = fitted.apply(embedding)
    expect(fitted.apply(embedding, labels).data.subarray(0, 240)).toEqual(embedding.data.subarray(0, 240))
    expect(fitted.apply(embedding, labels, { unlabelled: 'map' })).toEqual(everyone)
    const twice = fitted.apply(everyone)
    expect(squaredDistance(twice, everyone)).toBeLessThan(1e-10 * squaredDistance(everyone, embedding))
  })

  test.each([2, 3])(
    'classes of everyone, fitted from a sample, differ by (K - C + 1)(1/n + 1/n) on average: %d classes',
    (C) => {
      const [K, n, draws] = [6, 40, 150]
      const random = randomStream(6, 'population', C)
      const sizes = Array.from({ length: C }, () => n)
      let sum = 0
      for (let draw = 0; draw < draws; draw++) {
        const codes = Int32Array.from({ length: C * n }, (_, i) => i % C)
        // Unit covariance; class c has its mean at 2 along axis c.
        const embedding = matrix(
          C * n,
          K,
          Float32Array.from(
            { length: C * n * K },
            (_, p) => random.normal() + (p % K === codes[Math.floor(p / K)]! ? 2 : 0),
          ),
        )
        const { map } = fitLeace(embedding, { classes: sizes.map((_, c) => `${c}`), codes })
        if (map.kind !== 'shared') throw new Error('expected one map')
        const gap = [2, -2, 0, 0, 0, 0]
        for (let j = 0; j < K; j++) {
          const left = gap.reduce((total, value, k) => total + map.map.change[j * K + k]! * value, gap[j]!)
          sum += left * left
        }
      }
      expect(Math.abs(sum / draws / ((K - C + 1) * (2 / n)) - 1)).toBeLessThan(0.2)
    },
  )

  test('users whose label the fit never saw: a linear attacker who learns from some is at chance on the others', () => {
    const { embedding, labels } = leakyTable([3000, 2000], 12, 1.5, 5)
    const random = randomStream(5, 'hidden')
    const hidden = labels.codes.map((code) => (random.uniform() < 0.4 ? -1 : code))
    const fitted = fitLeace(embedding, { classes: labels.classes, codes: hidden })
    const rest: Labels = {
      classes: labels.classes,
      codes: labels.codes.map((code, i) => (hidden[i] === -1 ? code : -1)),
    }
    expect(centroidAuc({ embedding, labels: rest }, 1)).toBeGreaterThan(0.75)
    // What the error of the fitted means leaves: Phi(sqrt((K - 1)(1/1800 + 1/1200) / 2)) = 0.55 for
    // who knew it; learning it from samples costs most of that.
    expect(Math.abs(centroidAuc({ embedding: fitted.apply(embedding), labels: rest }, 2) - 0.5)).toBeLessThan(0.05)
  })
})
