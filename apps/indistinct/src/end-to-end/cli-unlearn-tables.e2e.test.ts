import { linkSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { randomStream, sha256 } from '@indistinct/core'
import { readTable, writeTable } from '@indistinct/embeddings'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinctInProcess, type Ran } from './in-process-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-unlearn-tables-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

const users = 500

/**
 * Two tables that are nearly linear in one another, as LightGCN's are, and leak along one direction of the first. The
 * second has its rows in reverse, and float64.
 */
beforeAll(async () => {
  const random = randomStream(3, 'unlearn-tables')
  const [one, two, people] = [['id,a,b,c'], [] as string[], ['user,gender']]
  for (let i = 0; i < users; i++) {
    const woman = random.uniform() < 0.4
    const [a, b, c] = [random.normal() + (woman ? 1.2 : 0), random.normal(), random.normal()]
    one.push([`u${i}`, a, b, c].join(','))
    two.unshift([`u${i}`, a + b + 0.02 * random.normal(), b - c + 0.02 * random.normal()].join(','))
    people.push(`u${i},${woman ? 'F' : 'M'}`)
  }
  writeFileSync(at('one.csv'), `${one.join('\n')}\n`)
  writeFileSync(at('two.csv'), `${['id,x,y', ...two].join('\n')}\n`)
  writeFileSync(at('people.csv'), `${people.join('\n')}\n`)
  await writeTable(at('two.parquet'), await readTable(at('two.csv')))
})

const run = (...args: string[]): Promise<Ran> =>
  indistinctInProcess([...args, '--attributes', at('people.csv'), '--attribute', 'gender', '--quiet'])
const unlearn = (tables: string[], outs: string[], ...more: string[]): Promise<Ran> =>
  run('unlearn', ...tables.map(at), '--out', outs.map(at).join(','), ...more)
const attacks = [
  '--attackers',
  'logistic,xgb',
  '--protocols',
  'five-fold',
  '--repeats',
  '1',
  '--refit=false',
  '--permutations',
  '199',
]

interface Verdict {
  leak: boolean
  strongest: { table: string }
  tables: { table: string; attacks: { foldedAuc: { value: number } }[] }[]
}

const worstOf = ({ tables }: Verdict, name: string): number =>
  Math.max(...tables.find(({ table }) => table === name)!.attacks.map(({ foldedAuc }) => foldedAuc.value))

