import { csrFromPairs } from '@indistinct/core'
import { expect, test } from 'vitest'
import { hitRatioAtK, hitRatioPerUser, type HitRatioDefinition } from './hit-ratio.ts'
import { leaveOneOutCandidates, leaveOneOutHitRatio, leaveOneOutNdcg, leaveOneOutRanks } from './leave-one-out.ts'
import { ndcgAtK, ndcgPerUser } from './ndcg.ts'

const held = csrFromPairs(3, 6, Int32Array.from([0, 0, 2]), Int32Array.from([1, 4, 5]))
// User 0 hits at ranks 1 and 3; user 1 has no test items; user 2 was given a padded list without a hit.
const lists = Int32Array.from([1, 0, 4, 0, 1, 2, 3, -1, -1])

test('NDCG by hand', () => {
  expect([...ndcgPerUser(lists, held, 3)]).toEqual([(1 + 1 / 2) / (1 + 1 / Math.log2(3)), NaN, 0])
  expect(ndcgAtK(lists, held, 1)).toBe(0.5)
})

test.each<[HitRatioDefinition, number]>([
  ['any-hit', 1 / 2],
  ['hits/min(k,|T|)', 1 / 2],
  ['hits/k', 1 / 3],
])('hit ratio %s by hand', (definition, expected) => {
  expect(hitRatioAtK(lists, held, 3, definition)).toBeCloseTo(expected, 12)
})

test('k beyond the lists, unknown definitions and nobody to evaluate are errors', () => {
  expect(() => ndcgAtK(lists, held, 4)).toThrow('ndcgAtK: expected k from 1 to 3, got 4')
  expect(() => ndcgAtK(lists.subarray(1), held, 1)).toThrow('ndcgAtK: expected a multiple of 3 list entries, got 8')
  expect(() => hitRatioAtK(lists, held, 3, 'recall' as HitRatioDefinition)).toThrow('expected one of any-hit')
  const nobody = csrFromPairs(3, 6, new Int32Array(0), new Int32Array(0))
  expect(() => ndcgAtK(lists, nobody, 1)).toThrow('expected at least one user with test items, got 0')
})

test('leave-one-out candidates are distinct, unknown, and the same for the same seed', () => {
  const known = csrFromPairs(2, 20, Int32Array.from([0, 0, 0]), Int32Array.from([3, 4, 5]))
  const candidates = leaveOneOutCandidates(Int32Array.from([7, -1]), [known], { seed: 1, negatives: 16 })
  const first = candidates.subarray(0, 17)
  expect(first[0]).toBe(7)
  expect([...first].sort((a, b) => a - b)).toEqual([0, 1, 2, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
  expect([...candidates.subarray(17)]).toEqual(new Array(17).fill(-1))
  expect(leaveOneOutCandidates(Int32Array.from([7, -1]), [known], { seed: 1, negatives: 16 })).toEqual(candidates)
  expect(() => leaveOneOutCandidates(Int32Array.from([7, -1]), [known], { seed: 1, negatives: 17 })).toThrow('got 16')
})

test('leave-one-out ranks count ties as ranked above', () => {
  const candidates = Int32Array.from([1, 2, 3, 4, 5, 6, -1, -1, -1])
  const scores = Float32Array.from([0.5, 0.9, 0.1, 0.3, 0.3, 0.3, 0, 0, 0])
  const ranks = leaveOneOutRanks(scores, candidates, 3)
  expect([...ranks]).toEqual([1, 2, -1])
  expect(leaveOneOutHitRatio(ranks, 2)).toBe(0.5)
  expect(leaveOneOutNdcg(ranks, 2)).toBeCloseTo(1 / Math.log2(3) / 2, 12)
  expect(() => leaveOneOutRanks(scores, candidates.subarray(1), 3)).toThrow('leaveOneOutRanks')
})

test('the hit ratio of each user, NaN for one without test items', () => {
  expect([...hitRatioPerUser(lists, held, 3, 'hits/k')]).toEqual([2 / 3, NaN, 0])
})
