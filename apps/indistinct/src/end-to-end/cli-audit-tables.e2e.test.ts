import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomStream } from '@indistinct/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinct, type Finished } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-audit-tables-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

const users = 300

/**
 * Two tables that tell nothing one by one: a common number stands in both, once with a sign that depends on the label.
 * Their product, which only who joins them can form, gives the label away. The second table has its rows in reverse.
 */
beforeAll(() => {
  const random = randomStream(5, 'audit-tables')
  const [one, two, people] = [['id,a,b'], [] as string[], ['user,gender']]
  for (let i = 0; i < users; i++) {
    const sign = random.uniform() < 0.5 ? 1 : -1
    const common = (random.uniform() < 0.5 ? 1 : -1) * (1 + random.uniform())
    one.push([`u${i}`, common, random.normal()].join(','))
    two.unshift([`u${i}`, sign * common, random.normal()].join(','))
    people.push(`u${i},${sign > 0 ? 'F' : 'M'}`)
  }
  writeFileSync(at('one.csv'), `${one.join('\n')}\n`)
  writeFileSync(at('two.csv'), `${['id,c,d', ...two].join('\n')}\n`)
  writeFileSync(at('people.csv'), `${people.join('\n')}\n`)
  writeFileSync(at('others.csv'), readFileSync(at('two.csv'), 'utf8').replace('u7,', 'somebody,'))
  writeFileSync(at('fewer.csv'), readFileSync(at('two.csv'), 'utf8').split('\n').slice(0, -2).join('\n'))
})

const audit = (tables: string[], ...more: string[]): Promise<Finished> =>
  indistinct(
    [
      'audit',
      ...tables,
      '--attributes',
      'people.csv',
      '--attribute',
      'gender',
      '--attackers',
      'xgb',
      '--protocols',
      'five-fold',
      '--input',
      'raw',
      '--repeats',
      '1',
      '--permutations',
      '399',
      ...more,
    ],
    { cwd: folder },
  )

/** People with further attributes that have nothing to do with the tables, and a table that gives gender away. */
const severalAttributes = (): string[] => {
  const random = randomStream(6, 'several-attributes')
  const lines = Array.from({ length: 120 }, (_, i) => ({
    gender: i % 2 === 0 ? 'F' : 'M',
    age: random.uniform() < 0.5 ? 'old' : 'young',
    region: 'NSW'[random.integer(3)],
  }))
  writeFileSync(
    at('several.csv'),
    `${['id,gender,age,region', ...lines.map(({ gender, age, region }, i) => `u${i},${gender},${age},${region}`)].join('\n')}\n`,
  )
  for (const name of ['a.csv', 'b.csv', 'c.csv']) {
    const rows = lines.map(({ gender }, i) =>
      [`u${i}`, random.normal() + (name === 'a.csv' && gender === 'F' ? 3 : 0), random.normal(), random.normal()].join(
        ',',
      ),
    )
    writeFileSync(at(name), `${['id,a,b,c', ...rows].join('\n')}\n`)
  }
  return ['--attributes', 'several.csv', '--attribute', 'gender', '--also', 'age,region']
}

interface Figures {
  foldedAuc: { value: number }
}

describe('audit of several tables', () => {
  test.each([
    ['by default', []],
    ['with the fewest permutations', ['--permutations', '99', '--refit=false']],
  ])('what leaks in one of three tables and attributes is a leak %s', async (_, more) => {
    const asked = [
      '--attackers',
      'logistic',
      '--protocols',
      'five-fold',
      '--repeats',
      '1',
      '--json',
      '--quiet',
      ...more,
    ]
    const { code, stdout } = await indistinct(['audit', 'a.csv', 'b.csv', 'c.csv', ...severalAttributes(), ...asked], {
      cwd: folder,
    })
    expect(code).toBe(0)
    const { leak, strongest, tables } = JSON.parse(stdout) as {
      leak: boolean
      strongest: object
      tables: { table: string; attribute: string; leak: boolean; verdict: string; correctedP: number[] }[]
    }
    expect([leak, strongest, tables.length]).toEqual([
      true,
      expect.objectContaining({ table: 'a.csv', attribute: 'gender' }),
      12,
    ])
    const leaking = tables.filter((part) => part.leak).map(({ table, attribute }) => `${attribute} in ${table}`)
    expect(leaking).toEqual(['gender in a.csv', 'gender in all tables joined'])
    // A part's own verdict says what all parts together allow.
    for (const { leak: of, verdict, correctedP } of tables)
      expect([correctedP[0]! <= 0.05, verdict.startsWith('The attacks we ran found a leak')]).toEqual([of, of])
  })

  test('attacks each and all joined, and names the worst', async () => {
    const { code, stdout } = await audit(['one.csv', 'two.csv'], '--json', '--quiet', '--gate', '0.7')
    expect(code).toBe(5)
    const record = JSON.parse(stdout) as {
      strongest: unknown
      leak: boolean
      upperBound: number
      gate: unknown
      input: object
      tables: { table: string; leak: boolean; correctedP: number[]; attacks: Figures[] }[]
    }
    const [one, two, joined] = record.tables
    expect(record.tables.map(({ table }) => table)).toEqual(['one.csv', 'two.csv', 'all tables joined'])
    // 300 users: chance alone gives a folded AUC below 0.62.
    for (const table of [one!, two!]) expect(table.attacks[0]!.foldedAuc.value).toBeLessThan(0.62)
    expect(joined!.attacks[0]!.foldedAuc.value).toBeGreaterThan(0.95)
    expect(record).toMatchObject({
      leak: true,
      strongest: { table: 'all tables joined', attacker: 'xgb' },
      worst: { table: 'all tables joined' },
      gate: { passed: false },
    })
    expect(record.input).toMatchObject({ table: { file: 'one.csv' }, 'table 2': { file: 'two.csv' } })
    // The smallest p of 399 permutations, which the three tables share.
    expect(joined!.correctedP[0]).toBe(1 / 400)
  })

  test('says so in words, and shows the worst in the report', async () => {
    const { code, stdout } = await audit(['one.csv', 'two.csv'], '--report', 'tables.html')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^The attacks we ran found a leak, and all tables joined gives most away: xgb on raw input \(five-fold\) reaches a folded AUC of /,
    )
    expect(stdout).toMatch(/\none\.csv: .*\ntwo\.csv: .*\nall tables joined: /)
    expect(stdout).toMatch(/\ntable +attacker +protocol/)
    const report = readFileSync(at('tables.html'), 'utf8')
    expect(report).toContain('Audit of gender in 2 tables')
    expect(report).toContain('XGBoost on all tables joined')
    expect(report).toContain('table 2 two.csv')
  })

  test('one table is what it always was', async () => {
    const { stdout } = await audit(['one.csv'], '--json', '--quiet')
    const record = JSON.parse(stdout) as { tables?: unknown; attacks: Figures[] }
    expect(record.tables).toBeUndefined()
    expect(record.attacks).toHaveLength(1)
  })

  test.concurrent.each([
    ['other users', 'others.csv', `others.csv: expected the users of one.csv, but user "u7" is missing`],
    ['fewer users', 'fewer.csv', 'fewer.csv: expected the 300 users of one.csv, got 299'],
  ])('tables of %s are refused', async (_, table, message) => {
    const { code, stdout, stderr } = await audit(['one.csv', table])
    expect(stderr).toContain(message)
    expect([code, stdout]).toEqual([3, ''])
  })
})
