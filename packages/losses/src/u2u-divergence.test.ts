import { matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { clusteredTable, gradientError } from './testing.ts'
import { u2u } from './u2u.ts'
import { u2uDivergence, type ProfileDivergence } from './u2u-divergence.ts'

/** The sum over ordered pairs as written in the paper. */
function naive(theta: Matrix, labels: Labels, profiles: Matrix, divergence: ProfileDivergence, clip = 1e-7): number {
  const C = profiles.cols
  const p = (i: number, c: number): number => profiles.data[i * C + c]!
  const over = (term: (c: number) => number): number =>
    Array.from({ length: C }, (_, c) => term(c)).reduce((a, b) => a + b, 0)
  const between = {
    'cross-entropy': (i: number, j: number) => -over((c) => p(i, c) * Math.log(Math.max(p(j, c), clip))),
    cosine: (i: number, j: number) =>
      1 - over((c) => p(i, c) * p(j, c)) / Math.sqrt(over((c) => p(i, c) ** 2) * over((c) => p(j, c) ** 2)),
  }[divergence]
  let sum = 0
  for (let i = 0; i < theta.rows; i++) {
    for (let j = 0; j < theta.rows; j++) {
      if (labels.codes[i] === -1 || labels.codes[j] === -1) continue
      let distance = 0
      for (let k = 0; k < theta.cols; k++)
        distance += (theta.data[i * theta.cols + k]! - theta.data[j * theta.cols + k]!) ** 2
      sum += distance * between(i, j)
    }
  }
  return sum
}

function softProfiles(rows: number, C: number, seed: number): Matrix {
  const random = randomStream(seed, 'profiles')
  const out = matrix(rows, C)
  for (let i = 0; i < rows; i++) {
    const weights = Array.from({ length: C }, () => Math.exp(2 * random.normal()))
    const total = weights.reduce((a, b) => a + b, 0)
    weights.forEach((weight, c) => (out.data[i * C + c] = weight / total))
  }
  return out
}

const divergences = ['cross-entropy', 'cosine'] as const

describe('u2uDivergence', () => {
  test.each(divergences.flatMap((divergence) => [2, 3, 5].map((C) => ({ divergence, C }))))(
    '$divergence of $C soft classes equals the sum over ordered pairs',
    ({ divergence, C }) => {
      const { theta, labels } = clusteredTable([7, 5, 4], 4, 3, 2)
      const profiles = softProfiles(theta.rows, C, 1)
      const loss = u2uDivergence(theta, labels, { divergence, profiles })
      expect(Math.abs(loss.value / naive(theta, labels, profiles, divergence) - 1)).toBeLessThan(1e-11)
      expect(gradientError(theta, loss.gradient, (t) => naive(t, labels, profiles, divergence))).toBeLessThan(1e-6)
      expect(loss.gradient.data.subarray(0, 8).every((value) => value === 0)).toBe(true)
    },
  )

  test.each(divergences)('%s of one-hot labels is u2u, up to a factor', (divergence) => {
    const { theta, labels } = clusteredTable([6, 4, 3], 3, 4, 1)
    const factor = divergence === 'cosine' ? 1 : -Math.log(1e-7)
    const plain = u2u(theta, labels)
    const loss = u2uDivergence(theta, labels, { divergence })
    expect(loss.value / (factor * plain.value)).toBeCloseTo(1, 12)
    const largest = Math.max(...plain.gradient.data.map(Math.abs))
    loss.gradient.data.forEach((value, p) =>
      expect(Math.abs(value / factor - plain.gradient.data[p]!) / largest).toBeLessThan(1e-6),
    )
  })

  test('equal profiles: nothing to draw together by cosine, everything by cross-entropy', () => {
    const { theta, labels } = clusteredTable([8, 8], 3, 5)
    const profiles = matrix(16, 2, new Float32Array(32).fill(0.5))
    const total = u2uDivergence(theta, labels, { divergence: 'cross-entropy', profiles }).value
    expect(Math.abs(u2uDivergence(theta, labels, { profiles }).value)).toBeLessThan(1e-12 * total)
    // Every user has the profile of every other: the unweighted sum over pairs, times the entropy.
    const { value } = u2u(theta, {
      classes: [...labels.codes.keys()].map(String),
      codes: labels.codes.map((_, i) => i),
    })
    expect(total / (Math.LN2 * value)).toBeCloseTo(1, 6)
  })

  test('keeps its digits when all users share a large offset', () => {
    const { theta, labels } = clusteredTable([30, 20], 2, 5)
    for (let p = 0; p < theta.data.length; p++) theta.data[p]! += 4096
    const profiles = softProfiles(50, 2, 2)
    expect(
      Math.abs(u2uDivergence(theta, labels, { profiles }).value / naive(theta, labels, profiles, 'cosine') - 1),
    ).toBeLessThan(1e-10)
  })

  test('refuses profiles that do not fit', () => {
    const { theta, labels } = clusteredTable([2, 2], 3, 6)
    const given = (data: number[], rows = 4) =>
      u2uDivergence(theta, labels, { profiles: matrix(rows, data.length / rows, Float32Array.from(data)) })
    expect(() => given([1, 1, 1], 3)).toThrow('u2uDivergence: expected a profile for each of the 4 rows, got (3, 1)')
    expect(() => given([1, 1, -1, 1])).toThrow('u2uDivergence: expected profiles of at least 0, got -1 in row 2')
    expect(() => given([1, 0, 1, 1])).toThrow('u2uDivergence: expected profiles with a cosine, got zeros in row 1')
    expect(() => u2uDivergence(theta, labels, { clip: 0 })).toThrow(
      'u2uDivergence: expected clip between 0 and 1, got 0',
    )
  })
})
