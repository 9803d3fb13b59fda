/** @file Options and data that would train something else without a word. */

import { csrFromPairs } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { ease, recommenders, topK } from './index.ts'
import { twoWorlds } from './testing.ts'

const data = twoWorlds()
const brief = { epochs: 1, validateEvery: 1 }
const wrong: Readonly<Record<string, readonly unknown[]>> = {
  factors: [0, -1, 2.5, '4'],
  gmf: [0, '4'],
  mlp: [0, '4'],
  layers: [-1, 1.5, '2'],
  l2: [-1, NaN, '0.1'],
  lr: ['0.1', Infinity],
  alpha: [0, '1', Infinity],
  negatives: [0, 1.5, '2'],
  hidden: [4, ['4'], [0]],
  gmfOutput: ['two'],
  epochs: ['2'],
  seed: ['1', 1.5],
}

describe.each(recommenders.map((each) => [each.name, each] as const))('%s', (_, recommender) => {
  const train = (options: object, other = data): unknown => recommender.train(other, { ...brief, ...options })

  test('refuses options of another kind or range', () => {
    for (const [option, values] of Object.entries(wrong)) {
      if (!(option in recommender.defaults)) continue
      for (const value of values)
        expect(() => train({ [option]: value }), `${option} ${JSON.stringify(value)}`).toThrow(/expected .* got /)
    }
    expect(() => train({ sed: 1 })).toThrow('expected options among seed')
    expect(() => recommender.train(data, brief, { onEpoche: () => {} } as never)).toThrow('got onEpoche')
  })

  test('refuses data whose parts have other sizes, which it would read past the end of', () => {
    const none = csrFromPairs(data.users, data.items, new Int32Array(0), new Int32Array(0))
    for (const other of [
      { ...data, users: 3 },
      { ...data, items: 3 },
      { ...data, users: data.users + 5 },
      { ...data, validation: csrFromPairs(3, data.items, new Int32Array(0), new Int32Array(0)) },
    ])
      expect(() => train({}, other)).toThrow('of (users, items) =')
    expect(() => train({}, { ...data, validation: undefined as never })).toThrow('a matrix without entries')
    expect(() => train({}, { ...data, validation: none })).not.toThrow()
  })

  test('refuses a replaced table in float64', () => {
    const model = recommender.train(data, brief)
    const [table, own] = Object.entries(model.userTables)[0]!
    const doubles = { ...own, data: Float64Array.from(own.data) as never }
    expect(() => topK(model, { [table]: doubles }, data, 2)).toThrow(`topK: expected table ${table} of whole rows`)
  })
})

test('EASE refuses misspelt options and lengths of lists that are none', () => {
  expect(() => ease(data, { l: 3 } as never)).toThrow('ease: expected options among l2, got l')
  expect(() => ease(data).rank(undefined, -1)).toThrow('expected k as a positive integer, got -1')
})
