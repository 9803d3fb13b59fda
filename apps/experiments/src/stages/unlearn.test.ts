/** What the unlearn stage makes of its own options, on the tables of two recommenders. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readJsonOf, readMatricesOf } from '../store/artifact-folder.ts'
import * as joinStage from './join.ts'
import * as prepare from './prepare.ts'
import * as train from './train.ts'
import * as unlearn from './unlearn.ts'
import { stagePlace } from './testing.ts'

const { at, make, remove } = stagePlace()
afterAll(remove)

type History = {
  readonly [table: string]: {
    readonly parameters: { readonly metric?: string; readonly together?: { readonly tables: readonly string[] } }
  }
}

async function unlearned(
  model: string,
  name: string,
  options: { [name: string]: string | boolean | string[] } = {},
  method = 'flow',
): Promise<History> {
  await make(
    'unlearn',
    name,
    unlearn,
    { method: { name: method, options }, attribute: 'gender', seed: 1 },
    { prepare: at('prepared'), train: at(model) },
  )
  return readJsonOf<History>(at(name), 'unlearn')
}

beforeAll(async () => {
  await make('prepare', 'prepared', prepare, {
    dataset: { name: 'synthetic', options: { users: 160, items: 90 } },
    core: 3,
    split: { kind: 'ratio', ratios: [0.7, 0.1, 0.2] },
    seed: 1,
  })
  const options = {
    nmf: { epochs: 15, gmf: 6, mlp: 8, hidden: [8, 4], lr: 0.02 },
    lightgcn: { epochs: 15, factors: 6 },
  }
  for (const [name, own] of Object.entries(options))
    await make('train', name, train, { recommender: { name, options: own }, seed: 1 }, { prepare: at('prepared') })
})

describe('unlearn', () => {
  test('the flow moves tables together; one that no score depends on follows from the others', async () => {
    const lightgcn = await unlearned('lightgcn', 'lightgcn-flow')
    expect(Object.keys(lightgcn)).toEqual(['layer-0', 'propagated'])
    expect(lightgcn['layer-0']!.parameters).toMatchObject({ derived: ['propagated'] })
    const nmf = await unlearned('nmf', 'nmf-flow')
    expect(nmf['gmf']!.parameters.together!.tables).toEqual(['gmf', 'mlp'])
    for (const history of [lightgcn, nmf])
      for (const { parameters } of Object.values(history)) expect(parameters.metric).toBeUndefined()
    const trained = readMatricesOf(at('nmf'), 'tables')
    for (const [table, moved] of Object.entries(readMatricesOf(at('nmf-flow'), 'tables'))) {
      expect(moved.data.length).toBe(trained[table]!.data.length)
      expect(moved.data).not.toEqual(trained[table]!.data)
    }
  })

  test('blind is one map of all tables of a model, and one that no score depends on follows from others', async () => {
    expect((await unlearned('lightgcn', 'lightgcn-blind', {}, 'blind'))['layer-0']).toMatchObject({
      method: 'blind',
      parameters: { derived: ['propagated'] },
    })
    expect((await unlearned('nmf', 'nmf-blind', {}, 'blind'))['gmf']!.parameters.together!.tables).toEqual([
      'gmf',
      'mlp',
    ])
  })

  test('the flow of a release moves the tables of all models together, and each model takes its part', async () => {
    await make(
      'unlearn',
      'whole',
      unlearn,
      { method: { name: 'flow', options: { metric: 'scores' } }, attribute: 'gender', seed: 1 },
      { prepare: at('prepared'), 'train/0': at('nmf'), 'train/1': at('lightgcn') },
    )
    for (const [part, model] of ['nmf', 'lightgcn'].entries())
      await make('unlearn', `${model}-part`, unlearn, { part }, { release: at('whole') })
    const histories = ['nmf', 'lightgcn'].map((model) => readJsonOf<History>(at(`${model}-part`), 'unlearn'))
    expect(histories.map(Object.keys)).toEqual([
      ['gmf', 'mlp'],
      ['layer-0', 'propagated'],
    ])
    for (const table of ['gmf', 'mlp'])
      expect(histories[0]![table]!.parameters).toMatchObject({
        metric: 'one a user',
        together: { tables: ['nmf gmf', 'nmf mlp', 'lightgcn propagated'] },
      })
    expect(histories[1]!['layer-0']!.parameters).toMatchObject({
      derived: ['nmf gmf', 'nmf mlp', 'lightgcn propagated'],
    })
    for (const model of ['nmf', 'lightgcn']) {
      const trained = readMatricesOf(at(model), 'tables')
      for (const [table, { rows, cols, data }] of Object.entries(readMatricesOf(at(`${model}-part`), 'tables'))) {
        expect([rows, cols]).toEqual([trained[table]!.rows, trained[table]!.cols])
        expect(data).not.toEqual(trained[table]!.data)
      }
    }

    await make('join', 'joined', joinStage, {}, { 'tables/0': at('nmf-part'), 'tables/1': at('lightgcn') })
    const { joined } = readMatricesOf(at('joined'), 'tables')
    const first = Object.values({
      ...readMatricesOf(at('nmf-part'), 'tables'),
      ...readMatricesOf(at('lightgcn'), 'tables'),
    })
    expect(joined!.cols).toBe(6 + 8 + 6 + 6)
    expect([...joined!.data.subarray(0, joined!.cols)]).toEqual(
      first.flatMap(({ cols, data }) => [...data.subarray(0, cols)]),
    )
  })

  test('metric "scores" prices what scores depend on; together false derives nothing', async () => {
    const priced = await unlearned('lightgcn', 'priced', { metric: 'scores' })
    expect(Object.entries(priced).map(([table, { parameters }]) => [table, parameters.metric])).toEqual([
      ['layer-0', undefined],
      ['propagated', 'one a user'],
    ])
    const apart = await unlearned('lightgcn', 'apart', { together: false })
    expect(apart['layer-0']!.parameters).not.toMatchObject({ derived: expect.anything() as unknown })
    expect(
      Object.entries(await unlearned('lightgcn', 'alone', { tables: ['layer-0'], metric: 'scores' })).map(
        ([table, { parameters }]) => [table, parameters.metric],
      ),
    ).toEqual([['layer-0', 'one a user']])
  })

  test('refuses values it does not know, and the flow’s options of other methods', async () => {
    await expect(unlearned('nmf', 'bad', { metric: 'score' })).rejects.toThrow(
      'expected metric as "scores" or "none", got "score"',
    )
    await expect(unlearned('nmf', 'bad', { together: 'yes' })).rejects.toThrow(
      'expected together as true or false, got "yes"',
    )
    await expect(unlearned('nmf', 'bad', { together: true }, 'leace')).rejects.toThrow(
      'of methods flow, blind and relabel only, got one of leace',
    )
    await expect(unlearned('nmf', 'bad', { metric: 'scores' }, 'blind')).rejects.toThrow(
      'of method flow only, got one of blind',
    )
  })
})
