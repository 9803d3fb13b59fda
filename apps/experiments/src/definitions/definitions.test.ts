/** @file Definitions on lists that a reader can count, the search over them, and the committed page. */

import { readFileSync } from 'node:fs'
import { csrFromPairs } from '@indistinct/core'
import { syntheticDataset, type Split } from '@indistinct/datasets'
import { describe, expect, test } from 'vitest'
import { candidateSets, rankedCases } from './candidates.ts'
import { closestOf, closestTogether, originalOf, type MeasuredModel } from './closest.ts'
import { cutoffs, type Measured } from './measured.ts'
import { hitRatio, hitRatioDefinitions, ndcg, ndcgDefinitions } from './measures.ts'
import { definitionsPage, type DefinitionsSummary } from './page.ts'
import { splitNamed, splitNames } from './splits.ts'

describe('definitions of one list', () => {
  // Hits at places 2 and 3 of 3, with 5 and 3 stars; a third test item with 4 stars is not among them.
  const gained = { stars: [0, 5, 3], ideal: [5, 4, 3] }
  const [second, third] = [1 / Math.log2(3), 0.5]

  test('hit ratios', () => {
    expect(hitRatioDefinitions.map((name) => hitRatio(name, gained, 2))).toEqual([
      [1, 1],
      [0.5, 1],
      [0.5, 1],
      [1 / 3, 1],
      [1, 3],
    ])
    expect(hitRatio('hits/k', gained, 10)).toEqual([0.2, 1])
    expect(hitRatio('hits/min(k,|T|)', gained, 10)).toEqual([2 / 3, 1])
  })

  test('NDCG', () => {
    const at3 = Object.fromEntries(ndcgDefinitions.map((name) => [name, ndcg(name, gained, 3)]))
    expect(at3['ideal of min(k,|T|)']).toBeCloseTo((second + third) / (1 + second + third), 12)
    expect(at3['ideal of the hits']).toBeCloseTo((second + third) / (1 + second), 12)
    expect(at3['stars, ideal of min(k,|T|)']).toBeCloseTo((5 * second + 3 * third) / (5 + 4 * second + 3 * third), 12)
    expect(at3['2^stars - 1, ideal of the hits']).toBeCloseTo((31 * second + 7 * third) / (31 + 7 * second), 12)
    expect(ndcg('ideal of k', gained, 4)).toBeCloseTo((second + third) / (1 + second + third + 1 / Math.log2(5)), 12)
    expect(ndcg('ideal of |T|', gained, 2)).toBeCloseTo(second / (1 + second + third), 12)
    expect(ndcg('ideal of the hits', { stars: [0, 0], ideal: [5] }, 2)).toBe(0)
  })
})

test('candidates: each set is what its name says, best first', () => {
  const part = (...items: number[]) =>
    csrFromPairs(
      1,
      120,
      Int32Array.from(items, () => 0),
      Int32Array.from(items),
    )
  const split: Split = { users: 1, items: 120, train: part(0, 1), validation: part(2), test: part(3, 4) }
  const order = Int32Array.from({ length: 120 }, (_, at) => at)
  const cases = rankedCases(0, order, split, 7)
  const lists = (name: (typeof candidateSets)[number]): readonly (readonly number[])[] =>
    cases.get(name)!.map(({ list }) => list)
  expect([...cases.keys()]).toEqual(candidateSets)
  expect(lists('all')[0]!.slice(0, 3)).toEqual([0, 1, 2])
  expect(lists('all but training')[0]!.slice(0, 3)).toEqual([2, 3, 4])
  expect(lists('all but training and validation')[0]!.slice(0, 3)).toEqual([3, 4, 5])
  expect(lists('all rated items')).toEqual([[0, 1, 2, 3, 4]])
  expect(lists('test items alone')).toEqual([[3, 4]])
  expect(lists('test items and 9 others')[0]).toHaveLength(11)
  expect(lists('one test item and 99 others').map((list) => [list[0], list.length])).toEqual([
    [3, 100],
    [4, 100],
  ])
  for (const list of lists('test items and 99 others')) for (const rated of [0, 1, 2]) expect(list).not.toContain(rated)
  expect(rankedCases(0, order, split, 7)).toEqual(cases)
})

test.each(splitNames)('split %s holds every interaction once', (name) => {
  const dataset = syntheticDataset({ users: 60, items: 80 })
  const { train, validation, test: held } = splitNamed(name, dataset, 3)
  const pairs = [train, validation, held].flatMap(({ indptr, indices, rows }) =>
    Array.from({ length: rows }, (_, user) =>
      [...indices.subarray(indptr[user]!, indptr[user + 1]!)].map((item) => `${user} ${item}`),
    ).flat(),
  )
  expect(new Set(pairs).size).toBe(pairs.length)
  expect(pairs.length).toBe(dataset.interactions.users.length)
})

describe('closest', () => {
  const names = ['ml-100k/nmf', 'ml-100k/lightgcn', 'ml-1m/nmf', 'ml-1m/lightgcn']
  /** Rows whose figures at 5 and 10 are the paper's times `by`. */
  const models = (
    rows: readonly (Pick<Measured, 'metric' | 'name' | 'candidates'> & { by: number })[],
  ): MeasuredModel[] =>
    names.map((model) => {
      const [dataset, recommender] = model.split('/') as [string, string]
      const values = (metric: string, by: number): number[] =>
        cutoffs.map((k) => (k === 5 || k === 10 ? by * originalOf(model, `${metric}@${k}`) : 0))
      return {
        dataset,
        recommender,
        split: 'leave-one-out',
        rows: rows.map(({ by, ...row }) => ({
          ...row,
          relevance: 'every rating',
          users: 'with a test item',
          values: values(row.metric, by),
        })),
      }
    })

  test('the factor is the largest ratio either way, and the closest comes first', () => {
    const found = closestOf(
      'NDCG',
      models([
        { metric: 'NDCG', name: 'ideal of k', candidates: 'all', by: 0.5 },
        { metric: 'NDCG', name: 'ideal of |T|', candidates: 'all', by: 1.25 },
      ]),
    )
    expect(found.map(({ ndcg: name, factor }) => [name, Number(factor.toFixed(6))])).toEqual([
      ['ideal of |T|', 1.25],
      ['ideal of k', 2],
    ])
  })

  test('both metrics are taken of one setting', () => {
    const found = closestTogether(
      models([
        { metric: 'NDCG', name: 'ideal of k', candidates: 'all', by: 1 },
        { metric: 'HR', name: 'hits/k', candidates: 'all', by: 1.5 },
        { metric: 'HR', name: 'any-hit', candidates: 'test items alone', by: 1 },
      ]),
    )
    expect(
      found.map(({ candidates, ndcg: name, hr, factor }) => [candidates, name, hr, Number(factor.toFixed(6))]),
    ).toEqual([['all', 'ideal of k', 'hits/k', 1.5]])
  })
})

test('the page is what definitions.json gives; after an edit run `npm run definitions -- --summary`', () => {
  const results = new URL('../../results/definitions/', import.meta.url)
  const summary = JSON.parse(readFileSync(new URL('definitions.json', results), 'utf8')) as DefinitionsSummary
  expect(readFileSync(new URL('README.md', results), 'utf8')).toBe(definitionsPage(summary))
})
