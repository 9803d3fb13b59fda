/** @file `indistinct reproduce` from the outside, on the one target that trains nothing. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { experimentProtocol } from '../apps/experiments/src/experiment-protocol.ts'
import { gridOfTargets } from '../apps/experiments/src/reproduce/targets.ts'
import { finished } from '../apps/indistinct/src/end-to-end/spawned-cli.ts'
import { copyWorkspace, type WorkspaceCopy } from './workspace-copy.ts'

let copy: WorkspaceCopy
beforeAll(() => {
  copy = copyWorkspace()
})
afterAll(() => copy?.remove())

describe('indistinct reproduce', () => {
  test('makes a table and its results through the cache, and goes on from them', async () => {
    const first = await reproduce('table-2', '--datasets', 'synthetic')
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^# Table 2: data sets\n/) as string })
    expect(first.stdout).toContain('| all | users | 943 |')
    expect(first.stderr).toMatch(/prepare-synthetic-\w+ \d+\.\d s\n/)
    const folder = join(copy.root, 'artifacts', 'results', 'paper')
    expect(readdirSync(folder).sort()).toEqual(['synthetic.json', 'table-2.json', 'table-2.md', 'table-2.tex'])
    const results = readFileSync(join(folder, 'synthetic.json'), 'utf8')

    const again = await reproduce('table-2', '--datasets', 'synthetic', '--json')
    expect(again.stderr).toMatch(/prepare-synthetic-\w+ cached\n/)
    expect(JSON.parse(again.stdout)).toMatchObject({
      schema: 'indistinct/reproduce/1',
      complete: true,
      results: [{ dataset: 'synthetic', models: [] }],
    })
    expect(readFileSync(join(folder, 'synthetic.json'), 'utf8')).toBe(results)
  })

  test('a data set that is not there fails with its code, beside those that are there with 6', async () => {
    const missing = ['--data-folder', join(copy.root, 'nowhere'), '--quiet', '--out', join(copy.root, 'other')]
    const alone = await reproduce('table-2', '--datasets', 'ml-100k', ...missing)
    expect(alone).toMatchObject({ code: 4, stdout: '' })
    expect(alone.stderr).toContain('MovieLens 100K not found')
    expect(existsSync(join(copy.root, 'other'))).toBe(false)
    const partly = await reproduce('table-2', '--datasets', 'ml-100k,synthetic', ...missing)
    expect(partly.code).toBe(6)
    expect(partly.stdout).toContain('## synthetic')
  })

  test('takes from a store what a grid has made there, and runs nothing itself', async () => {
    const selection = { datasets: ['synthetic'], recommenders: ['lightgcn'], methods: ['u2u-r-closed'] }
    const grid = join(copy.root, 'small.json')
    writeFileSync(
      grid,
      JSON.stringify(gridOfTargets(experimentProtocol('paper'), { ...selection, targets: ['table-2', 'table-3'] })),
    )
    const store = join(copy.root, 'store')
    const fromStore = (out: string): ReturnType<typeof finished> =>
      reproduce(
        'table-2',
        'table-3',
        '--datasets',
        'synthetic',
        '--recommenders',
        'lightgcn',
        '--methods',
        'u2u-r-closed',
        '--store',
        store,
        '--out',
        join(copy.root, out),
        '--quiet',
      )

    expect(await fromStore('nothing')).toMatchObject({
      code: 6,
      stdout: '',
      stderr: expect.stringContaining(
        `10 of 10 cells are not done in ${store}; indistinct grid resume makes them`,
      ) as string,
    })
    const run = await cli('grid', 'run', grid, '--store', store)
    expect(run, run.stderr).toMatchObject({ code: 0, stdout: `10 of 10 cells done in ${store}\n` })

    const first = await fromStore('first')
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toMatch(/^\| U2U-R, exact \| \d\.\d{4} \|/m)
    expect(await fromStore('second')).toEqual(first)
    // What Nx makes would lie there.
    expect(existsSync(join(copy.root, 'artifacts', 'train'))).toBe(false)
    const results = (out: string): string => readFileSync(join(copy.root, out, 'paper', 'synthetic.json'), 'utf8')
    expect(results('second')).toBe(results('first'))
    expect(JSON.parse(results('first'))).toMatchObject({
      dataset: 'synthetic',
      models: [{ method: 'original' }, { method: 'u2u-r-closed' }],
      yardsticks: [{ name: 'ease' }],
    })
  })
})

function cli(...args: string[]): ReturnType<typeof finished> {
  return finished([process.execPath, join(copy.root, 'apps/indistinct/bin/indistinct.js'), ...args], { cwd: copy.root })
}

function reproduce(...args: string[]): ReturnType<typeof finished> {
  return cli('reproduce', ...args)
}
