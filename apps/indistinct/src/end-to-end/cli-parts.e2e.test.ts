/** Folders of Parquet parts, as Spark writes them, on the command line. */

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTable, writeTable } from '@indistinct/embeddings'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { indistinctInProcess, type Ran } from './in-process-cli.ts'
import { plantLeak } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-parts-'))
const at = (name: string): string => join(folder, name)
const labels = ['--attributes', at('people.csv'), '--attribute', 'gender']
const PARTS = ['part-0', 'part-1', 'part-10'].map((name) => at(`userFactors/${name}.parquet`))

beforeAll(async () => {
  plantLeak(folder, 90, 1.2)
  mkdirSync(at('userFactors'))
  const [header, ...lines] = readFileSync(at('users.csv'), 'utf8').trim().split('\n')
  for (const [p, path] of PARTS.entries()) {
    writeFileSync(at('some.csv'), [header, ...lines.slice(30 * p, 30 * p + 30), ''].join('\n'))
    await writeTable(path, await readTable(at('some.csv')))
  }
  writeFileSync(at('userFactors/_SUCCESS'), '')
})
afterAll(() => rmSync(folder, { recursive: true }))

const unlearn = (table: string, out: string, ...more: string[]): Promise<Ran> =>
  indistinctInProcess(['unlearn', table, ...labels, '--method', 'mean-matching', '--out', at(out), ...more])

test('a folder is audited and unlearned as the one table that its parts make', async () => {
  expect(await unlearn(at('userFactors'), 'parts.parquet')).toMatchObject({ code: 0, stderr: '' })
  expect(await unlearn(at('users.csv'), 'whole.csv')).toMatchObject({ code: 0 })
  const [parts, whole] = [await readTable(at('parts.parquet')), await readTable(at('whole.csv'))]
  expect([parts.ids, parts.matrix]).toEqual([whole.ids, whole.matrix])
  const audit = async (table: string): Promise<unknown> => {
    const { stdout } = await indistinctInProcess([
      'audit',
      table,
      ...labels,
      '--attackers',
      'logistic',
      '--permutations',
      '99',
      '--json',
    ])
    return (JSON.parse(stdout) as { readonly attacks: unknown }).attacks
  }
  const attacks = await audit(at('userFactors'))
  expect(attacks).toBeDefined()
  expect(attacks).toEqual(await audit(at('users.csv')))
})

test('an attacker may hold a folder too', async () => {
  const { code, stdout } = await indistinctInProcess([
    'audit',
    at('users.csv'),
    ...labels,
    '--attackers',
    'logistic',
    '--permutations',
    '99',
    '--with',
    at('userFactors'),
  ])
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('userFactors, vectors of 90 users: ') })
})

test('block by block it gives the bytes that it gives in memory', async () => {
  expect(await unlearn(at('userFactors'), 'memory.parquet', '--stream', 'never')).toMatchObject({ code: 0 })
  expect(await unlearn(at('userFactors'), 'blocks.parquet', '--stream', 'always')).toMatchObject({ code: 0 })
  const [memory, blocks] = [await readTable(at('memory.parquet')), await readTable(at('blocks.parquet'))]
  expect(blocks.ids).toEqual(memory.ids)
  expect(blocks.matrix).toEqual(memory.matrix)
})

test('where parts are given one by one, the message names the folder', async () => {
  expect(await indistinctInProcess(['audit', ...PARTS, ...labels])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining(
      'have no user in common, and several tables are to be of the same users; if they are parts of one table, ' +
        `give the folder, ${at('userFactors')}`,
    ),
  })
  mkdirSync(at('elsewhere'))
  copyFileSync(PARTS[1]!, at('elsewhere/part-1.parquet'))
  expect((await indistinctInProcess(['audit', PARTS[0]!, at('elsewhere/part-1.parquet'), ...labels])).stderr).toContain(
    'give a folder that holds the parts and nothing else',
  )
  expect(
    await indistinctInProcess(['unlearn', ...PARTS, ...labels, '--method', 'flow', '--out', at('o.parquet')]),
  ).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      `expected 3 files separated by commas, one for each table, got ${at('o.parquet')}; if they are parts of ` +
        `one table, give the folder, ${at('userFactors')}`,
    ),
  })
})

test('a folder has no bytes to bring back, takes no output, and is no shard', async () => {
  expect(await unlearn(at('userFactors'), 'o.parquet', '--delta', at('o.delta'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is a folder of parts; leave it out'),
  })
  expect(await unlearn(at('userFactors'), 'userFactors/part-2.parquet')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('which this run reads as a whole'),
  })
  expect(
    await indistinctInProcess([
      'shards',
      'unlearn',
      at('userFactors'),
      ...labels,
      '--out',
      at('run'),
      '--prepare-only',
    ]),
  ).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`name its parts, each of which is a shard: ${at('userFactors/*.parquet')}`),
  })
})
