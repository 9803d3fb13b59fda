/** @file What would give a number that means nothing, or none for ever: refused in words. */

import { csrFromPairs, matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import {
  accuracy,
  auc,
  bootstrapMean,
  leaveOneOutCandidates,
  lowRates,
  meanAucInterval,
  ndcgAtK,
  neighbourOverlap,
  permutationTest,
  quantile,
  rSquared,
  rocCurve,
  spearman,
  studentCritical,
  truePositiveRateAt,
  wilcoxonSignedRank,
} from './index.ts'

const scores = [0.9, 0.8, 0.35, 0.6]
const actual = [1, 1, 0, 0]
const scoring = {
  users: Int32Array.of(0, 1, 2, 3),
  probabilities: matrix(4, 2, Float32Array.of(1, 0, 0.9, 0.1, 0.2, 0.8, 0.1, 0.9)),
  codes: Int32Array.of(0, 0, 1, 1),
}
const held = csrFromPairs(1, 6, Int32Array.of(0, 0), Int32Array.of(2, 4))
const table = matrix(
  4,
  2,
  Float32Array.from({ length: 8 }, (_, p) => Math.cos(p)),
)
/** As programs without types may hand it over. */
const untyped = <T>(value: unknown): T => value as T

test('a list that names a hit twice, or an item that is not there, has no NDCG', () => {
  expect(() => ndcgAtK(Int32Array.of(4, 4, 1), held, 3)).toThrow('expected an item once in a list, got 4 again')
  expect(() => ndcgAtK(Int32Array.of(4, 6, 1), held, 3)).toThrow('expected items from 0 to 5, or -1, got 6 for user 0')
  expect(ndcgAtK(Int32Array.of(4, -1, -1), held, 3)).toBeLessThan(1)
})

test('differences that are not finite end in words', () => {
  for (const wrong of [NaN, Infinity])
    expect(() => wilcoxonSignedRank([1, wrong, 2])).toThrow(`expected finite differences, got ${wrong}`)
})

test('values that are no numbers are not taken for numbers', () => {
  for (const wrong of [undefined, null, '0.9']) {
    expect(() => auc(untyped([wrong, 0.8, 0.35, 0.6]), actual)).toThrow(`expected numbers, got ${wrong} at 0`)
    expect(() => rocCurve(untyped([wrong, 0.8, 0.35, 0.6]), actual)).toThrow(`expected numbers, got ${wrong} at 0`)
    expect(() => spearman(untyped([wrong, 0.8, 0.35, 0.6]), scores)).toThrow(`expected numbers, got ${wrong} at 0`)
  }
  expect(() => accuracy([0.9, 0.1], [1, 0])).toThrow('expected codes, got actual 1, predicted 0.9 at 0')
  expect(() => accuracy(untyped(['1', '0']), [1, 0])).toThrow('expected codes')
  expect(() => rSquared([NaN, 2, 3], [1, 2, 3])).toThrow('expected finite numbers')
})

test('shares and counts outside of their range', () => {
  expect(() => quantile([], 0.5)).toThrow('got 0 values')
  expect(() => quantile([1, 2], 95)).toThrow('q from 0 to 1')
  expect(() => truePositiveRateAt(rocCurve(scores, actual), 50)).toThrow('a rate from 0 to 1, got 50')
  expect(() => lowRates([{ users: [0, 1, 2, 3], scores, actual }], [1.5], { seed: 1 })).toThrow('got 1.5')
  for (const [p, degrees] of [
    [5, 3],
    [0.05, 0],
    [NaN, 3],
  ] as const)
    expect(() => studentCritical(p, degrees)).toThrow('studentCritical: expected p between 0 and 1')
  for (const permutations of [0, -5, 9.5])
    expect(() => permutationTest([scoring], [1], { seed: 1, permutations })).toThrow(
      'permutations as a positive integer',
    )
  expect(() => permutationTest([scoring], [], { seed: 1 })).toThrow('expected classes to test')
  expect(() => permutationTest([scoring], [5], { seed: 1 })).toThrow('expected classes below 2')
  expect(() => bootstrapMean([1, 2], { seed: 1, resamples: -1 })).toThrow('resamples as a positive integer')
})

describe('misspelt options', () => {
  const calls: Readonly<Record<string, (options: never) => unknown>> = {
    permutationTest: (options) => permutationTest([scoring], [1], options),
    bootstrapMean: (options) => bootstrapMean([1, 2], options),
    lowRates: (options) => lowRates([], [0.1], options),
    leaveOneOutCandidates: (options) => leaveOneOutCandidates(Int32Array.of(1), [held], options),
    meanAucInterval: (options) => meanAucInterval([{ users: [0, 1, 2, 3], scores, actual }], options),
    neighbourOverlap: (options) => neighbourOverlap(table, table, options),
  }
  test.each(Object.entries(calls))('%s', (name, call) => {
    expect(() => call(untyped({ seed: 1, sed: 1 }))).toThrow(`${name}: expected options among`)
  })
})
