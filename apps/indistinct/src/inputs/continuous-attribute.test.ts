import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix, randomStream } from '@indistinct/core'
import { embeddingTable, readTable, writeTable } from '@indistinct/embeddings'
import { hsicFlow } from '@indistinct/unlearners'
import { afterAll, expect, test } from 'vitest'
import { quarters } from './continuous-attribute.ts'
import { indistinctInProcess, type Ran } from '../end-to-end/in-process-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-continuous-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const [N, K] = [180, 4]
const random = randomStream(13, 'continuous')
const ages = Array.from({ length: N }, () => 18 + random.integer(50))
const data = Float32Array.from(
  { length: N * K },
  (_, p) => random.normal() + (p % K === 0 ? (ages[Math.floor(p / K)]! - 40) / 10 : 0),
)
await writeTable(at('users.npy'), embeddingTable({ matrix: matrix(N, K, data) }))
const file = (name: string, of: (age: number, i: number) => string): void =>
  writeFileSync(at(name), `user,age\n${ages.map((age, i) => `${i},${of(age, i)}`).join('\n')}\n`)
file('people.csv', (age, i) => (i < 4 ? 'unknown' : String(age)))
file('labels.csv', (age) => (age < 40 ? 'young' : 'old'))
file('words.csv', (age, i) => (i === 7 ? 'old' : String(age)))
const unlearn = (people: string, ...more: string[]): Promise<Ran> =>
  indistinctInProcess([
    'unlearn',
    at('users.npy'),
    '--attributes',
    at(people),
    '--attribute',
    'age',
    '--continuous',
    '--json',
    '--quiet',
    '--force',
    '--out',
    at('out.npy'),
    ...more,
  ])

test('quarters keep equal values together, and name their ends', () => {
  const column = { name: 'age', path: 'people.csv' }
  expect(quarters({ ...column, values: ['1', '2', '3', '4', '5', '6', '7', '8', ''] }).values).toEqual([
    '1: 1 to 2',
    '1: 1 to 2',
    '2: 3 to 4',
    '2: 3 to 4',
    '3: 5 to 6',
    '3: 5 to 6',
    '4: 7 to 8',
    '4: 7 to 8',
    '',
  ])
  expect(quarters({ ...column, values: ['1', '1', '1', '1', '1', '9', '?'] }, ['?']).values).toEqual([
    '1: 1',
    '1: 1',
    '1: 1',
    '1: 1',
    '1: 1',
    '2: 9',
    '?',
  ])
  expect(() => quarters({ ...column, values: ['3', '3'] })).toThrow('expected numbers that differ, got only 3')
})

test.each([
  '0x1F',
  '0b1',
  'Infinity',
  '1e400',
  '1_000',
  '12,5',
  '1 000',
  '12 %',
  ' 4',
  '4\u00a0',
  'true',
  '2001-05-03',
])('%j is no number', (text) => {
  const column = { name: 'age', path: 'people.csv', values: ['1', '2', text], ids: ['a', 'b', 'c'] }
  expect(() => quarters(column)).toThrow(
    `people.csv: column "age": expected a number for --continuous, got ${JSON.stringify(text)} in row 2 (from 0), ` +
      `user "c"${text === '12,5' ? ', with a decimal comma; write decimal points' : '; name labels'}`,
  )
})

test('numbers with an exponent are numbers', () => {
  const values = ['1e3', '+2.5', '.5', '-1E-2']
  expect(quarters({ name: 'age', path: 'people.csv', values }).values).toEqual([
    '4: 1000',
    '3: 2.5',
    '2: 0.5',
    '1: -0.01',
  ])
})

test('the flow takes the numbers, the record their quarters', async () => {
  const { code, stdout } = await unlearn('people.csv', '--missing-label', 'unknown', '--level', '0.9')
  expect(code).toBe(0)
  const record = JSON.parse(stdout) as { parameters: { ratioBefore: number; ratio: number } }
  expect(record).toMatchObject({
    method: 'hsic-flow',
    parameters: { level: 0.9, users: N - 4 },
    attribute: { name: 'age', missing: 4 },
    warnings: [expect.any(String), expect.stringContaining('age is a number')],
  })
  expect(record.parameters.ratioBefore).toBeGreaterThan(3)
  expect(record.parameters.ratio).toBeLessThan(1.02)
  const expected = hsicFlow(
    matrix(N, K, data),
    Float64Array.from(ages, (age, i) => (i < 4 ? NaN : age)),
    { level: 0.9 },
  )
  expect((await readTable(at('out.npy'))).matrix.data).toEqual(expected.embedding.data)
})

