/** @file Plans, costs, states and narrowing on nodes alone; test/grid runs the real thing. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expandGrid, type Grid, type StageNode } from '@indistinct/stages'
import { describe, expect, test, vi } from 'vitest'
import { costsIn, expectedCosts, kindOf, measuredCosts, type CostTable } from './cell-costs.ts'
import type { CellRecord } from './cell-record.ts'
import { ancestry, cellStates } from './cell-states.ts'
import { choiceArguments, chosenGrid } from './chosen-grid.ts'
import { gridPlan } from './grid-plan.ts'

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
    expect([after[0] === before[0], after[1] === before[1]]).toEqual([true, false])
  })

  test('ancestry is a cell and what it is made from', () => {
    expect(ancestry(of('unlearn'), nodes).map(({ stage }) => stage)).toEqual(['prepare', 'train', 'unlearn'])
  })
})

describe('expectedCosts', () => {
  const table: CostTable = {
    note: '',
    cells: {
      'train-ml-100k-lightgcn': { seconds: 20, memory: 400, bytes: 500 },
      'unlearn-ml-1m-lightgcn-flow': { seconds: 100, memory: 1150, bytes: 2000 },
    },
  }

  test('takes cells of the kind in the store, then the table, then other data scaled by interactions', () => {
    const here = measuredCosts([
      record(of('train'), '', 4),
      record(nodes.filter(({ id }) => id.startsWith('train-synthetic'))[1]!, '', 6),
    ])
    const costOf = expectedCosts(nodes, here, table)
    expect(kindOf(of('train'))).toBe('train-synthetic-lightgcn')
    expect(costOf(of('train'))).toEqual({ seconds: 5, memory: 200, bytes: 1000, from: 'here' })
    expect(costOf(of('train', 'ml-100k'))).toEqual({ seconds: 20, memory: 400, bytes: 500, from: 'table' })
    const { seconds, memory, from } = costOf(of('unlearn', 'ml-100k'))
    expect(from).toBe('guess')
    expect(seconds).toBeCloseTo(10, 1)
    expect(memory).toBeCloseTo(250, -1)
  })

  test('pairs of users where a sum over pairs is what takes time', () => {
    const node = { ...of('unlearn', 'ml-100k'), id: 'unlearn-ml-100k-lightgcn-d2d-r-0123456789' }
    const cells = { 'unlearn-ml-1m-lightgcn-d2d-r': { seconds: 6040 ** 2, memory: 200, bytes: 1 } }
    expect(expectedCosts(nodes, new Map(), { note: '', cells })(node).seconds).toBeCloseTo(943 ** 2, 3)
  })

  test('what lies in the workspace, by kind', () => {
    const folder = mkdtempSync(join(tmpdir(), 'indistinct-costs-'))
    try {
      for (const [digest, cpuSeconds] of [
        ['0123456789', 4],
        ['0123456780', 8],
      ] as const) {
        const timing = join(folder, 'artifacts', 'train', `ml-100k-lightgcn-${digest}`, 'timing')
        mkdirSync(timing, { recursive: true })
        writeFileSync(join(timing, 'seconds.json'), JSON.stringify({ seconds: 99, cpuSeconds, memory: 100 }))
      }
      mkdirSync(join(folder, 'artifacts', 'train', 'ml-100k-nmf-0123456789'))
      const older = join(folder, 'artifacts', 'train', 'ml-100k-lightgcn-0123456781', 'timing')
      mkdirSync(older, { recursive: true })
      writeFileSync(join(older, 'seconds.json'), JSON.stringify({ seconds: 99 }))
      expect(costsIn(folder, nodes)).toEqual(
        new Map([['train-ml-100k-lightgcn', { seconds: 6, memory: 100, bytes: 0 }]]),
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

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
    await expect(chosenGrid({ grid: 'main', seeds: 3 })).rejects.toThrow('--seeds: expected at most 1')
    await expect(chosenGrid({ grid: 'nothing' })).rejects.toThrow('--grid: expected a JSON file or one of')
  })
})
