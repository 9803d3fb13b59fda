/** @file Points are chosen by validation alone; the committed page and settings are what the results give. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { canonicalJson, jsonText, type Json } from '@indistinct/core'
import { splitRatio, syntheticDataset } from '@indistinct/datasets'
import { recommender } from '@indistinct/recommenders'
import { expandGrid } from '@indistinct/stages'
import { describe, expect, test } from 'vitest'
import { main } from '../../grids/main.ts'
import { tuning } from '../../grids/tuning.ts'
import { experimentProtocols, productOf } from '../experiment-protocol.ts'
import { frontierOf, type Cell } from '../frontier/cells.ts'
import type { FrontierResults } from '../frontier/page.ts'
import { startOptions } from '../start/start-options.ts'
import { tunedOptions, tunedPath, tunedSettings, type TunedFile } from '../tuned.ts'
import { chosenPoints, factorsOf, isDefault, type MeasuredPoint } from './choose.ts'
import { comparisonGrid, smoothing, tunedDatasets } from './grids.ts'
import { merged, withSmoothed } from './merge.ts'
import { settingsOf, tuningPage, type TuningResults } from './page.ts'

const results = fileURLToPath(new URL('../../results/tuning', import.meta.url))
const stored = JSON.parse(readFileSync(join(results, 'tuning.json'), 'utf8')) as TuningResults
const frontier = JSON.parse(readFileSync(join(results, '../frontier/frontier.json'), 'utf8')) as FrontierResults
const settings = JSON.parse(readFileSync(tunedPath, 'utf8')) as TunedFile

const point = (
  recommenderName: string,
  factors: number,
  validation: number,
  test: number,
  l2 = validation,
): MeasuredPoint => ({
  dataset: 'd',
  recommender: recommenderName,
  factors,
  options: { l2 },
  validation,
  bestEpoch: 1,
  epochs: 1,
  test: { value: test, lower: test, upper: test },
})

describe('chosenPoints', () => {
  test('goes by validation, whatever the test says, among points of one data set, recommender and K', () => {
    const points = [
      point('a', 16, 0.1, 0.9),
      point('a', 16, 0.3, 0.1),
      point('a', 16, 0.2, 0.8),
      point('a', 64, 0.05, 0.5),
      point('b', 16, 0.9, 0),
    ]
    expect(chosenPoints(points)).toEqual([points[1], points[3], points[4]])
    // With other test figures it is the same points.
    const turned = points.map((each) => ({ ...each, test: { value: 1 - each.test.value, lower: 0, upper: 1 } }))
    expect(chosenPoints(turned).map(({ options }) => options)).toEqual(
      chosenPoints(points).map(({ options }) => options),
    )
  })

  test('takes the first among equals', () => {
    const points = [point('a', 16, 0.2, 0.1, 1), point('a', 16, 0.2, 0.9, 2)]
    expect(chosenPoints(points)).toEqual([points[0]])
  })
})

test('defaults are what says no more than the dimensions', () => {
  expect([{ factors: 64 }, { gmf: 8, mlp: 8, hidden: [16, 8, 4] }].map(isDefault)).toEqual([true, true])
  expect(
    [
      { factors: 64, l2: 1 },
      { gmf: 8, mlp: 8, hidden: [8] },
    ].map(isDefault),
  ).toEqual([false, false])
})

describe('merged', () => {
  const on = (dataset: string, l2: number): MeasuredPoint => ({ ...point('lightgcn', 16, 0.1, 0.1, l2), dataset })

  test('replaces the rows of data sets that were made again, in the order of the grid', () => {
    const known = {
      schema: 'indistinct.tuning/1' as const,
      points: [on('ml-100k', 1), on('lastfm', 2)],
      yardsticks: [{ dataset: 'lastfm', name: 'ease', test: { value: 1, lower: 1, upper: 1 } }],
      flows: [],
    }
    const after = merged(known, { points: [on('ml-1m', 3), on('ml-100k', 4)], yardsticks: [], flows: [] })
    expect(after.points[0]).toEqual(on('ml-100k', 4))
    expect(after.points).toHaveLength(3)
    for (const row of [on('ml-1m', 3), on('lastfm', 2)]) expect(after.points).toContainEqual(row)
    expect(after.yardsticks).toEqual(known.yardsticks)
  })

  test('what was measured of smoothed tables joins the point of the same options', () => {
    const smoothed = { ...on('ml-1m', 2), smoothed: { ndcg: 0.2, change: { value: 0.1, lower: 0, upper: 0.2 } } }
    expect(withSmoothed([on('ml-1m', 1), on('ml-1m', 2)], [smoothed])).toEqual([on('ml-1m', 1), smoothed])
  })
})

test('the page has what the flow leaves and costs, beside its price on the same model under defaults', () => {
  const estimate = (value: number): { value: number; lower: number; upper: number } => ({
    value,
    lower: value,
    upper: value,
  })
  const own = { ...point('lightgcn', 16, 0.1, 0.3), dataset: 'ml-1m' }
  const flow = {
    dataset: 'ml-1m',
    recommender: 'lightgcn',
    factors: 16,
    before: estimate(0.8),
    after: estimate(0.52),
    price: estimate(-0.1),
  }
  const rowOf = (tuned: boolean): FrontierResults['measured'][number] => ({
    ...frontier.measured[0]!,
    cell: { dataset: 'ml-1m', recommender: 'lightgcn', factors: 16, seed: 42, ...(tuned && { tuned: true as const }) },
    rung: 'flow',
    change: estimate(tuned ? -0.9 : -0.02),
  })
  const page = tuningPage(
    { schema: 'indistinct.tuning/1', points: [own], yardsticks: [], flows: [flow] },
    { ...frontier, measured: [rowOf(true), rowOf(false)] },
  )
  const cells = [
    'ML-1M',
    'LightGCN',
    '16',
    '0.800 [0.800, 0.800]',
    '0.520 [0.520, 0.520]',
    '0.2700',
    '-10.0 [-10.0, -10.0]',
    '-2.0 [-2.0, -2.0]',
  ]
  expect(page).toContain(`| ${cells.join(' | ')} |\n`)
})

describe('results/tuning', () => {
  test('the page and the settings are what the results give; after an edit run `npm run tuning -- --summary`', () => {
    expect(readFileSync(join(results, 'README.md'), 'utf8')).toBe(tuningPage(stored, frontier))
    expect(readFileSync(tunedPath, 'utf8')).toBe(jsonText(settingsOf(stored), 1))
  })

  test('holds the points of the grid, each once', () => {
    const named = ({
      dataset,
      recommender: name,
      options,
    }: Pick<MeasuredPoint, 'dataset' | 'recommender' | 'options'>): string =>
      canonicalJson([dataset, name, options] as Json)
    const planned = tuning.products.flatMap(({ datasets, recommenders }) =>
      recommenders.map(({ name, options }) =>
        named({ dataset: datasets[0]!.name, recommender: name, options: options! }),
      ),
    )
    expect(new Set(planned).size).toBe(planned.length)
    expect(stored.points.map(named).sort()).toEqual([...planned].sort())
  })

  test('defaults and what was chosen are smoothed too', () => {
    const chosen = chosenPoints(stored.points)
    for (const each of stored.points)
      expect(each.smoothed !== undefined).toBe(chosen.includes(each) || isDefault(each.options))
  })
})

describe('settings/tuned.json', () => {
  const data = splitRatio(syntheticDataset({ users: 60, items: 40 }), { seed: 1 })

  test.each(Object.entries(settings))(
    '%s is accepted by the recommender, and gives tables of that size',
    (name, options) => {
      const [, recommenderName, factors] = name.split('/') as [string, string, string]
      const model = recommender(recommenderName).train(data, { ...options, epochs: 1, validateEvery: 1 })
      for (const table of Object.values(model.userTables)) expect(table.cols).toBe(Number(factors))
      expect(factorsOf(recommenderName, options)).toBe(Number(factors))
    },
  )

  test('has what the grid tunes, both recommenders at both sizes', () => {
    const wanted = tunedDatasets.flatMap((dataset) =>
      ['lightgcn', 'nmf'].flatMap((name) => [16, 64].map((factors) => `${dataset}/${name}/${factors}`)),
    )
    expect(Object.keys(settings).sort()).toEqual(wanted.sort())
  })
})

describe('tuned settings are defaults', () => {
  const trainedOptions = async (...args: string[]): Promise<unknown[]> =>
    expandGrid((await startOptions(args))!.grid)
      .models.filter(({ method }) => !method)
      .map(({ train }) => train.parameters['recommender'])

  test('of npm start where the data set was tuned, under what the command line says', async () => {
    expect(await trainedOptions('--dataset', 'ml-100k', '--recommender', 'lightgcn,nmf')).toEqual(
      ['lightgcn', 'nmf'].map((name) => ({ name, options: tunedOptions('ml-100k', name, 16) })),
    )
    expect(await trainedOptions('--dataset', 'ml-100k', '--epochs', '3')).toEqual([
      { name: 'lightgcn', options: { ...tunedOptions('ml-100k', 'lightgcn', 16), epochs: 3 } },
    ])
    expect(await trainedOptions()).toEqual([{ name: 'lightgcn', options: {} }])
    expect(await trainedOptions('--dataset', 'oulad')).toEqual([{ name: 'lightgcn', options: {} }])
  })

  test('of the protocol strict, and of no protocol that others have stated', () => {
    const optionsUnder = (name: string): unknown => {
      const product = productOf(experimentProtocols[name]!, {
        datasets: ['ml-100k'],
        recommenders: ['lightgcn'],
        methods: [],
        seeds: [1],
      })
      return expandGrid({ name, title: name, products: [product] }).models[0]!.train.parameters['recommender']
    }
    expect(optionsUnder('strict')).toEqual({ name: 'lightgcn', options: tunedOptions('ml-100k', 'lightgcn', 16) })
    for (const name of ['paper', 'official'])
      expect(optionsUnder(name)).toEqual({
        name: 'lightgcn',
        options: experimentProtocols[name]!.recommenders['lightgcn'],
      })
  })

  test('of the frontier’s tuned models, at their K', () => {
    const optionsOf = (cell: Cell): unknown => frontierOf([{ cell, rungs: [] }]).products[0]!.recommenders[0]!.options
    expect(optionsOf({ dataset: 'ml-100k', recommender: 'nmf', factors: 64, seed: 3, tuned: true })).toEqual(
      tunedOptions('ml-100k', 'nmf', 64),
    )
    expect(optionsOf({ dataset: 'ml-100k', recommender: 'lightgcn', factors: 64, seed: 3 })).toEqual({ factors: 64 })
    expect(() => optionsOf({ dataset: 'oulad', recommender: 'nmf', factors: 16, seed: 3, tuned: true })).toThrow(
      'npm run tuning makes them',
    )
  })

  test('at one K each', () => {
    expect(tunedSettings(16)['ml-100k']!['lightgcn']).toEqual(tunedOptions('ml-100k', 'lightgcn', 16))
    expect(tunedSettings(32)).toEqual({})
    expect(main.products[0]!.settings).toEqual(tunedSettings(16))
  })
})

test('the comparison trains defaults and what was chosen, smooths both, and has EASE on every data set', () => {
  const [first] = tuning.products
  const dataset = first!.datasets[0]!.name
  const points = tuning.products
    .filter(({ datasets }) => datasets[0]!.name === dataset)
    .flatMap(({ recommenders }) =>
      recommenders.map(({ name, options }, at): MeasuredPoint => ({
        ...point(name, factorsOf(name, options!), at, 0),
        dataset,
        options: options!,
      })),
    )
  const { models, yardsticks } = expandGrid(comparisonGrid(points, [dataset]))
  const last = chosenPoints(points).map(({ options }) => canonicalJson(options as Json))
  for (const options of last)
    expect(
      models.map(({ train }) => canonicalJson((train.parameters['recommender'] as { options: Json }).options)),
    ).toContain(options)
  for (const { smoothed } of models) expect(smoothed).toBeDefined()
  expect(yardsticks.map((each) => [each.dataset, each.yardstick.name])).toEqual([[dataset, 'ease']])
  expect(smoothing).toEqual({ neighbours: 30, share: 0.5 })
})
