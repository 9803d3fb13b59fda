import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Audited } from './audited.ts'
import type { EarlierAttack } from './earlier-audit.ts'
import { annotations, writeForGithub } from './github-format.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'indistinct-github-'))
  vi.stubEnv('GITHUB_STEP_SUMMARY', join(folder, 'summary.md'))
  vi.stubEnv('GITHUB_OUTPUT', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const attack = (value: number): Omit<EarlierAttack, 'table' | 'attribute'> => ({
  attacker: 'mlp',
  protocol: 'paper',
  input: 'raw',
  foldedAuc: { value, lower: value - 0.01, upper: value + 0.01 },
})
const audited = {
  request: { attribute: 'gender', table: 'now.npy', tables: ['now.npy'] },
  parts: [{ table: 'now.npy', attribute: 'gender', result: { attacks: [attack(0.52)] } }],
  joint: { verdict: 'After.', correctedP: [[0.5]], upperBound: 0.53, leak: false },
} as unknown as Audited

test.each<[string, EarlierAttack[], string]>([
  ['one table, whatever its name', [attack(0.71)], '0.710 [0.700, 0.720]'],
  [
    'several, of which it is one',
    [
      { ...attack(0.8), table: 'other.npy', attribute: 'gender' },
      { ...attack(0.71), table: 'now.npy', attribute: 'gender' },
    ],
    '0.710 [0.700, 0.720]',
  ],
  [
    'several others',
    [
      { ...attack(0.8), table: 'other.npy', attribute: 'gender' },
      { ...attack(0.7), table: 'all tables joined', attribute: 'gender' },
    ],
    '–',
  ],
])('one table stands beside an earlier audit of %s', (_, attacks, before) => {
  writeForGithub(audited, { verdict: 'Before.', upperBound: 0.9, attacks })
  const row = readFileSync(join(folder, 'summary.md'), 'utf8')
    .split('\n')
    .find((line) => line.startsWith('| mlp'))
  expect(row).toBe(
    `| mlp | paper | raw | ${before.replaceAll(/[[\]]/g, (sign) => `&#${sign.charCodeAt(0)};`)} | 0.520 &#91;0.510, 0.530&#93; | 0.500 |`,
  )
})

test('what the table adds to what is held stands in the annotation and the summary', () => {
  const sentence = 'Who also holds ratings.csv learns gender from the table.'
  const adding = { ...audited, comparison: { sentence, check: { worse: true } } } as unknown as Audited
  expect(annotations(adding)).toMatch(/^::warning .*::After\. Who also holds ratings\.csv learns gender/)
  expect(annotations(audited)).toMatch(/^::notice .*::After\.\n$/)
  writeForGithub(adding, undefined)
  expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain(`\n\n${sentence}\n\n`)
})