describe('unlearn of several tables', () => {
  test(
    'one by one they keep what they tell together; together, the derived one a function of the other, they are at ' +
      'chance',
    async () => {
      for (const table of ['one', 'two']) expect((await unlearn([`${table}.csv`], [`${table}-alone.csv`])).code).toBe(0)
      const alone = JSON.parse(
        (await run('audit', at('one-alone.csv'), at('two-alone.csv'), ...attacks, '--json')).stdout,
      ) as Verdict
      expect(alone).toMatchObject({ leak: true, strongest: { table: 'all tables joined' } })
      expect(worstOf(alone, 'all tables joined')).toBeGreaterThan(0.7)

      const { code, stdout } = await unlearn(
        ['one.csv', 'two.parquet'],
        ['one-new.csv', 'two-new.parquet'],
        '--derived',
        at('two.parquet'),
        '--audit',
        ...attacks,
        '--json',
      )
      expect(code).toBe(0)
      const { schema, tables, audit } = JSON.parse(stdout) as {
        schema: string
        tables: Record<string, unknown>[]
        audit: { before: Verdict; after: Verdict }
      }
      expect(schema).toBe('indistinct/unlearn-tables/1')
      expect(audit.before.leak).toBe(true)
      expect(worstOf(audit.before, 'two.parquet')).toBeGreaterThan(0.65)
      expect(audit.after.leak).toBe(false)
      // 500 users: chance alone gives a folded AUC below 0.6.
      for (const table of ['one.csv', 'two.parquet', 'all tables joined'])
        expect(worstOf(audit.after, table)).toBeLessThan(0.6)
      expect(tables).toMatchObject([
        { table: 'one.csv', method: 'flow', dimensions: 3, beside: [{ file: 'two.parquet' }] },
        {
          table: 'two.parquet',
          passes: 0,
          parameters: { derived: ['one.csv'] },
          dimensions: 2,
          beside: [{ file: 'one.csv' }],
        },
      ])
      for (const [t, file] of ['one-new.csv', 'two-new.parquet'].entries()) {
        const sidecar = JSON.parse(readFileSync(at(`${file}.json`), 'utf8')) as Record<string, unknown>
        expect(sidecar).toMatchObject({
          schema: 'indistinct/unlearn/1',
          output: { table: { file, sha256: sha256(readFileSync(at(file))) } },
          audit: { after: { leak: false } },
        })
        expect({ table: tables[t]!['table'], ...sidecar }).toEqual({ ...tables[t], audit: sidecar['audit'] })
      }
      const report = readFileSync(at('one-new.csv.html'), 'utf8')
      expect(report).toContain('Unlearning of gender in 2 tables')
      expect(report).toContain('all tables joined')
      expect(existsSync(at('two-new.parquet.html'))).toBe(false)
    },
  )

  test('each file keeps its own order of users and its dtype; the derived table follows from the other', async () => {
    const [one, two, was] = await Promise.all(
      ['one-new.csv', 'two-new.parquet', 'two.parquet'].map((file) => readTable(at(file))),
    )
    expect([two!.ids, two!.dtype]).toEqual([was!.ids, was!.dtype])
    expect(two!.ids[0]).toBe(`u${users - 1}`)
    // Four users fix the linear function of 3 columns with a constant; the fifth must obey it. Residuals of the
    // regression show for all.
    const row = new Map(one!.ids.map((id, i) => [id, i]))
    const design = two!.ids.map((id) => [1, ...one!.matrix.data.subarray(3 * row.get(id)!, 3 * row.get(id)! + 3)])
    const y = two!.ids.map((_, i) => two!.matrix.data[2 * i]!)
    expect(residual(design, y)).toBeLessThan(1e-5)
  })

  test('tables that scores depend on are moved side by side, in words too', async () => {
    const { code, stdout } = await unlearn(['one.csv', 'two.csv'], ['one-both.csv', 'two-both.csv'])
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^gender: .*\nAims to hide gender .*\none\.csv: flow: 500 of 500 users moved, \d+ passes, landed\n(.*\n){2}two\.csv: flow: 500 of 500 users moved/,
    )
    expect(JSON.parse(readFileSync(at('two-both.csv.json'), 'utf8'))).toMatchObject({
      parameters: { together: { tables: ['one.csv', 'two.csv'] } },
    })
  })

  test('a further table that has the attribute as a column is warned of', async () => {
    const rows = readFileSync(at('two.csv'), 'utf8').trimEnd().split('\n').slice(1)
    writeFileSync(at('telling.csv'), ['id,a,b,gender', ...rows.map((row) => `${row},F`), ''].join('\n'))
    const args = ['--dimensions', 'a,b', '--attributes', at('people.csv'), '--attribute', 'gender', '--dry-run']
    for (const command of [
      ['audit', at('one.csv'), at('telling.csv')],
      ['unlearn', at('one.csv'), at('telling.csv'), '--out', `${at('p.csv')},${at('q.csv')}`],
    ]) {
      const { code, stderr } = await indistinctInProcess([...command, ...args])
      expect([code, stderr]).toEqual([
        0,
        `warning: ${at('one.csv')}: column "c" of numbers is neither attacked nor moved, and may tell gender; make it ` +
          'a dimension where a model learned it (--dimensions), or leave it out\n' +
          `warning: ${at('telling.csv')} has a column "gender" of its own, which anyone who sees the table can read\n`,
      ])
    }
  })

  test('a dry run names all files and writes none', async () => {
    const before = readdirSync(folder)
    const { stdout } = await unlearn(
      ['one.csv', 'two.csv'],
      ['a.npy', 'b.csv'],
      '--derived',
      at('two.csv'),
      '--dry-run',
      '--json',
    )
    expect(JSON.parse(stdout)).toMatchObject({
      method: 'flow',
      tables: ['one.csv', 'two.csv'],
      derived: ['two.csv'],
      writes: ['a.npy', 'a.npy.ids.csv', 'a.npy.json', 'b.csv', 'b.csv.json', 'a.npy.html'].map(at),
    })
    expect(readdirSync(folder)).toEqual(before)
  })

  test.each<[string, string[], string[], string]>([
    [
      'too few files',
      ['one.csv', 'two.csv'],
      ['--out', 'a.csv'],
      '--out: expected 2 files separated by commas, one for each table, got a.csv',
    ],
    ['one file twice', ['one.csv', 'two.csv'], ['--out', 'a.csv,a.csv'], 'a.csv is an output of this run already'],
    ['a table twice', ['one.csv', 'one.csv'], ['--out', 'a.csv,b.csv'], 'one.csv is given twice'],
    [
      'a stranger derived',
      ['one.csv', 'two.csv'],
      ['--out', 'a.csv,b.csv', '--derived', 'three.csv'],
      '--derived: expected some of',
    ],
    [
      'all derived',
      ['one.csv', 'two.csv'],
      ['--out', 'a.csv,b.csv', '--derived', `${at('one.csv')},${at('two.csv')}`],
      '--derived: expected a table that is not derived',
    ],
    [
      'another method derived',
      ['one.csv', 'two.csv'],
      ['--out', 'a.csv,b.csv', '--method', 'leace', '--derived', at('two.csv')],
      '--derived is for flow, blind and relabel, not for leace',
    ],
    [
      'one table derived',
      ['one.csv'],
      ['--out', 'a.csv', '--derived', at('one.csv')],
      '--derived: expected several tables',
    ],
    ['a delta', ['one.csv', 'two.csv'], ['--out', 'a.csv,b.csv', '--delta', 'd'], '--delta: expected one table, got 2'],
  ])('%s is refused', async (_, tables, flags, message) => {
    const { code, stdout, stderr } = await run('unlearn', ...tables.map(at), ...flags)
    expect(stderr).toContain(message)
    expect([code, stdout]).toEqual([2, ''])
  })

  test('one file under two names is refused', async () => {
    const [one, linked] = [at('one.csv'), at('link.csv')]
    linkSync(one, linked)
    const out = ['--out', `${at('a.csv')},${at('b.csv')}`]
    for (const again of [linked, `${folder}/./one.csv`, relative('.', one)])
      for (const [command, ...more] of [['unlearn', ...out], ['audit']])
        expect(await run(command!, one, again, ...more!)).toMatchObject({
          code: 2,
          stdout: '',
          stderr: expect.stringContaining(`${again} is given twice, as ${one} too; expected each table once`) as string,
        })
    rmSync(linked)
    expect(await run('audit', one, '--with', `${folder}/./one.csv`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is given twice') as string,
    })
  })

  test('a failure leaves none of the files', async () => {
    writeFileSync(at('two-kept.csv'), 'mine')
    const { code, stderr } = await unlearn(['one.csv', 'two.csv'], ['one-kept.csv', 'two-kept.csv'])
    expect(code).toBe(4)
    expect(stderr).toContain('two-kept.csv')
    expect(readdirSync(folder).filter((file) => file.includes('kept'))).toEqual(['two-kept.csv'])
  })
})

/** Root mean square of what the least-squares regression of `y` on `design` leaves, by Gram-Schmidt. */
function residual(design: readonly (readonly number[])[], y: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  const less = (a: readonly number[], b: readonly number[]): number[] => {
    const slope = dot(a, b) / dot(b, b)
    return a.map((value, i) => value - slope * b[i]!)
  }
  const basis: number[][] = []
  for (let p = 0; p < design[0]!.length; p++)
    basis.push(
      basis.reduce(
        less,
        design.map((row) => row[p]!),
      ),
    )
  const left = basis.reduce(less, [...y])
  return Math.sqrt(dot(left, left) / y.length)
}
