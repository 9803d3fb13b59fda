import { copyMatrix, matrix, type Labels, type Matrix } from '@indistinct/core'
import { classRows } from '@indistinct/losses'
import { describe, expect, test } from 'vitest'
import { classNormals } from './class-normals.ts'
import { squaredDistance } from './closed-form.ts'
import { covarianceBarycentre, fitGaussianTransport, gaussianTransport } from './gaussian-transport.ts'
import { leace } from './leace.ts'
import { leakyTable, spreadAuc } from '../testing/leaky-tables.ts'

/** A leaky table whose classes also differ in spread and in the correlation of the first two columns. */
function bentTable(sizes: readonly number[], K: number, seed: number): { embedding: Matrix; labels: Labels } {
  const { embedding, labels } = leakyTable(sizes, K, 1.5, seed)
  labels.codes.forEach((code, i) => {
    for (let k = 0; k < K; k++) embedding.data[i * K + k]! *= 1 + 0.6 * code
    if (K > 1) embedding.data[i * K]! += 0.8 * code * embedding.data[i * K + 1]!
  })
  return { embedding, labels }
}

const normalsOf = (embedding: Matrix, labels: Labels) => classNormals(embedding, classRows('test', embedding, labels))

describe('gaussianTransport', () => {
  test.each([
    { sizes: [80, 60], K: 5 },
    { sizes: [90, 60, 120, 70], K: 6 },
    { sizes: [300, 150], K: 40 },
  ])('means and covariances of classes are equal afterwards: $sizes, K = $K', ({ sizes, K }) => {
    const { embedding, labels } = bentTable(sizes, K, 1)
    const [first, ...others] = normalsOf(gaussianTransport(embedding, labels).embedding, labels)
    const scale = Math.max(...first!.covariance)
    for (const { mean, covariance } of others) {
      for (let k = 0; k < K; k++) expect(Math.abs(mean[k]! - first!.mean[k]!)).toBeLessThan(1e-5)
      for (let p = 0; p < K * K; p++)
        expect(Math.abs(covariance[p]! - first!.covariance[p]!)).toBeLessThan(1e-5 * scale)
    }
  })

  test('in one dimension it is the map between quantiles of normals', () => {
    const { embedding, labels } = bentTable([50, 30], 1, 2)
    const moved = gaussianTransport(embedding, labels).embedding
    const normals = normalsOf(embedding, labels).map(({ mean, covariance }) => ({
      mean: mean[0]!,
      deviation: Math.sqrt(covariance[0]!),
    }))
    const mean = (50 * normals[0]!.mean + 30 * normals[1]!.mean) / 80
    const deviation = (50 * normals[0]!.deviation + 30 * normals[1]!.deviation) / 80
    labels.codes.forEach((code, i) => {
      const own = normals[code]!
      expect(moved.data[i]).toBeCloseTo(mean + (deviation / own.deviation) * (embedding.data[i]! - own.mean), 5)
    })
  })

  test('covariances that commute have the barycentre of squared mean deviations', () => {
    const diagonal = (...values: number[]): Float64Array =>
      Float64Array.from({ length: 9 }, (_, p) => (p % 4 === 0 ? values[p / 4]! : 0))
    const { barycentre } = covarianceBarycentre(
      [diagonal(1, 4, 9), diagonal(4, 1, 1), diagonal(9, 9, 4)],
      [0.5, 0.3, 0.2],
      3,
    )
    const expected = [0.5 + 0.6 + 0.6, 1 + 0.3 + 0.6, 1.5 + 0.3 + 0.4].map((value) => value * value)
    for (let k = 0; k < 3; k++) expect(barycentre[k * 4]).toBeCloseTo(expected[k]!, 9)
  })

  test('two classes take one iteration and the one that confirms it', () => {
    const { embedding, labels } = bentTable([120, 90], 7, 3)
    expect(gaussianTransport(embedding, labels).parameters['iterations']).toBe(2)
  })

  test('maps of another shape to the same normal move users more', () => {
    const { embedding, labels } = bentTable([120, 90, 60], 4, 4)
    const best = gaussianTransport(embedding, labels).embedding
    const [{ mean, covariance }] = normalsOf(best, labels) as [ReturnType<typeof normalsOf>[number]]
    // Reflection of a class through its mean keeps mean and covariance.
    const turned = copyMatrix(best)
    for (const i of classRows('test', embedding, labels)[0]!)
      for (let k = 0; k < 4; k++) turned.data[i * 4 + k] = 2 * mean[k]! - turned.data[i * 4 + k]!
    normalsOf(turned, labels)[0]!.covariance.forEach((value, p) => expect(value).toBeCloseTo(covariance[p]!, 5))
    expect(squaredDistance(embedding, turned)).toBeGreaterThan(squaredDistance(embedding, best))
  })

  test('an attacker who compares spreads is at chance, whom LEACE leaves his answer', () => {
    const { embedding, labels } = bentTable([400, 300], 6, 5)
    const after = (moved: Matrix): number => spreadAuc({ embedding: moved, labels }, 2)
    expect(after(leace(embedding, labels).embedding)).toBeGreaterThan(0.65)
    expect(Math.abs(after(gaussianTransport(embedding, labels).embedding) - 0.5)).toBeLessThan(0.06)
  })

  test('a class of fewer users than dimensions: means match, nothing runs away, and the shrinkage is stated', () => {
    const { embedding, labels } = bentTable([60, 6], 12, 6)
    const fitted = fitGaussianTransport(embedding, labels)
    expect(fitted.unlearned.parameters['shrinkage']).toEqual([0, 1 - 5 / 24])
    const [first, second] = normalsOf(fitted.unlearned.embedding, labels)
    for (let k = 0; k < 12; k++) expect(second!.mean[k]).toBeCloseTo(first!.mean[k]!, 5)
    const strangers = leakyTable([10, 200], 12, 1.5, 7)
    const moved = fitted.apply(strangers.embedding, strangers.labels)
    expect(squaredDistance(moved, matrix(210, 12))).toBeLessThan(
      10 * squaredDistance(strangers.embedding, matrix(210, 12)),
    )
  })

  test('constant and repeated columns stay so', () => {
    const base = bentTable([50, 30], 2, 8)
    const embedding = matrix(
      80,
      4,
      Float32Array.from(
        { length: 320 },
        (_, p) =>
          [
            base.embedding.data[2 * (p >> 2)]!,
            base.embedding.data[2 * (p >> 2) + 1]!,
            5,
            base.embedding.data[2 * (p >> 2)]!,
          ][p % 4]!,
      ),
    )
    const { data } = gaussianTransport(embedding, base.labels).embedding
    for (let i = 0; i < 80; i++) {
      expect(data[i * 4 + 2]).toBeCloseTo(5, 5)
      expect(data[i * 4 + 3]).toBeCloseTo(data[i * 4]!, 4)
    }
  })
})
