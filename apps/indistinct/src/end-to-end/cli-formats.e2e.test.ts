import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTable, writeTable } from '@indistinct/embeddings'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinct, plantLeak, type Finished } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-formats-'))
const at = (name: string): string => join(folder, name)
const run = (...args: readonly string[]): Promise<Finished> => indistinct(args, { cwd: folder })
const formats = ['npy', 'npz', 'tsv', 'parquet', 'safetensors'] as const
const idsOf = (name: string, format: string): string[] =>
  format === 'npy' || format === 'safetensors' ? ['--ids', `${name}.ids.csv`] : []

beforeAll(async () => {
  plantLeak(folder, 120, 1.2)
  for (const format of formats) await writeTable(at(`users.${format}`), await readTable(at('users.csv')))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(formats)('%s', (format) => {
  test('unlearn keeps format, ids and values that CSV gives; audit reads it', async () => {
    const name = `users.${format}`
    const unlearned = await run(
      'unlearn',
      name,
      ...idsOf(name, format),
      '--attributes',
      'people.csv',
      '--attribute',
      'gender',
      '--method',
      'mean-matching',
      '--out',
      `out.${format}`,
    )
    expect(unlearned).toMatchObject({ code: 0, stderr: '' })
    const fromCsv = await run(
      'unlearn',
      'users.csv',
      '--attributes',
      'people.csv',
      '--attribute',
      'gender',
      '--method',
      'mean-matching',
      '--out',
      `${format}.csv`,
    )
    expect(fromCsv.code).toBe(0)
    const out = `out.${format}`
    const table = await readTable(at(out), idsOf(out, format).length > 0 ? { ids: at(`${out}.ids.csv`) } : {})
    const expected = await readTable(at(`${format}.csv`))
    expect([table.ids, table.matrix]).toEqual([expected.ids, expected.matrix])
    const audited = await run(
      'audit',
      out,
      ...idsOf(out, format),
      '--attributes',
      'people.csv',
      '--attribute',
      'gender',
      '--json',
      '--attackers',
      'logistic',
    )
    expect(audited.stderr).toBe('')
    expect(audited.code).toBe(0)
  })
})

test('--out chooses another format; labels may be a column of the table or of another Parquet file', async () => {
  const users = readFileSync(at('users.csv'), 'utf8').trim().split('\n')
  const people = readFileSync(at('people.csv'), 'utf8').trim().split('\n')
  writeFileSync(at('both.csv'), `${users.map((line, i) => `${line},${people[i]!.split(',')[1]}`).join('\n')}\n`)
  await writeTable(at('both.parquet'), await readTable(at('both.csv')))
  const from = (attributes: string, out: string): Promise<Finished> =>
    run(
      'unlearn',
      'both.parquet',
      '--attributes',
      attributes,
      '--attribute',
      'gender',
      '--method',
      'mean-matching',
      '--out',
      out,
    )
  expect(await from('both.parquet', 'own.npz')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('has a column "gender" of its own'),
  })
  expect(await from('people.csv', 'other.parquet')).toMatchObject({ code: 0 })
  const [own, other] = [await readTable(at('own.npz')), await readTable(at('other.parquet'))]
  expect([own.ids, own.matrix]).toEqual([other.ids, other.matrix])
})

test('hostile ids and labels neither steer the terminal nor run in the report', async () => {
  const hostile = [
    '<script>alert(1)</script>',
    '\u001b]0;title\u0007\u001b[31mred',
    '=cmd|"/C calc"!A0',
    '"><img src=x onerror=alert(1)>',
  ]
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
  const lines = readFileSync(at('users.csv'), 'utf8').trim().split('\n')
  const labels = readFileSync(at('people.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => (line.endsWith('F') ? hostile[0]! : hostile[1]!))
  const ids = labels.map((_, i) => `${hostile[i % 4]}${i}`)
  writeFileSync(
    at('hostile.csv'),
    `${lines[0]}\n${lines
      .slice(1)
      .map((line, i) => `${quoted(ids[i]!)},${line.split(',').slice(1).join(',')}`)
      .join('\n')}\n`,
  )
  writeFileSync(
    at('hostile-people.csv'),
    `id,${quoted('<b>\u001b[2Jgender')}\n${ids.map((id, i) => `${quoted(id)},${quoted(labels[i]!)}`).join('\n')}\n`,
  )
  const attribute = '<b>\u001b[2Jgender'
  const out = 'out \u001b[31m\u202e<img src=x>.csv'
  const { code, stdout, stderr } = await run(
    'unlearn',
    'hostile.csv',
    '--attributes',
    'hostile-people.csv',
    '--attribute',
    attribute,
    '--method',
    'mean-matching',
    '--audit',
    '--attackers',
    'logistic',
    '--out',
    out,
  )
  expect(code).toBe(0)
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  expect(stdout).toContain('out \\u001b[31m\\u202e<img src=x>.csv  sha256')
  const report = readFileSync(at(`${out}.html`), 'utf8')
  expect(report).not.toMatch(/<script>alert|<img|<b>\u001b/)
  expect(report).toContain('&lt;script&gt;')
  expect((await readTable(at(out))).ids).toEqual(ids)
  writeFileSync(at('hostile-bad.csv'), `${readFileSync(at('hostile.csv'), 'utf8')}${quoted(ids[1]!)},1,2,3,4,5,6\n`)
  const bad = await run('audit', 'hostile-bad.csv', '--attributes', 'hostile-people.csv', '--attribute', attribute)
  expect(bad.code).toBe(3)
  expect(bad.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
})
