/** @file Plans, costs, states and narrowing on nodes alone; test/grid runs the real thing. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expandGrid, type Grid, type StageNode } from '@indistinct/stages'
import { describe, expect, test, vi } from 'vitest'
import { costsIn, expectedCosts, kindOf, measuredCosts, type CostTable, type MeasuredCost } from './cell-costs.ts'
import type { CellRecord } from './cell-record.ts'
import { ancestry, cellStates, environmentOf } from './cell-states.ts'
import { choiceArguments, chosenGrid } from './chosen-grid.ts'
import { gridPlan } from './grid-plan.ts'
import { settingsOf, type StageSettings } from './stage-settings.ts'

const workspace = fileURLToPath(new URL('../../../..', import.meta.url))
const grid: Grid = {
  name: 'plan',
  title: 'plan',
  products: [
    {
      datasets: [{ name: 'synthetic' }, { name: 'ml-100k' }],
      recommenders: [{ name: 'lightgcn' }],
      methods: [{ name: 'flow' }],
      attackers: [{ name: 'xgb' }],
      protocols: [{ name: 'paper' }],
      attributes: ['gender'],
      seeds: [1, 2],
      reports: false,
    },
  ],
}
const { nodes } = expandGrid(grid)
const of = (stage: string, dataset = 'synthetic'): StageNode =>
  nodes.find((node) => node.id.startsWith(`${stage}-${dataset}`))!
const record = (node: StageNode, input: string, cpuSeconds = 3): CellRecord => ({
  schema: 'indistinct/cell/1',
  id: node.id,
  input,
  artifact: `of ${node.id}`,
  bytes: 1000,
  files: [],
  cost: { seconds: 9, cpuSeconds, memory: 200 },
})

describe('cellStates', () => {
  const synthetic = nodes.filter(({ id }) => id.includes('synthetic'))
  const statesOf = cellStates(synthetic, workspace)
  const inputOf = (node: StageNode, records: ReadonlyMap<string, CellRecord>): string =>
    statesOf(records).get(node.id)!.input!

  test('done is what was made from the inputs of now, and what reads anything else waits', () => {
    const [prepare, train, unlearn] = [of('prepare'), of('train'), of('unlearn')]
    const records = new Map<string, CellRecord>()
    expect(statesOf(records).get(prepare.id)).toMatchObject({ state: 'missing' })
    expect(statesOf(records).get(train.id)).toEqual({ state: 'blocked' })
    records.set(prepare.id, record(prepare, inputOf(prepare, records)))
    records.set(train.id, record(train, inputOf(train, records)))
    records.set(unlearn.id, record(unlearn, inputOf(unlearn, records)))
    expect([prepare, train, unlearn].map(({ id }) => statesOf(records).get(id)!.state)).toEqual([
      'done',
      'done',
      'done',
    ])
    // Other bytes above: this one is stale, and what is below waits for it.
    records.set(prepare.id, { ...records.get(prepare.id)!, artifact: 'other bytes' })
    expect([prepare, train, unlearn].map(({ id }) => statesOf(records).get(id)!.state)).toEqual([
      'done',
      'stale',
      'blocked',
    ])
  })

  test('the XGBoost that is asked for is an input of attacks alone', () => {
    const records = new Map<string, CellRecord>()
    for (const node of [of('prepare'), of('train')]) records.set(node.id, record(node, inputOf(node, records)))
    const attack = synthetic.find(({ id, stage }) => stage === 'attack' && id.includes('original'))!
    const before = [of('train'), attack].map((node) => inputOf(node, records))
    vi.stubEnv('INDISTINCT_XGBOOST', 'wasm')
    const after = [of('train'), attack].map((node) => inputOf(node, records))
    vi.unstubAllEnvs()
    vi.stubEnv('XGBOOST_LIB', '/opt/libxgboost.so')
    const named = inputOf(attack, records)
    vi.unstubAllEnvs()
    expect([after[0] === before[0], after[1] === before[1], named === before[1]]).toEqual([true, false, false])
  })

  test('what Nx hashes of the environment a store does too, of every node that attacks or has an engine', () => {
    vi.stubEnv('INDISTINCT_XGBOOST', 'wasm')
    vi.stubEnv('INDISTINCT_TFJS_BACKEND', 'cpu')
    const of = (stage: StageNode['stage'], parameters: StageNode['parameters']): object =>
      environmentOf({ id: stage, stage, root: stage, parameters, upstream: {} })
    const found = [
      of('calibrate', {}),
      of('held', {}),
      of('figure', { figure: 't-sne', attackers: [{ name: 'xgb' }] }),
      of('figure', { figure: 'histograms' }),
      of('train', { engine: 'tfjs' }),
      of('train', {}),
    ]
    vi.unstubAllEnvs()
    const xgboost = { INDISTINCT_XGBOOST: 'wasm' }
    expect(found).toEqual([xgboost, xgboost, xgboost, {}, { INDISTINCT_TFJS_BACKEND: 'cpu' }, {}])
  })

  test('ancestry is a cell and what it is made from', () => {
    expect(ancestry(of('unlearn'), nodes).map(({ stage }) => stage)).toEqual(['prepare', 'train', 'unlearn'])
  })
})

describe('expectedCosts', () => {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const costly = (node: StageNode, seconds: number): MeasuredCost => ({
    seconds,
    memory: 400,
    bytes: 500,
    settings: settingsOf(node, byId),
  })
  const table: CostTable = {
    note: '',
    cells: { 'train-ml-100k-lightgcn': costly(of('train', 'ml-100k'), 20) },
  }
  /** The first training on MovieLens 100K under other options. */
  const trained = (options: { [name: string]: number }, digest = '0123456789'): StageNode => {
    const node = of('train', 'ml-100k')
    return {
      ...node,
      id: `train-ml-100k-lightgcn-${digest}`,
      root: `artifacts/train/ml-100k-lightgcn-${digest}`,
      parameters: { ...node.parameters, recommender: { name: 'lightgcn', options } },
    }
  }

  test('takes cells like it in this store, then in the table, over seeds; else scales what is near', () => {
    const seeds = nodes.filter(({ id }) => id.startsWith('train-synthetic'))
    const here = measuredCosts(nodes, [record(seeds[0]!, '', 4), record(seeds[1]!, '', 6)])
    const costOf = expectedCosts(nodes, here, table)
    expect(kindOf(of('train'))).toBe('train-synthetic-lightgcn')
    expect(costOf(of('train'))).toEqual({ seconds: 5, memory: 200, bytes: 1000, from: 'here' })
    expect(costOf(of('train', 'ml-100k'))).toEqual({ seconds: 20, memory: 400, bytes: 500, from: 'table' })
    const [wide, usual] = [trained({ factors: 160 }), trained({})].map(costOf)
    expect(usual).toMatchObject({ seconds: 20, from: 'table' })
    expect(wide!.from).toBe('guess')
    // Ten times as wide: as many times the products, tables and bytes, and epochs as before.
    expect(wide!.seconds).toBeGreaterThan(100)
    expect(wide!.seconds).toBeLessThan(200)
    // Interactions are held too, and are as many as before.
    expect(wide!.bytes).toBeGreaterThan(1500)
    expect(wide!.memory).toBeGreaterThan(800)
  })

  test('a cell of its kind under other settings is no measure of it, only of the machine', () => {
    const [few, many] = [trained({ epochs: 10, patience: 10 }), trained({ epochs: 40, patience: 40 }, '0123456780')]
    const all = [...nodes, few, many]
    const costOf = expectedCosts(all, measuredCosts(all, [record(few, '', 3)]), { note: '', cells: {} })
    expect(costOf(few)).toMatchObject({ seconds: 3, from: 'here' })
    const { seconds, from } = costOf(many)
    expect(from).toBe('guess')
    expect(seconds).toBeCloseTo(12, 6)
  })

  test('pairs of users where a sum over pairs is what takes time', () => {
    const [small, large] = ['ml-100k', 'ml-1m'].map((name) => d2dOn(name))
    const cells = { 'unlearn-ml-1m-lightgcn-d2d-r': { ...costly(of('train'), 200), settings: large!.settings } }
    const { seconds } = expectedCosts(small!.nodes, new Map(), { note: '', cells })(small!.node)
    // Users are 6.4 times as many, pairs 41 times; a step of Adam costs something too.
    expect(200 / seconds).toBeGreaterThan(25)
    expect(200 / seconds).toBeLessThan(41)
  })

  test('what lies in the workspace, of these nodes and no others', () => {
    const folder = mkdtempSync(join(tmpdir(), 'indistinct-costs-'))
    const keep = (root: string, cost: object): void => {
      mkdirSync(join(folder, root, 'timing'), { recursive: true })
      writeFileSync(join(folder, root, 'timing', 'seconds.json'), JSON.stringify(cost))
    }
    try {
      const seeds = nodes.filter(({ id }) => id.startsWith('train-ml-100k'))
      seeds.forEach(({ root }, at) => keep(root, { seconds: 99, cpuSeconds: 4 + 4 * at, memory: 100 }))
      keep(trained({ epochs: 1 }).root, { seconds: 99, cpuSeconds: 99, memory: 100 })
      // Of a run that did not measure the processor.
      keep(of('train').root, { seconds: 99 })
      expect(costsIn(folder, nodes)).toEqual(
        new Map([['train-ml-100k-lightgcn', [{ ...costly(seeds[0]!, 6), memory: 100, bytes: 0 }]]]),
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

function d2dOn(dataset: string): { nodes: readonly StageNode[]; node: StageNode; settings: StageSettings } {
  const product = { ...grid.products[0]!, datasets: [{ name: dataset }], methods: [{ name: 'd2d-r' }], seeds: [1] }
  const { nodes } = expandGrid({ ...grid, products: [product] })
  const node = nodes.find(({ stage }) => stage === 'unlearn')!
  return { nodes, node, settings: settingsOf(node, new Map(nodes.map((each) => [each.id, each]))) }
}

describe('gridPlan', () => {
  test('adds up what is not done, and plays it through on workers', () => {
    const synthetic = nodes.filter(({ id }) => id.includes('synthetic'))
    const prepare = of('prepare')
    const states = new Map([[prepare.id, { state: 'done' as const }]])
    const plan = gridPlan(synthetic, states, () => ({ seconds: 8, memory: 100, bytes: 10, from: 'table' }), [1, 2, 100])
    // Ten seconds a cell with its start; prepare, train, unlearn, two evaluations and two attacks a seed.
    expect(plan).toMatchObject({
      cells: 14,
      done: 1,
      seconds: 130,
      memory: 100,
      bytes: 140,
      from: { here: 0, table: 13, guess: 0 },
    })
    // The other seed's prepare, train, unlearn, then evaluate or attack.
    expect(plan.chain).toBe(40)
    expect(plan.wall).toEqual([
      { workers: 1, seconds: 130 },
      { workers: 2, seconds: 70 },
      { workers: 100, seconds: 40 },
    ])
  })
})

describe('chosenGrid', () => {
  test('narrows by name and number of seeds, and says the same as arguments', async () => {
    const choice = { grid: 'tables-3-to-5', datasets: ['ml-100k'], recommenders: ['nmf'], methods: ['flow'], seeds: 2 }
    const chosen = await chosenGrid(choice)
    expect(chosen.grid.products).toMatchObject([
      { datasets: [{ name: 'ml-100k' }], recommenders: [{ name: 'nmf' }], methods: [{ name: 'flow' }], seeds: [1, 2] },
    ])
    const ids = new Set((await chosenGrid({ grid: 'tables-3-to-5' })).nodes.map(({ id }) => id))
    expect(chosen.nodes.every(({ id }) => ids.has(id))).toBe(true)
    expect(choiceArguments(choice)).toEqual({
      name: 'tables-3-to-5',
      flags: ['--datasets', 'ml-100k', '--recommenders', 'nmf', '--methods', 'flow', '--seeds', '2'],
    })
  })

  test('refuses what the grid does not have', async () => {
    await expect(chosenGrid({ grid: 'main', datasets: ['ml-1m'] })).rejects.toThrow(
      '--datasets: expected some of synthetic, which grid main has, got "ml-1m"',
    )
    // The grid has the data set and the method, though never together.
    const parts = { grid: 'holds', datasets: ['ml-100k', 'oulad'], methods: ['retrain'] }
    await expect(chosenGrid(parts)).rejects.toThrow('--datasets: grid holds has oulad, but not with the other names')
    await expect(chosenGrid({ grid: 'main', seeds: 3 })).rejects.toThrow('--seeds: expected at most 1')
    await expect(chosenGrid({ grid: 'nothing' })).rejects.toThrow('--grid: expected a JSON file or one of')
  })
})
