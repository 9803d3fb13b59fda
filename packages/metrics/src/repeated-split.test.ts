import { readFileSync } from 'node:fs'
import { randomStream, shuffle } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { meanAucInterval } from './auc-interval.ts'
import { repeatedSplitAuc, type SplitScoring } from './repeated-split.ts'

interface Golden {
  name: string
  crossValidated: boolean
  labels: number[]
  splits: { shadow: number[]; users: number[]; scores: number[] }[]
  auc: number
  standardError: number
  agreement: number
  lower: number
  upper: number
}
const { cases } = JSON.parse(readFileSync(new URL('./goldens/repeated-split.json', import.meta.url), 'utf8')) as {
  cases: Golden[]
}

test.each(cases)('agrees with dense matrices in numpy: $name', ({ crossValidated, labels, splits, ...wanted }) => {
  const got = repeatedSplitAuc(
    splits.map((split) => ({ ...split, actual: split.users.map((user) => labels[user]!) })),
    { crossValidated },
  )
  for (const figure of ['auc', 'standardError', 'agreement', 'lower', 'upper'] as const)
    expect(got[figure], figure).toBeCloseTo(wanted[figure], 10)
})

/**
 * n users of each class in K dimensions, class 1 shifted in all of them so that the best AUC is Phi(shift / sqrt 2).
 */
function users(n: number, K: number, shift: number, seed: number): { x: Float64Array; y: Uint8Array } {
  const random = randomStream(seed, 'repeated-split-test')
  const y = Uint8Array.from({ length: 2 * n }, (_, i) => i % 2)
  return {
    y,
    x: Float64Array.from(
      { length: 2 * n * K },
      (_, p) => random.normal() + (y[Math.floor(p / K)]! * shift) / Math.sqrt(K),
    ),
  }
}

/** The attacker that scores by the difference of the known users' means. */
function split(x: Float64Array, y: Uint8Array, K: number, shadow: Int32Array, scored: Int32Array): SplitScoring {
  const direction = new Float64Array(K)
  for (const i of shadow) for (let k = 0; k < K; k++) direction[k]! += (2 * y[i]! - 1) * x[i * K + k]!
  const scores = Float64Array.from(scored, (i) => direction.reduce((sum, d, k) => sum + d * x[i * K + k]!, 0))
  return { shadow, users: scored, scores, actual: Array.from(scored, (i) => y[i]!) }
}

function splits(n: number, K: number, shift: number, seed: number, crossValidated: boolean): SplitScoring[] {
  const { x, y } = users(n, K, shift, seed)
  const random = randomStream(seed, 'repeated-split-draws')
  return Array.from({ length: crossValidated ? 2 : 10 }, () => {
    const order = [0, 1].map((c) =>
      shuffle(
        Int32Array.from({ length: n }, (_, i) => 2 * i + c),
        random,
      ),
    )
    const part = (from: number, to: number): Int32Array =>
      Int32Array.from(order.flatMap((rows) => [...rows.subarray(from, to)]))
    const rest = (from: number, to: number): Int32Array =>
      Int32Array.from(order.flatMap((rows) => [...rows].filter((_, i) => i < from || i >= to)))
    if (!crossValidated) return [split(x, y, K, part(0, n / 10), part(n / 10, n))]
    return Array.from({ length: 5 }, (_, fold) =>
      split(x, y, K, rest((fold * n) / 5, ((fold + 1) * n) / 5), part((fold * n) / 5, ((fold + 1) * n) / 5)),
    )
  }).flat()
}

describe.each([{ crossValidated: false }, { crossValidated: true }])(
  'crossValidated $crossValidated',
  ({ crossValidated }) => {
    test.each([0, 0.6, 1.5])('intervals hold the mean over samples in about 95 % of them: shift %d', (shift) => {
      const samples = 250
      const results = Array.from({ length: samples }, (_, seed) =>
        repeatedSplitAuc(splits(100, 6, shift, seed, crossValidated), { crossValidated }),
      )
      const truth = shift === 0 ? 0.5 : results.reduce((sum, { auc }) => sum + auc / samples, 0)
      const covered = results.filter(({ lower, upper }) => lower <= truth && truth <= upper).length / samples
      const spread = Math.sqrt(results.reduce((sum, { auc }) => sum + (auc - truth) ** 2 / samples, 0))
      const stated = Math.sqrt(results.reduce((sum, { standardError }) => sum + standardError ** 2 / samples, 0))
      // 250 draws at 0.95 have a standard error of 0.014, the ratio of deviations one of 0.045.
      expect(covered).toBeGreaterThan(0.89)
      expect(stated / spread).toBeGreaterThan(0.85)
      // Of a linear attacker, whose errors take back some of each other, folds are overestimated: see the file.
      expect(stated / spread).toBeLessThan(1.4)
    })
  },
)

test('fits agree where much leaks, and on nothing where nothing does', () => {
  const agreement = (shift: number): number => {
    const all = Array.from(
      { length: 20 },
      (_, seed) => repeatedSplitAuc(splits(100, 6, shift, seed, false), { crossValidated: false }).agreement,
    )
    return all.reduce((sum, value) => sum + value / 20, 0)
  }
  expect(agreement(0)).toBeLessThan(0.15)
  expect(agreement(4)).toBeGreaterThan(0.8)
})

test('more standard errors are wider, and the value is the mean over splits', () => {
  const all = splits(50, 4, 1, 1, false)
  const [usual, wide] = [undefined, 3].map((critical) =>
    repeatedSplitAuc(all, { crossValidated: false, ...(critical && { critical }) }),
  )
  expect(usual!.auc).toBeCloseTo(meanAucInterval(all).auc, 12)
  expect(wide!.lower).toBeLessThan(usual!.lower)
  expect(wide!.upper).toBeGreaterThan(usual!.upper)
  expect(usual!.standardError).toBeGreaterThanOrEqual(meanAucInterval(all).standardError)
})

test('one split is an interval of its one fit; folds without a repeat are taken to disagree', () => {
  const one = splits(50, 4, 1, 1, false).slice(0, 1)
  expect(repeatedSplitAuc(one, { crossValidated: false }).standardError).toBeCloseTo(
    meanAucInterval(one).standardError,
    12,
  )
  const folds = splits(50, 4, 1, 1, true).slice(0, 5)
  expect(repeatedSplitAuc(folds, { crossValidated: true }).agreement).toBe(0)
  expect(repeatedSplitAuc(folds, { crossValidated: true }).standardError).toBeGreaterThan(
    meanAucInterval(folds).standardError,
  )
  expect(() => repeatedSplitAuc([], { crossValidated: true })).toThrow('at least one split')
})