interface Part {
  attribute: string
  leak: boolean
  attacks: { attacker: string; foldedAuc: { value: number }; spearman?: number; rSquared?: number }[]
}
/** Few draws, and attackers that take no time. */
const quick = [
  '--attackers',
  'ridge,kernel-ridge,logistic',
  '--protocols',
  'five-fold',
  '--repeats',
  '1',
  '--permutations',
  '99',
]
const audit = (people: string, ...more: string[]): Promise<Ran> =>
  indistinctInProcess([
    'audit',
    at('users.npy'),
    '--attributes',
    at(people),
    '--attribute',
    'age',
    '--continuous',
    '--quiet',
    ...quick,
    ...more,
  ])
const unknown = ['--missing-label', 'unknown']

test('audit attacks the number by regression, and its quarters', async () => {
  const { code, stdout } = await audit('people.csv', ...unknown, '--gate', '0.6', '--json')
  expect(code).toBe(5)
  const record = JSON.parse(stdout) as { tables: Part[] }
  expect(record).toMatchObject({
    leak: true,
    gate: { passed: false },
    attribute: { name: 'age', missing: 4 },
    verdict: expect.stringMatching(/leak, and (quarters of )?age is given away most/),
  })
  const [number, groups] = record.tables as [Part, Part]
  expect([number.attribute, groups.attribute]).toEqual(['age', 'quarters of age'])
  for (const { foldedAuc, spearman, rSquared } of number.attacks) {
    expect(foldedAuc.value).toBeGreaterThan(0.7)
    expect(spearman).toBeGreaterThan(0.6)
    expect(rSquared).toBeGreaterThan(0.4)
  }
  expect(number.attacks.map(({ attacker }) => attacker)).toEqual(['ridge', 'kernel-ridge'])
  expect(groups.attacks.map(({ attacker }) => attacker)).toEqual(['logistic'])
  const text = await audit('people.csv', ...unknown, '--report', at('audit.html'))
  expect(text.stdout).toMatch(
    /attacker +protocol +input +AUC +folded AUC +p +p corrected +q +refitted +R\^2 +Spearman\nage +ridge +five-fold +standardised +0\.[78]/,
  )
  expect(text.stdout).toContain('how often the higher one is predicted higher')
  expect(readFileSync(at('audit.html'), 'utf8')).toContain('The AUC of a number is the share of pairs')
})

test('unlearn --audit attacks both before and after: a leak, then none', async () => {
  const { code, stdout } = await unlearn('people.csv', '--missing-label', 'unknown', '--audit', ...quick)
  expect(code).toBe(0)
  const { before, after } = (
    JSON.parse(stdout) as { audit: Record<'before' | 'after', { leak: boolean; tables: Part[] }> }
  ).audit
  expect([before.leak, after.leak]).toEqual([true, false])
  for (const [p, part] of before.tables.entries()) {
    expect([part.leak, after.tables[p]!.leak]).toEqual([true, false])
    for (const [a, attack] of part.attacks.entries()) {
      const now = after.tables[p]!.attacks[a]!
      expect(attack.foldedAuc.value).toBeGreaterThan(0.68)
      expect(now.foldedAuc.value).toBeLessThan(0.57)
      if (now.spearman !== undefined) expect(Math.abs(now.spearman)).toBeLessThan(0.2)
    }
  }
  const text = await indistinctInProcess([
    'unlearn',
    at('users.npy'),
    '--attributes',
    at('people.csv'),
    '--attribute',
    'age',
    '--continuous',
    '--missing-label',
    'unknown',
    '--quiet',
    '--force',
    '--out',
    at('out.npy'),
    '--audit',
    ...quick,
  ])
  expect(text.stdout).toMatch(
    /Before: The attacks we ran found a leak.*\nAfter: The attacks we ran cannot tell whether there is a leak of any of 2 attributes and groups/,
  )
  expect(text.stdout).toMatch(/attacked +folded AUC before +after/)
})

test.each([
  [
    3,
    ['words.csv'],
    'words.csv: column "age": expected a number for --continuous, got "old" in row 7 (from 0), user "7"',
  ],
  [3, ['people.csv'], 'got "unknown" in row 0 (from 0), user "0"'],
  [
    2,
    ['labels.csv', '--continuous=false'],
    '--attackers: ridge attacks a number, and age has labels; add --continuous',
  ],
] as const)('audit exits %i: %j', async (code, [people, ...flags], message) => {
  const ran = await audit(people, ...flags)
  expect(ran).toMatchObject({ code, stdout: '' })
  expect(ran.stderr).toContain(message)
})

test.each([
  [3, 'words.csv', [], 'expected a number for --continuous, got "old" in row 7 (from 0), user "7"'],
  [
    2,
    'people.csv',
    ['--missing-label', 'unknown', '--method', 'leace'],
    '--continuous is for the flow and for blind, not for leace',
  ],
  [2, 'people.csv', ['--missing-label', 'unknown', '--first-step', '0.1'], 'leave out --first-step'],
])('exit %i: %s %j', async (code, people, flags, message) => {
  const ran = await unlearn(people, ...flags)
  expect(ran).toMatchObject({ code, stdout: '' })
  expect(ran.stderr).toContain(message)
})
