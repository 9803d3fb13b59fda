/**
 * What tables tell by what is held, through the stage runner: a move by label shows to whoever holds the table as it
 * was.
 */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { readJsonOf } from '../store/artifact-folder.ts'
import { holdings, type HeldAttack, type Holding } from '../store/results.ts'
import * as held from './held.ts'
import * as prepare from './prepare.ts'
import * as train from './train.ts'
import * as unlearn from './unlearn.ts'
import { stagePlace } from './testing.ts'

const { at, make, remove } = stagePlace()
afterAll(remove)

const found = (name: string, holding: Holding, alone: boolean): number =>
  Math.max(
    ...readJsonOf<HeldAttack[]>(at(name), 'held')
      .filter((each) => each.holding === holding && each.alone === alone)
      .map(({ foldedAuc }) => foldedAuc.value),
  )

const question = { ofTables: ['logistic'], ofHeld: ['logistic', 'qda'], attribute: 'gender', seed: 1 }

beforeAll(async () => {
  await make('prepare', 'prepared', prepare, {
    dataset: { name: 'synthetic', options: { users: 400, items: 150 } },
    core: 3,
    split: { kind: 'ratio', ratios: [0.7, 0.1, 0.2] },
    seed: 1,
  })
  const prepared = { prepare: at('prepared') }
  await make(
    'train',
    'trained',
    train,
    { recommender: { name: 'bpr-mf', options: { epochs: 15, factors: 8 } }, seed: 1 },
    prepared,
  )
  await make('train', 'other', train, { recommender: { name: 'ials', options: { factors: 8 } }, seed: 1 }, prepared)
  const data = { ...prepared, train: at('trained') }
  for (const name of ['mean-matching', 'leace'])
    await make('unlearn', name, unlearn, { method: { name }, attribute: 'gender', seed: 1 }, data)
  const beside = { ...prepared, earlier: at('trained'), other: at('other') }
  for (const name of ['trained', 'mean-matching', 'leace'])
    await make('held', `held-${name}`, held, question, { ...beside, tables: at(name) })
})

test('a move by label is read from what was there before, one map for everybody is not', () => {
  const alone = found('held-trained', 'earlier release', true)
  expect(alone).toBeGreaterThan(0.6)
  expect(found('held-mean-matching', 'earlier release', false)).toBeGreaterThan(0.99)
  expect(found('held-leace', 'earlier release', false)).toBeLessThan(alone + 0.05)
})

test('what is held alone is attacked with the original, and every holding with each method', () => {
  for (const holding of holdings.slice(2)) {
    expect(found('held-trained', holding, true)).toBeGreaterThan(0.5)
    expect(found('held-leace', holding, true)).toBe(-Infinity)
  }
  for (const holding of holdings) expect(found('held-leace', holding, false)).toBeGreaterThanOrEqual(0.5)
  expect(found('held-trained', 'earlier release', false)).toBe(-Infinity)
})

test('refuses an attacker by another name', async () => {
  await expect(
    make(
      'held',
      'wrong',
      held,
      { ...question, ofTables: ['oracle'] },
      { prepare: at('prepared'), tables: at('trained'), earlier: at('trained'), other: at('other') },
    ),
  ).rejects.toThrow('expected an attacker among')
})
