import { expandGrid } from '@indistinct/stages'
import { describe, expect, test } from 'vitest'
import { experimentProtocol, experimentProtocols, withStepsUpTo } from '../experiment-protocol.ts'
import { gridOfTargets, targetNames, targetsOf } from './targets.ts'

const selection = { datasets: ['ml-100k'], recommenders: ['nmf', 'lightgcn'] }
const idsOf = (targets: readonly string[], more = {}): string[] =>
  expandGrid(
    gridOfTargets(experimentProtocol('paper'), { ...selection, targets: targetsOf(targets), ...more }),
  ).nodes.map(({ id }) => id)

describe('targetsOf', () => {
  test('all is every one, in the paper’s order, each once', () => {
    expect(targetsOf(['figure-2', 'all'])).toEqual(targetNames)
    expect(() => targetsOf(['table-1'])).toThrow('expected one of table-2')
  })
})

describe('gridOfTargets', () => {
  test('Tables 3, 4 and 5 are one grid of ten repetitions', () => {
    expect(idsOf(['table-3'])).toEqual(idsOf(['table-4', 'table-5']))
    expect(idsOf(['table-3']).filter((id) => id.startsWith('train-')).length).toBe(20)
    expect(idsOf(['table-3'], { datasets: ['synthetic'] }).filter((id) => id.startsWith('train-')).length).toBe(2)
  })

  test('EASE runs on every split of the tables but those of LFM-2B', () => {
    const { yardsticks } = expandGrid(
      gridOfTargets(experimentProtocol('paper'), {
        ...selection,
        datasets: ['ml-100k', 'lfm-2b-synthetic'],
        targets: ['table-4'],
        seeds: [1, 2],
      }),
    )
    expect(yardsticks.map(({ dataset, seed, yardstick }) => [dataset, seed, yardstick.name])).toEqual([
      ['ml-100k', 1, 'ease'],
      ['ml-100k', 2, 'ease'],
    ])
  })

  test('Table 2 trains nothing, and shares what it prepares', () => {
    const ids = idsOf(['table-2'])
    expect(ids.map((id) => id.split('-')[0])).toEqual(['prepare'])
    expect(idsOf(['table-3'])).toContain(ids[0])
  })

  test('Figure 2 sweeps alpha over the methods that have one, Figures 3 and 4 start from the tables’ models', () => {
    const sweep = idsOf(['figure-2'])
    expect(sweep.filter((id) => id.startsWith('figure-')).length).toBe(2)
    expect(sweep.filter((id) => id.startsWith('unlearn-')).length).toBe(2 * 2 * 7)
    const tables = new Set(idsOf(['table-3'], { seeds: [1] }))
    for (const id of idsOf(['figure-3', 'figure-4'])) if (!id.startsWith('figure-')) expect(tables).toContain(id)
    expect(idsOf(['figure-4']).filter((id) => id.startsWith('figure-')).length).toBe(2 * 3)
  })

  test('steps up to a number leave shorter methods as they are', () => {
    const options = (name: string, steps: number): unknown =>
      gridOfTargets(withStepsUpTo(experimentProtocol(name), steps), {
        ...selection,
        targets: ['table-3'],
      }).products[0]!.methods.map(({ name, options }) => [name, options?.['steps']])
    expect(options('paper', 1000)).toEqual([
      ['u2u-r', 1000],
      ['d2d-r', 1000],
      ['retrain', undefined],
      ['adversarial', undefined],
      ['u2u-r-closed', undefined],
      ['flow', undefined],
    ])
    // Under strict the steps are the methods' defaults.
    expect(options('strict', 1000)).toEqual([
      ['u2u-r', 1000],
      ['d2d-r', undefined],
      ['retrain', undefined],
      ['adversarial', undefined],
      ['u2u-r-closed', undefined],
      ['flow', undefined],
    ])
  })

  test('methods that a figure cannot show are a usage error', () => {
    expect(() => idsOf(['figure-2'], { methods: ['flow'] })).toThrow('figure-2 shows u2u-r, d2d-r')
    expect(idsOf(['figure-3'], { methods: ['flow', 'retrain'] }).filter((id) => id.startsWith('unlearn-')).length).toBe(
      2,
    )
  })

  test.each(Object.values(experimentProtocols))('protocol $name makes every target', (protocol) => {
    const { nodes } = expandGrid(gridOfTargets(protocol, { ...selection, targets: targetsOf(['all']), seeds: [1] }))
    expect(new Set(nodes.map(({ stage }) => stage))).toEqual(
      new Set(['prepare', 'train', 'retrain', 'unlearn', 'attack', 'evaluate', 'figure']),
    )
    const training = nodes.filter(({ stage }) => stage === 'train' || stage === 'retrain')
    // Test ratings reach training under `official` alone.
    for (const { parameters } of training)
      expect(parameters['epochBy']).toBe(protocol.name === 'official' ? 'test' : undefined)
  })
})
