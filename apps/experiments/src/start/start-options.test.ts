import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expandGrid } from '@indistinct/stages'
import { describe, expect, test, vi } from 'vitest'
import { main } from '../../grids/main.ts'
import { official } from '../../protocols/official.ts'
import { startHelp, startOptions } from './start-options.ts'

const nodesOf = async (...args: string[]): Promise<string[]> =>
  expandGrid((await startOptions(args))!.grid).nodes.map((node) => node.id)

describe('startOptions', () => {
  test('without flags it is the main grid', async () => {
    expect(await nodesOf()).toEqual(expandGrid(main).nodes.map((node) => node.id))
  })

  test('flags replace dimensions, as lists or repeated', async () => {
    const { grid } = (await startOptions([
      '--dataset',
      'ml-100k,ml-1m',
      '--seed',
      '1',
      '--seed',
      '2,3',
      '--method',
      'all',
      '--epochs',
      '7',
    ]))!
    const product = grid.products[0]!
    expect(product.datasets).toEqual([{ name: 'ml-100k' }, { name: 'ml-1m' }])
    expect(product.seeds).toEqual([1, 2, 3])
    expect(product.methods.length).toBeGreaterThan(3)
    expect(product.recommenders[0]!.options).toEqual({ epochs: 7 })
  })

  test('a choice that the main grid has keeps its options', async () => {
    const { grid } = (await startOptions(['--protocol', 'paper']))!
    expect(grid.products[0]!.protocols).toEqual([main.products[0]!.protocols[0]])
  })

  test('other data than the embedded are attacked by one who knows most labels, too', async () => {
    const protocolsOf = async (...args: string[]): Promise<string[]> =>
      (await startOptions(args))!.grid.products[0]!.protocols.map(({ name }) => name)
    expect(await protocolsOf()).toEqual(['paper'])
    expect(await protocolsOf('--dataset', 'ml-100k')).toEqual(['paper', 'five-fold'])
    expect(await protocolsOf('--interactions', 'a.csv', '--attributes', 'b.csv')).toEqual(['paper', 'five-fold'])
    const { observed } = (await startOptions(['--dataset', 'ml-100k']))!.grid.products[0]!
    expect(observed!.protocols!.map(({ name }) => name)).toEqual(['five-fold'])
  })

  test('settings bring the options of a protocol, and flags choose among them', async () => {
    const { grid } = (await startOptions(['--settings', 'official', '--method', 'd2d-r,flow', '--recommender', 'nmf']))!
    const chosen = grid.products[0]!
    expect(chosen.methods).toEqual([
      { name: 'd2d-r', options: official.methods['d2d-r'] },
      { name: 'flow', options: official.methods['flow'] },
    ])
    expect(chosen.recommenders).toEqual([{ name: 'nmf', options: official.recommenders['nmf'] }])
    expect(chosen).toMatchObject({
      attackers: official.attackers,
      protocols: official.attacks,
      epochBy: 'test',
      reports: true,
    })
  })

  test('several recommenders are released together, unless they are to be kept apart', async () => {
    const { grid } = (await startOptions(['--recommender', 'lightgcn,nmf']))!
    expect(expandGrid(grid).releases.map(({ method, recommenders }) => [method?.name, recommenders])).toEqual([
      [undefined, ['lightgcn', 'nmf']],
      ['flow', ['lightgcn', 'nmf']],
    ])
    expect(expandGrid((await startOptions(['--recommender', 'lightgcn,nmf', '--apart']))!.grid).releases).toEqual([])
    expect(expandGrid(main).releases).toEqual([])
  })

  test("the user's own files are a data set", async () => {
    const { grid } = (await startOptions([
      '--interactions',
      'plays.csv',
      '--attributes',
      'users.csv',
      '--attribute',
      'sex',
    ]))!
    expect(grid.products[0]!.datasets[0]!.name).toBe('plays.csv')
    expect(String(grid.products[0]!.datasets[0]!.options!['interactions'])).toMatch(/^\/.*plays\.csv$/)
    const laid = [
      '--user-column',
      'who',
      '--item-column',
      'what',
      '--attributes-user-column',
      'id',
      '--delimiter',
      'tab',
    ]
    const other = (await startOptions(['--interactions', 'a.tsv', '--attributes', 'b.tsv', ...laid, '--core', '9']))!
      .grid
    expect(other.products[0]).toMatchObject({
      core: 9,
      datasets: [{ options: { userColumn: 'who', itemColumn: 'what', attributesUserColumn: 'id', delimiter: '\t' } }],
    })
    await expect(startOptions(['--interactions', 'plays.csv'])).rejects.toThrow(
      'expected --interactions and --attributes together',
    )
  })

  test('a least number of users a label goes with the data set', async () => {
    const { grid } = (await startOptions(['--dataset', 'ml-100k', '--least-users', '20']))!
    expect(grid.products[0]!.datasets).toEqual([{ name: 'ml-100k', options: { leastUsers: 20 } }])
  })

  test('an engine other than the default is part of the keys of what it makes, and of nothing else', async () => {
    const expanded = expandGrid((await startOptions(['--engine', 'tfjs', '--method', 'flow,leace']))!.grid)
    const engineOf = (stage: string): unknown[] =>
      expanded.nodes.filter((node) => node.stage === stage).map(({ parameters }) => parameters['engine'])
    expect(engineOf('train')).toEqual(['tfjs'])
    expect(engineOf('unlearn').sort()).toEqual(['tfjs', undefined])
    expect(engineOf('attack').every((engine) => engine === undefined)).toBe(true)
    expect(await nodesOf('--engine', 'kernels')).toEqual(await nodesOf())
    vi.stubEnv('INDISTINCT_ENGINE', 'tfjs')
    try {
      expect(await nodesOf()).toEqual(await nodesOf('--engine', 'tfjs'))
      expect(await nodesOf('--engine', 'kernels')).not.toEqual(await nodesOf())
    } finally {
      vi.unstubAllEnvs()
    }
    await expect(startOptions(['--engine', 'cuda'])).rejects.toThrow(
      'engine: expected one of kernels, tfjs, got "cuda"',
    )
  })

  test.each([
    [['--datset', 'x'], "Unknown option '--datset'"],
    [['extra'], "Unexpected argument 'extra'"],
    [['--dataset', 'ml-2m'], '--dataset: expected one of synthetic'],
    [['--method', 'magic'], '--method: expected one of flow'],
    [['--seed', '1.5'], '--seed: expected an integer, got "1.5"'],
    [['--epochs', '0'], '--epochs: expected a positive integer, got 0'],
    [['--least-users', '0'], '--least-users: expected a positive integer, got 0'],
    [
      ['--user-column', 'who'],
      '--user-column, --item-column, --delimiter and --unknown-users: expected --interactions beside them',
    ],
    [['--core', '0'], '--core: expected a positive integer, got 0'],
    [['--parallel', 'two'], '--parallel: expected an integer, got "two"'],
    [['--grid', 'main', '--seed', '1'], '--grid: expected no --seed beside it'],
    [['--settings', 'lax'], 'expected a protocol among paper, official, strict'],
    [['--grid', 'nowhere'], '--grid: expected a JSON file or one of calibration, figure-2, figure-3, '],
  ])('%j is a usage error', async (args, message) => {
    await expect(startOptions(args)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message) as string,
    })
  })

  test('a grid comes by name or from a file', async () => {
    expect((await startOptions(['--grid', 'main']))!.grid).toEqual(main)
    const folder = mkdtempSync(join(tmpdir(), 'indistinct-grid-'))
    try {
      const path = join(folder, 'grid.json')
      writeFileSync(path, JSON.stringify(main))
      expect((await startOptions(['--grid', path, '--json']))!.grid).toEqual(main)
      writeFileSync(path, '{"name": "mine", "products": [{}]}')
      await expect(startOptions(['--grid', path])).rejects.toThrow(
        'products[0].datasets: expected a list, got undefined',
      )
      writeFileSync(path, '{')
      await expect(startOptions(['--grid', path])).rejects.toMatchObject({ code: 'file' })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('help lists every flag', async () => {
    expect(await startOptions(['--help'])).toBeUndefined()
    for (const flag of [
      'dataset',
      'recommender',
      'method',
      'attacker',
      'protocol',
      'attribute',
      'seed',
      'engine',
      'epochs',
      'settings',
      'grid',
      'data',
      'parallel',
      'fresh',
      'json',
      'quiet',
    ]) {
      expect(startHelp()).toContain(`--${flag} `)
    }
  })
})
