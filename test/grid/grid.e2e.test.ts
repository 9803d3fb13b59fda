/**
 * @file A small grid on every engine that is here, a worker killed in the middle of each: the bytes that Nx makes too.
 */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expandGrid, type Grid } from '@indistinct/stages'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordOf } from '../../apps/experiments/src/grid/cell-record.ts'
import { runGrid } from '../../apps/experiments/src/nx/nx-run.ts'
import { indistinct } from '../../apps/indistinct/src/end-to-end/spawned-cli.ts'
import { copyWorkspace, type WorkspaceCopy } from '../workspace-copy.ts'
import { engineNames, missingEngine, startEngine } from './grid-engines.ts'
import { artifactsIn, runKilled } from './killed-grid.ts'

const grid: Grid = {
  name: 'small',
  title: 'a small grid',
  products: [
    {
      datasets: [{ name: 'synthetic', options: { users: 120, items: 80 } }],
      recommenders: [{ name: 'lightgcn', options: { epochs: 2, factors: 8 } }],
      methods: [{ name: 'flow' }],
      attackers: [{ name: 'xgb' }],
      protocols: [{ name: 'paper', options: { repeats: 1 } }],
      attributes: ['gender'],
      seeds: [1],
      reports: false,
    },
  ],
}
const ids = expandGrid(grid)
  .nodes.map(({ id }) => id)
  .sort()
let folder: string
let file: string
/** Digests of the artifacts that Nx makes, by cell. */
let byNx: Record<string, string>
let copy: WorkspaceCopy
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'indistinct-grid-'))
  file = join(folder, 'small.json')
  writeFileSync(file, JSON.stringify(grid))
  copy = copyWorkspace()
  const { expanded } = await runGrid(grid, copy.root)
  byNx = Object.fromEntries(
    expanded.nodes.map(({ id, root }) => [
      id,
      recordOf(join(copy.root, root), id, '', { seconds: 0, cpuSeconds: 0, memory: 0 }).artifact,
    ]),
  )
})
afterAll(() => {
  copy?.remove()
  rmSync(folder, { recursive: true, force: true })
})

describe.each(engineNames)('%s', (name) => {
  const missing = missingEngine[name]()
  if (missing !== undefined) console.log(`grids on ${name} not tested: ${missing}`)
  test.skipIf(missing !== undefined)('completes though a worker was killed, with the bytes that Nx makes', async () => {
    const store = join(folder, name)
    const engine = await startEngine(name, join(folder, 'logs'))
    try {
      // Slurm's own patience with a controller that is gone takes too long for here; packages/executors tests it.
      const { runs, artifacts, leftovers } = await runKilled({
        name,
        engine,
        grid: [file],
        store,
        worker: 1,
        server: name === 'bullmq' ? 3 : undefined,
      })
      expect(runs.at(-1), runs.map(({ stderr }) => stderr).join('\n')).toMatchObject({
        code: 0,
        stdout: `7 of 7 cells done in ${store}\n`,
      })
      if (name !== 'bullmq') expect(runs).toHaveLength(1)
      expect(Object.keys(artifacts).sort()).toEqual(ids)
      expect(artifacts).toEqual(byNx)
      expect(leftovers).toEqual([])
    } finally {
      await engine.stop()
    }
  })
})

describe('indistinct grid', () => {
  const cli = (...args: string[]): ReturnType<typeof indistinct> => indistinct(['grid', ...args], { cwd: folder })
  const train = ids.find((id) => id.startsWith('train-'))!

  test('a cell refuses while what it reads is not done, and a part of a grid is told as such', async () => {
    const store = join(folder, 'partly')
    const alone = await cli('cell', file, train, '--store', store)
    expect(alone).toMatchObject({ code: 4, stdout: '' })
    expect(alone.stderr).toMatch(
      /^error: train-\S+: expected the cells that it reads in \S+, got prepare-\S+ missing; indistinct grid resume makes them first\n$/,
    )
    expect(artifactsIn(store)).toEqual({})
    const prepare = ids.find((id) => id.startsWith('prepare-'))!
    expect((await cli('cell', file, prepare, '--store', store)).code).toBe(0)
    // As of a worker that was killed after it had published.
    const left = join(store, 'scratch', `${prepare}@${hostname().replace(/[^\w-]/g, '_')}@4194304`)
    mkdirSync(left)
    expect(await cli('cell', file, prepare, '--store', store)).toMatchObject({
      code: 0,
      stderr: `${prepare} done before\n`,
    })
    expect(existsSync(left)).toBe(false)
    expect(await cli('status', file, '--store', store, '--quiet')).toMatchObject({
      code: 6,
      stdout: '1 of 7 cells done, 1 ready to run, 5 behind those\n',
    })
  })

  test('two workers that make one cell at once leave one artifact', async () => {
    const store = join(folder, 'partly')
    const both = await Promise.all([
      cli('cell', file, train, '--store', store),
      cli('cell', file, train, '--store', store),
    ])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect(artifactsIn(store)[train]).toBe(byNx[train])
  })

  test('resume wants an earlier run, and names are checked', async () => {
    expect(await cli('resume', file, '--store', join(folder, 'partly'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('begin with indistinct grid run') as string,
    })
    expect(await cli('run', file, '--methods', 'flwo')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--methods: expected some of flow') as string,
    })
    expect(await cli('cell', file, 'train-nothing')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected a cell of the grid, got train-nothing') as string,
    })
  })

  test('a plan counts cells, and what is done of them', async () => {
    const planned = await cli('plan', file, '--store', join(folder, 'partly'), '--json')
    expect(JSON.parse(planned.stdout)).toMatchObject({
      schema: 'indistinct/grid-plan/1',
      cells: 7,
      done: 2,
      wall: [{ workers: 1 }, { workers: 2 }, { workers: 10 }, { workers: 100 }],
    })
    const text = await cli('plan', file, '--store', join(folder, 'partly'))
    expect(text.stdout).toMatch(/^stage +cells +done +time to go +memory a cell +disk\nprepare +1 +1 /)
  })
})
