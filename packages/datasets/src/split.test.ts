import { csrHas, randomStream } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import type { Dataset } from './dataset.ts'
import { datasetOfPairs } from './testing.ts'
import { interactionMatrix, splitLeaveOneOut, splitRatio, type Split } from './split.ts'

const random = randomStream(1, 'split-test')
const pairs = Array.from({ length: 3000 }, () => [random.integer(200), random.integer(150)] as const)
const dataset = datasetOfPairs(200, 150, pairs)
const whole = interactionMatrix(dataset)

/** Every interaction is in exactly one part, and nothing else is in any. */
function expectPartition(split: Split, dataset: Dataset): void {
  const parts = [split.train, split.validation, split.test]
  expect(parts.reduce((sum, part) => sum + part.indices.length, 0)).toBe(dataset.interactions.users.length)
  dataset.interactions.users.forEach((u, p) => {
    expect(parts.filter((part) => csrHas(part, u, dataset.interactions.items[p]!)).length).toBe(1)
  })
}

describe('splitRatio', () => {
  test('partitions the interactions in the ratio asked for', () => {
    const split = splitRatio(dataset, { seed: 5 })
    expectPartition(split, dataset)
    const n = whole.indices.length
    expect([split.users, split.items]).toEqual([dataset.users.length, dataset.items.length])
    expect(split.validation.indices.length).toBe(Math.round(n * 0.1))
    expect(split.test.indices.length).toBe(Math.round(n * 0.1))
  })

  test('depends on the seed, not on the order of the rows', () => {
    const reversed = datasetOfPairs(200, 150, [...pairs].reverse())
    expect(splitRatio(reversed, { seed: 5 })).toEqual(splitRatio(dataset, { seed: 5 }))
    expect(splitRatio(dataset, { seed: 6 }).test).not.toEqual(splitRatio(dataset, { seed: 5 }).test)
  })

  test('spreads over all interactions, not a fixed share of each user', () => {
    const split = splitRatio(dataset, { seed: 5 })
    const shares = new Set(dataset.users.map((_, u) => split.test.indptr[u + 1]! - split.test.indptr[u]!))
    expect(shares.size).toBeGreaterThan(3)
  })

  test('leaves every user a training interaction', () => {
    // One interaction a user: a tenth of the users would be without training but for the rule.
    const single = datasetOfPairs(
      100,
      10,
      Array.from({ length: 100 }, (_, u) => [u, u % 10] as const),
    )
    const split = splitRatio(single, { seed: 1 })
    expectPartition(split, single)
    expect(split.train.indices.length).toBe(100)
    const pair = datasetOfPairs(
      50,
      10,
      Array.from({ length: 100 }, (_, p) => [p >> 1, p % 10] as const),
    )
    const half = splitRatio(pair, { seed: 1, ratios: [0.5, 0.25, 0.25] })
    for (let u = 0; u < 50; u++) expect(half.train.indptr[u + 1]! - half.train.indptr[u]!).toBeGreaterThan(0)
    expect(half.test.indices.length).toBeGreaterThan(10)
  })

  test('refuses shares that are no shares', () => {
    expect(() => splitRatio(dataset, { seed: 1, ratios: [0.8, 0.1, 0.2] })).toThrow(
      'splitRatio: expected three shares that sum to 1 with a positive first, got 0.8, 0.1, 0.2',
    )
    expect(() => splitRatio(dataset, { seed: 1, ratios: [0, 0.5, 0.5] })).toThrow(RangeError)
    expect(() => splitRatio(dataset, { seed: 1, ratios: [NaN, 0.5, 0.5] })).toThrow(RangeError)
  })
})

describe('splitLeaveOneOut', () => {
  test('holds out one test and one validation interaction of each user that has three', () => {
    const split = splitLeaveOneOut(dataset, { seed: 2 })
    expectPartition(split, dataset)
    const count = (part: Split['train'], u: number): number => part.indptr[u + 1]! - part.indptr[u]!
    for (let u = 0; u < dataset.users.length; u++) {
      expect(count(split.test, u)).toBe(1)
      expect(count(split.validation, u)).toBe(1)
      expect(count(split.train, u)).toBe(count(whole, u) - 2)
    }
    expect(splitLeaveOneOut(dataset, { seed: 2 })).toEqual(split)
    expect(splitLeaveOneOut(dataset, { seed: 3 }).test).not.toEqual(split.test)
  })

  test('gives small users training first, then test', () => {
    const split = splitLeaveOneOut(
      datasetOfPairs(2, 3, [
        [0, 0],
        [1, 1],
        [1, 2],
      ]),
      { seed: 1 },
    )
    expect([...split.train.indptr]).toEqual([0, 1, 2])
    expect([...split.test.indptr]).toEqual([0, 0, 1])
    expect(split.validation.indices.length).toBe(0)
  })
})
