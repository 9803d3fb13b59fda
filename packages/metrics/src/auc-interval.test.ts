import { randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { lowRates } from './low-rate.ts'
import { repeatedSplitAuc, repeatedSplitConcordance } from './repeated-split.ts'
import { aucInterval, foldedInterval, logitInterval, meanAucInterval } from './auc-interval.ts'

/** Scores of n users of each class, class 1 shifted by `shift` standard deviations: AUC = Phi(shift / sqrt 2). */
function sample(n: number, shift: number, seed: number): { scores: Float64Array; actual: Uint8Array } {
  const random = randomStream(seed, 'auc-interval-test')
  const actual = Uint8Array.from({ length: 2 * n }, (_, i) => i % 2)
  return { actual, scores: Float64Array.from(actual, (a) => a * shift + random.normal()) }
}

test.each([
  { shift: 0, truth: 0.5 },
  { shift: 0.7, truth: 0.689717 },
  { shift: 2, truth: 0.92135 },
])('95 % intervals hold the truth in about 95 % of samples: AUC $truth', ({ shift, truth }) => {
  let covered = 0
  for (let seed = 0; seed < 600; seed++) {
    const { scores, actual } = sample(40, shift, seed)
    const { lower, upper } = aucInterval(scores, actual)
    if (lower <= truth && truth <= upper) covered++
  }
  // 600 draws at 0.95 have a standard error of 0.009.
  expect(covered / 600).toBeGreaterThan(0.92)
  expect(covered / 600).toBeLessThan(0.985)
})

test('scoring the same users the same way twice tells nothing new', () => {
  const { scores, actual } = sample(30, 0.5, 1)
  const users = Int32Array.from(scores, (_, i) => i)
  const once = meanAucInterval([{ users, scores, actual }])
  const twice = meanAucInterval([
    { users, scores, actual },
    { users, scores, actual },
  ])
  expect(twice.standardError).toBeCloseTo(once.standardError, 12)
  const otherUsers = users.map((user) => user + 1000)
  const independent = meanAucInterval([
    { users, scores, actual },
    { users: otherUsers, scores, actual },
  ])
  expect(independent.standardError).toBeCloseTo(once.standardError / Math.SQRT2, 12)
})

test('perfect separation has an interval that shrinks with the sample', () => {
  const { lower, upper } = aucInterval([1, 2, 3, 4], [0, 0, 1, 1])
  expect(upper).toBe(1)
  expect(lower).toBeCloseTo(Math.sqrt(0.025), 12)
  expect(aucInterval([4, 3, 2, 1], [0, 0, 1, 1])).toMatchObject({ lower: 0, upper: 1 - lower })
})

test.each([4, 10, 49, 100])('sums of %i parts leave a perfect separation where it is', (n) => {
  const actual = Array.from({ length: 2 * n }, (_, i) => (i < n ? 0 : 1))
  const users = Int32Array.from(actual.keys())
  const perfect = { auc: 1, lower: Math.pow(0.025, 1 / n), upper: 1 }
  const scores = [...actual.keys()]
  expect(aucInterval(scores, actual)).toMatchObject(perfect)
  for (const count of [1, 5, 10, 20]) {
    const splits = Array.from({ length: count }, () => ({ users, scores, actual, shadow: [-1, -2] }))
    expect(repeatedSplitAuc(splits, { crossValidated: false })).toMatchObject(perfect)
    expect(repeatedSplitConcordance(splits, { crossValidated: true })).toMatchObject({ auc: 1, upper: 1 })
    const [rate] = lowRates(splits, [0.25], { seed: 1, resamples: 20 })
    expect(rate).toMatchObject({ value: 1, lower: 1, upper: 1 })
  }
})

test('the folds of a repeat bound a perfect separation together, and further repeats of them do not', () => {
  const folds = Array.from({ length: 5 }, (_, fold) => {
    const users = Int32Array.from({ length: 8 }, (_, i) => 8 * fold + i)
    const actual = users.map((user) => user % 2)
    return { users, scores: Float64Array.from(actual), actual, shadow: [-1, -2] }
  })
  const bounds = [1, 5].map((count) => {
    const splits = folds.slice(0, count)
    return repeatedSplitAuc([...splits, ...splits], { crossValidated: true }).lower
  })
  expect(bounds).toEqual([Math.pow(0.025, 1 / 4), Math.pow(0.025, 1 / 20)])
})

test('folded intervals start at 0.5 where the plain one holds it', () => {
  expect(foldedInterval({ lower: 0.45, upper: 0.52 })).toEqual({ lower: 0.5, upper: 0.55 })
  expect(foldedInterval({ lower: 0.2, upper: 0.4 })).toEqual({ lower: 0.6, upper: 0.8 })
  expect(foldedInterval({ lower: 0.6, upper: 0.7 })).toEqual({ lower: 0.6, upper: 0.7 })
})

test('an interval on the logit scale stays within 0 and 1, and is bounded by the pairs at either end', () => {
  const { lower, upper } = logitInterval(0.95, 0.05, 100)
  expect(Math.log(upper / (1 - upper)) + Math.log(lower / (1 - lower))).toBeCloseTo(2 * Math.log(19), 12)
  expect(upper).toBeLessThan(1)
  expect(logitInterval(1, 0, 10)).toEqual({ lower: Math.pow(0.025, 0.1), upper: 1 })
  expect(logitInterval(0, 0, 10)).toEqual({ lower: 0, upper: 1 - Math.pow(0.025, 0.1) })
})
