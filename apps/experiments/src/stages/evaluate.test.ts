/** Evaluation and observation of a model before and after its tables were replaced, through the stage runners. */

import type { Matrix } from '@indistinct/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeArtifact, readJsonOf, readMatricesOf, readMatrixOf } from '../store/artifact-folder.ts'
import type { UtilityFigure } from '../store/results.ts'
import * as evaluate from './evaluate.ts'
import * as observe from './observe.ts'
import * as prepare from './prepare.ts'
import * as train from './train.ts'
import { stagePlace } from './testing.ts'

const { at, make, remove } = stagePlace()
afterAll(remove)

const figures = (name: string): UtilityFigure[] => readJsonOf<UtilityFigure[]>(at(name), 'utility')

beforeAll(async () => {
  await make('prepare', 'prepared', prepare, {
    dataset: { name: 'synthetic', options: { users: 150, items: 120 } },
    core: 3,
    split: { kind: 'ratio', ratios: [0.7, 0.1, 0.2] },
    seed: 1,
  })
  const prepared = { prepare: at('prepared') }
  await make('train', 'trained', train, { recommender: { name: 'bpr-mf', options: { epochs: 10 } }, seed: 1 }, prepared)
  const own = readMatrixOf(at('trained'), 'tables/users')
  // Users trade places within pairs: recommendations are those of somebody else.
  const swapped: Matrix = {
    ...own,
    data: own.data.map(
      (_, p) => own.data[Math.min(own.rows - 1, Math.floor(p / own.cols) ^ 1) * own.cols + (p % own.cols)]!,
    ),
  }
  await makeArtifact(at('moved'), (artifact) => Promise.resolve(artifact.matrix('tables/users', swapped)))
  const data = { ...prepared, train: at('trained') }
  await make('evaluate', 'before', evaluate, { attribute: 'gender' }, { ...data, tables: at('trained') })
  await make(
    'evaluate',
    'after',
    evaluate,
    { attribute: 'gender' },
    { ...data, tables: at('moved'), before: at('before') },
  )
  await make(
    'evaluate',
    'same',
    evaluate,
    { attribute: 'gender' },
    { ...data, tables: at('trained'), before: at('before') },
  )
  for (const [name, options] of [
    ['yardstick', {}],
    ['stiff', { l2: 1e6 }],
  ] as const)
    await make('evaluate', name, evaluate, { attribute: 'gender', yardstick: { name: 'ease', options } }, prepared)
  for (const tables of ['trained', 'moved'])
    await make('observe', `seen-${tables}`, observe, { top: 5, width: 6, seed: 1 }, { ...data, tables: at(tables) })
})

describe('evaluate', () => {
  test('a change is the difference of the figures, with an interval of its own', () => {
    const before = figures('before')
    const after = figures('after')
    expect(before.every((figure) => figure.change === undefined)).toBe(true)
    expect(new Set(after.map(({ group }) => group))).toEqual(new Set([undefined, 'F', 'M']))
    after.forEach(({ value, change }, i) => {
      expect(change!.value).toBeCloseTo(value - before[i]!.value, 6)
      expect(change!.lower).toBeLessThanOrEqual(change!.value)
      expect(change!.upper).toBeGreaterThanOrEqual(change!.value)
    })
    const ndcg = after.find(({ metric, k, group }) => metric === 'NDCG' && k === 10 && group === undefined)!
    expect(ndcg.change!.upper).toBeLessThan(0)
    // Drawn along with the figure before, which users share: narrower than that of the figure alone.
    const same = figures('same')
    for (const { change } of same) expect(change).toEqual({ value: 0, lower: 0, upper: 0 })
  })

  test('a yardstick is fitted to the training items, and ranks what is left', () => {
    const yardstick = figures('yardstick')
    expect(yardstick.map(({ metric, k, definition, group }) => [metric, k, definition, group])).toEqual(
      figures('before').map(({ metric, k, definition, group }) => [metric, k, definition, group]),
    )
    const ndcg = (name: string): number =>
      figures(name).find(({ metric, k, group }) => metric === 'NDCG' && k === 10 && group === undefined)!.value
    expect(ndcg('yardstick')).toBeGreaterThan(ndcg('after'))
    expect(ndcg('stiff')).not.toBe(ndcg('yardstick'))
  })

  test('keeps the figure of each user, and none of users without test items', () => {
    const perUser = readMatrixOf(at('before'), 'per-user')
    // NDCG and three hit ratios, at two cutoffs.
    expect(perUser.cols).toBe(8)
    const ndcg = figures('before').find(({ metric, k, group }) => metric === 'NDCG' && k === 5 && group === undefined)!
    const values = Array.from({ length: perUser.rows }, (_, user) => perUser.data[user * 8]!).filter(
      (value) => !Number.isNaN(value),
    )
    expect(values.length).toBe(ndcg.users)
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(ndcg.value, 6)
  })
})

describe('observe', () => {
  test('writes tables to be attacked, of the model as trained and with its tables replaced', () => {
    const [trained, moved] = ['seen-trained', 'seen-moved'].map((name) => readMatricesOf(at(name), 'tables'))
    expect(Object.keys(trained!)).toEqual(['scores', 'top-5', 'top-5-surrogate'])
    expect(trained!['top-5']!.cols).toBe(6)
    // bpr-mf has 16 factors, and scores that are inner products.
    expect([trained!['scores']!.cols, moved!['scores']!.cols]).toEqual([16, 16])
    expect(trained!['scores']!.data).not.toEqual(moved!['scores']!.data)
    expect(readJsonOf<object>(at('seen-moved'), 'observed')).toMatchObject({
      scores: { exact: true, explained: 1 },
      'top-5': { exact: false },
    })
  })
})
