import { randomStream } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import type { Scoring } from './auc-interval.ts'
import { lowRates } from './low-rate.ts'
import { rocCurve, truePositiveRateAt } from './roc.ts'

function scoring(positives: number, negatives: number, shift: number, seed: number): Scoring {
  const random = randomStream(seed, 'low-rate-test')
  const actual = Uint8Array.from({ length: positives + negatives }, (_, i) => (i < positives ? 1 : 0))
  return {
    users: Int32Array.from(actual.keys()),
    actual,
    scores: Float64Array.from(actual, (a) => Math.round(20 * (a * shift + random.normal())) / 20),
  }
}

describe('lowRates', () => {
  test('is the mean over scorings of what the ROC curve gives', () => {
    const scorings = [1, 2, 3].map((seed) => scoring(300, 400, 1.5, seed))
    const [one, five] = lowRates(scorings, [0.01, 0.05], { seed: 1 })
    for (const rate of [one!, five!]) {
      const expected = scorings.map(({ scores, actual }) =>
        truePositiveRateAt(rocCurve(scores, actual), rate.falsePositiveRate),
      )
      expect(rate).toMatchObject({
        resolved: true,
        value: expect.closeTo(
          expected.reduce((sum, value) => sum + value / 3, 0),
          12,
        ),
      })
      if (rate.resolved) expect(rate.lower <= rate.value && rate.value <= rate.upper).toBe(true)
    }
  })

  test('a rate below one user in all of them is not resolved', () => {
    expect(lowRates([scoring(50, 999, 1, 1)], [0.01, 0.001], { seed: 1 })[1]).toEqual({
      falsePositiveRate: 0.001,
      resolved: false,
      negatives: 999,
      needed: 1000,
    })
    expect(lowRates([scoring(50, 1000, 1, 1)], [0.001], { seed: 1 })[0]!.resolved).toBe(true)
    expect(lowRates([scoring(50, 99, 1, 1)], [0.01], { seed: 1 })[0]).toMatchObject({ resolved: false, needed: 100 })
  })

  test('intervals hold the truth in most samples', () => {
    // The 99 % quantile of the negatives is 2.326; of the positives, shifted by 1.5, 20.4 % lie above it.
    let held = 0
    for (let seed = 0; seed < 100; seed++) {
      const random = randomStream(seed, 'low-rate-coverage')
      const actual = Uint8Array.from({ length: 2000 }, (_, i) => i % 2)
      const rate = lowRates(
        [
          {
            users: Int32Array.from(actual.keys()),
            actual,
            scores: Float64Array.from(actual, (a) => 1.5 * a + random.normal()),
          },
        ],
        [0.01],
        { seed },
      )[0]!
      if (rate.resolved && rate.lower <= 0.204 && 0.204 <= rate.upper) held++
    }
    expect(held).toBeGreaterThan(85)
  })

  test('nobody found is not a certainty', () => {
    const none = {
      users: Int32Array.from({ length: 220 }, (_, i) => i),
      actual: Array.from({ length: 220 }, (_, i) => (i < 20 ? 1 : 0)),
      scores: Float64Array.from({ length: 220 }, (_, i) => i),
    }
    const rate = lowRates([none], [0.01], { seed: 1 })[0]!
    expect(rate).toMatchObject({ resolved: true, value: 0, lower: 0 })
    expect(rate.resolved && rate.upper).toBeCloseTo(1.96 ** 2 / (20 + 1.96 ** 2), 3)
  })
})
