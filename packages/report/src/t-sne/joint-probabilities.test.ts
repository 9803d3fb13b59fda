import { matrix, randomStream } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { jointProbabilities, type JointProbabilities } from './joint-probabilities.ts'

const random = randomStream(6, 'joint-probabilities')
const table = matrix(
  120,
  6,
  Float32Array.from({ length: 720 }, () => random.normal()),
)

function dense({ starts, indices, values }: JointProbabilities): number[][] {
  const n = starts.length - 1
  const out = Array.from({ length: n }, () => new Array<number>(n).fill(0))
  for (let i = 0; i < n; i++)
    for (let entry = starts[i]!; entry < starts[i + 1]!; entry++) out[i]![indices[entry]!]! += values[entry]!
  return out
}

describe('jointProbabilities', () => {
  test('is symmetric, has no diagonal and sums to one', () => {
    const p = dense(jointProbabilities(table, 10))
    p.forEach((row, i) => row.forEach((value, j) => expect(value).toBe(p[j]![i])))
    expect(p.every((row, i) => row[i] === 0)).toBe(true)
    expect(p.flat().reduce((a, b) => a + b)).toBeCloseTo(1, 12)
    // Every row spreads 1 / 2N itself.
    for (const row of p) expect(row.reduce((a, b) => a + b)).toBeGreaterThan(0.999999 / 240)
  })

  test('does not depend on the scale of the table', () => {
    const small = dense(
      jointProbabilities(
        matrix(
          120,
          6,
          table.data.map((value) => value * 2 ** -30),
        ),
        10,
      ),
    )
    const one = dense(jointProbabilities(table, 10))
    small.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(one[i]![j]!, 12)))
  })

  test('equal rows, and an outlier, have finite weights', () => {
    const equal = jointProbabilities(matrix(50, 4), 8)
    expect(equal.values.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
    const far = matrix(50, 4)
    far.data[0] = 1e18
    for (let i = 1; i < 50; i++) far.data[i * 4 + 1] = i
    const outlier = jointProbabilities(far, 8)
    expect(outlier.values.every(Number.isFinite)).toBe(true)
    expect(outlier.values.reduce((a, b) => a + b)).toBeCloseTo(1, 9)
  })

  test.each([0.5, 120, NaN])('refuses a perplexity of %d for 120 rows', (perplexity) => {
    expect(() => jointProbabilities(table, perplexity)).toThrow(
      `jointProbabilities: expected a perplexity from 1 to 119 for 120 rows, got ${perplexity}`,
    )
  })
})
