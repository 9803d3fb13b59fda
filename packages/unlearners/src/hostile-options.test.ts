/** @file What programs without types may hand over: refused in words, and nothing left behind for the next call. */

import type { Labels, Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { adversaryRegulariser, calibratedFlowJoint, d2dRegulariser, fitBlindInTurn, fitBlindValues } from './index.ts'
import {
  gaussianTransportMaps,
  hsicFlow,
  innerProductMetric,
  relabelTables,
  unlearners,
  unlearnTables,
} from './index.ts'
import { updateUnlearned, type UnlearnerName } from './index.ts'
import { leakyTable } from './testing/leaky-tables.ts'

const { embedding, labels } = leakyTable([60, 40], 4, 1, 1)
const values = Float64Array.from(labels.codes, (code, i) => code + i / 100)
const fit = unlearners.leace.fit(embedding, labels)
/** As programs without types hand it over. */
const untyped = <T>(value: unknown): T => value as T

const briefly: { readonly [name in UnlearnerName]?: object } = { 'd2d-r': { steps: 2 }, 'u2u-r': { steps: 2 } }

describe.each(Object.keys(unlearners) as UnlearnerName[])('%s', (name) => {
  const unlearn = (table: unknown, given: unknown, options: object = {}): Matrix =>
    unlearners[name].unlearn(untyped(table), untyped(given), untyped({ ...briefly[name], ...options })).embedding

  test('refuses misspelt options, and values of another kind', () => {
    expect(() => unlearn(embedding, labels, { sed: 1 })).toThrow(/expected options among .*, got sed/)
    expect(() => unlearn(embedding, labels, { onPass: 'log' })).toThrow('expected onPass as a function, got "log"')
    for (const options of [null, 5])
      expect(() => unlearners[name].unlearn(embedding, labels, untyped(options))).toThrow(
        'expected options as an object',
      )
  })

  test('refuses tables and labels of another kind, and then works', () => {
    for (const data of [Float64Array.from(embedding.data), [...embedding.data], embedding.data.slice(1)])
      expect(() => unlearn({ ...embedding, data }, labels)).toThrow('of whole rows and cols with a Float32Array')
    for (const wrong of [{ ...labels, codes: [...labels.codes] }, [...labels.codes], undefined])
      expect(() => unlearn(embedding, wrong)).toThrow('expected labels with a list of classes and an Int32Array')
    expect(unlearn(embedding, labels).data.length).toBe(embedding.data.length)
  })
})

const others: Readonly<Record<string, (options: never) => unknown>> = {
  calibratedFlowJoint: (options) => calibratedFlowJoint(embedding, { labels }, options),
  hsicFlow: (options) => hsicFlow(embedding, values, options),
  fitBlindInTurn: (options) => fitBlindInTurn(embedding, { labels }, options),
  fitBlindValues: (options) => fitBlindValues(embedding, values, options),
  gaussianTransportMaps: (options) => gaussianTransportMaps([], options),
  innerProductMetric: (options) => innerProductMetric(embedding, embedding, options),
  relabelTables: (options) =>
    relabelTables(
      { embedding },
      labels,
      untyped(() => undefined),
      options,
    ),
  unlearnTables: (options) => unlearnTables({ embedding }, labels, 'leace', {}, options),
  updateUnlearned: (options) => updateUnlearned(fit, embedding, labels, options),
  apply: (options) => fit.apply(embedding, labels, options),
  d2dRegulariser: (options) => d2dRegulariser(labels, options),
  adversaryRegulariser: (options) => adversaryRegulariser(labels, options),
}

test.each(Object.entries(others))('%s refuses misspelt options', (_, call) => {
  expect(() => call(untyped({ sed: 1 }))).toThrow(/expected options among .*, got sed/)
})

test('a fit is applied to what it was asked to alone', () => {
  expect(() => fit.apply(embedding, labels, untyped({ unlabelled: 'mapped' }))).toThrow('got "mapped"')
})

test('the closed form of U2U-R says that users have moved, as others do', () => {
  const seen: number[] = []
  unlearners['u2u-r-closed'].unlearn(embedding, labels as Labels, { onPass: ({ pass }) => seen.push(pass) })
  expect(seen).toEqual([1])
})
