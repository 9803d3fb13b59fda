import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '@indistinct/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinct, plantLeak, type Finished } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-files-'))
const at = (name: string): string => join(folder, name)
beforeAll(() => {
  plantLeak(folder, 60, 1)
  mkdirSync(at('real'))
  symlinkSync(folder, at('real/way'))
})
afterAll(() => rmSync(folder, { recursive: true }))
const unlearn = (...more: string[]): Promise<Finished> =>
  indistinct(['unlearn', 'users.csv', '--attributes', 'people.csv', '--attribute', 'gender', '--quiet', ...more], {
    cwd: folder,
  })

describe('inputs are never replaced', () => {
  test.concurrent.each([
    ['the table', ['--out', 'real/way/users.csv'], 'real/way/users.csv is an input of this run already, as users.csv'],
    [
      'the labels',
      ['--out', 'o.csv', '--delta', 'real/way/people.csv'],
      'real/way/people.csv is an input of this run already, as people.csv',
    ],
    [
      'another output',
      ['--out', 'o.csv', '--fit', 'real/way/o.csv.json'],
      'real/way/o.csv.json is an output of this run already, as o.csv.json',
    ],
  ])('%s, through a linked folder and with --force', async (_, flags, message) => {
    const before = readFileSync(at('users.csv'))
    const { code, stderr } = await unlearn('--method', 'mean-matching', ...flags, '--force')
    expect([code, stderr]).toEqual([2, `error: ${message}; name another file\n`])
    expect(readFileSync(at('users.csv'))).toEqual(before)
  })
})

describe('names of inputs', () => {
  beforeAll(() => {
    for (const name of ['-x.csv', 'a b=c.csv', 'C:\\x.csv']) copyFileSync(at('users.csv'), at(name))
    copyFileSync(at('people.csv'), at('one,two.csv'))
    symlinkSync('round.csv', at('round.csv'))
    if (process.platform !== 'win32') execFileSync('mkfifo', [at('pipe.csv')])
  })
  const audit = (...args: string[]): Promise<Finished> =>
    indistinct(['audit', '--attribute', 'gender', '--dry-run', ...args], { cwd: folder })
  const labels = ['--attributes', 'people.csv']

  test.concurrent.each([
    ['begins with a dash', [...labels, '--', '-x.csv']],
    ['begins with a dash, after another', [...labels, 'users.csv', '--', '-x.csv']],
    ['has blanks and =', [...labels, 'a b=c.csv']],
    ['is of Windows', [...labels, 'C:\\x.csv']],
    ['has commas', ['--attributes', 'one,two.csv', 'users.csv']],
    ['has commas, for lists', [...labels, 'users.csv', '--with', 'a b=c.csv,-x.csv']],
  ])('one that %s is read', async (_, args) => {
    const { code, stderr } = await audit(...args)
    expect([code, stderr.replace(/^warning: .*\n/gm, '')]).toEqual([0, ''])
  })

  test.concurrent.each([
    [['round.csv', ...labels], 'cannot read round.csv: it is a link that leads to itself'],
    [['users.csv/x.npy', ...labels], 'cannot read users.csv/x.npy: a file stands where its name has a folder'],
    [['x\ufffd.npy', ...labels], 'no such file; where its name has bytes that are not UTF-8, rename it'],
    [['users.csv', ...labels, '--with', 'one,two.csv'], 'one,two.csv: expected at least one dimension, got none'],
    [['users.csv', '--attributes', 'pipe.csv', '--also', 'x'], 'cannot read pipe.csv: it is no regular file, and is'],
    [['users.csv', ...labels, '--with', 'pipe.csv'], 'cannot read pipe.csv: it is no regular file, and is read more'],
    [['pipe.csv', '--attributes', 'pipe.csv'], 'cannot read pipe.csv: it is no regular file, and is read more'],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await audit(...args)
    expect(code).not.toBe(0)
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('internal')
  })
})

test('of two runs at once for one path one writes all its files, and the other says why it wrote none', async () => {
  mkdirSync(at('race'))
  const runs = await Promise.all(
    ['1', '2'].map((seed) => unlearn('--method', 'random-noise', '--seed', seed, '--out', 'race/o.csv')),
  )
  expect(runs.map(({ code }) => code).sort()).toEqual([0, 4])
  const lost = runs.findIndex(({ code }) => code === 4)
  expect(runs[lost]!.stderr).toMatch(/^error: race\/o\.csv\S* is there already; pass --force to replace it\n$/)
  expect(readdirSync(at('race')).sort()).toEqual(['o.csv', 'o.csv.html', 'o.csv.json'])
  const sidecar = JSON.parse(readFileSync(at('race/o.csv.json'), 'utf8')) as {
    readonly seed: number
    readonly output: { readonly table: { readonly sha256: string } }
  }
  expect(sidecar).toMatchObject({
    seed: lost === 0 ? 2 : 1,
    output: { table: { sha256: sha256(readFileSync(at('race/o.csv'))) } },
  })
})
