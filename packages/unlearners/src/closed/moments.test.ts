import { matrix, randomStream } from '@indistinct/core'
import { symmetricEigen } from '@indistinct/kernels'
import { classRows } from '@indistinct/losses'
import { describe, expect, test } from 'vitest'
import { calibrateMoments } from '../flow/calibrate/calibrate-moments.ts'
import { momentRatios } from '../flow/calibrate/class-moments.ts'
import { holdMoments } from '../flow/calibrate/hold-moments.ts'
import { spectralFunction } from '../linear-algebra/spectral-function.ts'
import { leakyTable } from '../testing/leaky-tables.ts'

describe('symmetricEigen', () => {
  test.each([1, 2, 7, 40])('n = %d: orthonormal, ordered, and the matrix comes back', (n) => {
    const random = randomStream(1, 'eigen', n)
    const a = new Float64Array(n * n)
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = random.normal()
    const eigen = symmetricEigen(a, n)
    const back = spectralFunction(eigen, (value) => value)
    const unit = spectralFunction(eigen, () => 1)
    for (let i = 0; i < n; i++) {
      if (i > 0) expect(eigen.values[i]).toBeLessThanOrEqual(eigen.values[i - 1]!)
      for (let j = 0; j < n; j++) {
        expect(Math.abs(back[i * n + j]! - a[i * n + j]!)).toBeLessThan(1e-12 * n)
        expect(Math.abs(unit[i * n + j]! - (i === j ? 1 : 0))).toBeLessThan(1e-12 * n)
      }
    }
  })

  test('a diagonal and a zero matrix', () => {
    expect([...symmetricEigen(Float64Array.of(1, 0, 0, 3), 2).values]).toEqual([3, 1])
    expect([...symmetricEigen(new Float64Array(4), 2).values]).toEqual([0, 0])
  })
})

describe('momentRatios', () => {
  test('are 1 in the mean under random labels', () => {
    const draws = Array.from({ length: 60 }, (_, seed) => {
      const { embedding, labels } = leakyTable([60, 40], 6, 0, seed)
      return momentRatios(embedding, classRows('test', embedding, labels))
    })
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length
    // Standard errors: sqrt(2 / 6 / 60) = 0.075 and below.
    expect(Math.abs(mean(draws.map((draw) => draw.mean.ratio)) - 1)).toBeLessThan(0.2)
    expect(Math.abs(mean(draws.map((draw) => draw.covariance!.ratio)) - 1)).toBeLessThan(0.2)
  })

  test('leave covariances out where the smallest class is too small for them', () => {
    const { embedding, labels } = leakyTable([60, 7], 4, 1, 1)
    expect(momentRatios(embedding, classRows('test', embedding, labels))).toEqual({
      mean: { ratio: expect.any(Number) as number, terms: 4 },
    })
  })
})

describe('calibrateMoments', () => {
  test.each([
    [[120, 80], 6, 1],
    [[200, 60, 90], 5, 1],
    [[100, 100], 8, 0.5],
    [[30, 500], 12, 1],
  ] as const)('sizes %j, K = %d: T^2 at %d times its null, covariances not above', (sizes, K, level) => {
    const { embedding, labels } = leakyTable(sizes, K, 2, 3)
    const classes = classRows('test', embedding, labels)
    const after = momentRatios(calibrateMoments(embedding, classes, level), classes)
    expect(momentRatios(embedding, classes).mean.ratio).toBeGreaterThan(3)
    expect(after.mean.ratio / level).toBeCloseTo(1, 1)
    expect(after.covariance!.ratio).toBeLessThan(
      1.1 * Math.max(level, momentRatios(embedding, classes).covariance!.ratio),
    )
    expect(after.covariance!.ratio).toBeLessThan(1.1)
  })

  test('covariances that differ come down to their null', () => {
    const { embedding, labels } = leakyTable([200, 120], 6, 0, 5)
    for (let p = 0; p < embedding.data.length; p++)
      if (labels.codes[Math.floor(p / 6)] === 1) embedding.data[p]! *= p % 6 === 2 ? 2.5 : 1
    const classes = classRows('test', embedding, labels)
    expect(momentRatios(embedding, classes).covariance!.ratio).toBeGreaterThan(2)
    expect(Math.abs(momentRatios(calibrateMoments(embedding, classes, 1), classes).covariance!.ratio - 1)).toBeLessThan(
      0.15,
    )
  })

  test('differences that chance explains stay', () => {
    const { embedding, labels } = leakyTable([120, 80], 6, 1, 6)
    const after = calibrateMoments(embedding, classRows('test', embedding, labels), 100)
    const largest = Math.max(...embedding.data.map(Math.abs))
    embedding.data.forEach((value, p) => expect(Math.abs(after.data[p]! - value) / largest).toBeLessThan(1e-6))
  })

  test('a column that gives the class away without any spread is closed', () => {
    const { embedding, labels } = leakyTable([40, 40], 3, 0, 4)
    for (let i = 0; i < 80; i++) embedding.data[i * 3 + 2] = labels.codes[i]!
    const after = calibrateMoments(embedding, classRows('test', embedding, labels), 1)
    for (let i = 0; i < 80; i++) expect(Math.abs(after.data[i * 3 + 2]! - 0.5)).toBeLessThan(1e-5)
  })
})

describe('holdMoments', () => {
  test('what is left moves neither class means nor covariances', () => {
    const { embedding, labels } = leakyTable([90, 60], 4, 1, 5)
    const classes = classRows('test', embedding, labels)
    const random = randomStream(5, 'direction')
    // A direction with plenty of both: a shift, a stretch, and noise.
    const direction = matrix(
      150,
      4,
      embedding.data.map((x) => 0.3 + 0.5 * x + 0.2 * random.normal()),
    )
    holdMoments(direction, embedding, classes)
    expect(Math.max(...direction.data.map(Math.abs))).toBeGreaterThan(0.1)
    for (const members of classes) {
      for (let k = 0; k < 4; k++) {
        const mean = members.reduce((sum, i) => sum + direction.data[i * 4 + k]!, 0) / members.length
        expect(Math.abs(mean)).toBeLessThan(1e-6)
        for (let l = 0; l < 4; l++) {
          const cross =
            members.reduce((sum, i) => sum + direction.data[i * 4 + k]! * embedding.data[i * 4 + l]!, 0) /
            members.length
          expect(Math.abs(cross)).toBeLessThan(1e-6)
        }
      }
    }
  })
})
