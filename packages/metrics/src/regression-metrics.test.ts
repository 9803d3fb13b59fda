import { readFileSync } from 'node:fs'
import { randomStream, shuffle } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { auc } from './auc.ts'
import { placements } from './auc-interval.ts'
import { concordance, concordancePlacements } from './concordance.ts'
import { rSquared, spearman } from './regression-metrics.ts'
import { repeatedSplitConcordance, type SplitScoring } from './repeated-split.ts'

interface Golden {
  name: string
  predicted: number[]
  actual: number[]
  rSquared: number
  spearman: number
  concordance: number
}
const { cases } = JSON.parse(readFileSync(new URL('./goldens/regression.json', import.meta.url), 'utf8')) as {
  cases: Golden[]
}

test.each(cases)('as scikit-learn and scipy: $name', ({ predicted, actual, ...wanted }) => {
  expect(rSquared(predicted, actual)).toBeCloseTo(wanted.rSquared, 12)
  expect(spearman(predicted, actual)).toBeCloseTo(wanted.spearman, 12)
  expect(concordance(predicted, actual)).toBeCloseTo(wanted.concordance, 12)
})

describe('concordance', () => {
  const random = randomStream(3, 'concordance-test')
  const users = Int32Array.from({ length: 60 }, (_, i) => i)
  const scores = Array.from(users, () => Math.round(10 * random.normal()) / 10)

  test('of two values it is the AUC, and so is its variance', () => {
    const actual = Array.from(users, (i) => (i < 23 ? 1 : 0))
    expect(concordance(scores, actual)).toBeCloseTo(auc(scores, actual), 12)
    const [got, wanted] = [concordancePlacements({ scores, actual }), placements({ users, scores, actual })]
    const variance = ({ contributions }: typeof got): number => contributions.reduce((total, x) => total + x * x, 0)
    expect([got.value, got.smallerClass]).toEqual([expect.closeTo(wanted.value, 12), wanted.smallerClass])
    expect(variance(got) / variance(wanted)).toBeGreaterThan(0.94)
    expect(variance(got) / variance(wanted)).toBeLessThan(1)
  })

  test('is one half on average over values dealt out at random, with ties on both sides', () => {
    const values = Int32Array.from(users, (i) => Math.floor(i / 7))
    const draws = Array.from({ length: 400 }, () => concordance(scores, shuffle(values, random)))
    const mean = draws.reduce((total, x) => total + x / draws.length, 0)
    const deviation = Math.sqrt(draws.reduce((total, x) => total + (x - mean) ** 2 / draws.length, 0))
    expect(Math.abs(mean - 0.5)).toBeLessThan((4 * deviation) / 20)
  })

  test('refuses what has no order', () => {
    expect(() => concordance([1, 2], [3, 3])).toThrow('concordance: expected values that differ')
    expect(() => concordance([1], [3, 4])).toThrow('expected 2 predictions, got 1')
    expect(() => concordance([NaN, 2], [3, 4])).toThrow('NaN')
    expect(() => rSquared([1, 2], [3, 3])).toThrow('rSquared: expected values that differ')
  })
})

/**
 * Slope of the known users' values on each column, n users in K columns of which each carries `signal` of the value.
 */
function sample(n: number, K: number, signal: number, seed: number, crossValidated: boolean): SplitScoring[] {
  const random = randomStream(seed, 'concordance-sample')
  const y = Float64Array.from({ length: n }, () => Math.round(12 * random.normal()))
  const x = Float64Array.from(
    { length: n * K },
    (_, p) => random.normal() + (signal * y[Math.floor(p / K)]!) / 12 / Math.sqrt(K),
  )
  const split = (shadow: Int32Array, scored: Int32Array): SplitScoring => {
    const mean = shadow.reduce((total, i) => total + y[i]! / shadow.length, 0)
    const slope = Float64Array.from({ length: K }, (_, k) =>
      shadow.reduce((total, i) => total + (y[i]! - mean) * x[i * K + k]!, 0),
    )
    return {
      shadow,
      users: scored,
      scores: Array.from(scored, (i) => slope.reduce((total, s, k) => total + s * x[i * K + k]!, 0)),
      actual: Array.from(scored, (i) => y[i]!),
    }
  }
  const fifth = n / 5
  return Array.from({ length: crossValidated ? 2 : 10 }, () => {
    const order = shuffle(
      Int32Array.from({ length: n }, (_, i) => i),
      random,
    )
    if (!crossValidated) return [split(order.slice(0, n / 10), order.slice(n / 10))]
    return [0, 1, 2, 3, 4].map((fold) =>
      split(
        order.filter((_, at) => Math.floor(at / fifth) !== fold),
        order.slice(fold * fifth, (fold + 1) * fifth),
      ),
    )
  }).flat()
}

describe.each([{ crossValidated: false }, { crossValidated: true }])(
  'intervals, crossValidated $crossValidated',
  ({ crossValidated }) => {
    test.each([0, 0.4, 1])('hold the mean over samples in about 95 % of them: signal %d', (signal) => {
      const samples = 200
      const results = Array.from({ length: samples }, (_, seed) =>
        repeatedSplitConcordance(sample(200, 6, signal, seed, crossValidated), { crossValidated }),
      )
      const truth = signal === 0 ? 0.5 : results.reduce((total, { auc: value }) => total + value / samples, 0)
      const covered = results.filter(({ lower, upper }) => lower <= truth && truth <= upper).length / samples
      expect(covered).toBeGreaterThan(0.89)
    })
  },
)
