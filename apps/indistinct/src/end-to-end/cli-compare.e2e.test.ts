import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomStream } from '@indistinct/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinct, plantLeak, type Finished } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-compare-'))
const at = (name: string): string => join(folder, name)
const quick = ['--attackers', 'logistic', '--protocols', 'five-fold', '--repeats', '1', '--permutations', '99']
const compare = (table: string, people: string, ...more: string[]): Promise<Finished> =>
  indistinct(['compare', table, '--attributes', people, '--attribute', 'gender', ...quick, ...more], { cwd: folder })

beforeAll(() => {
  plantLeak(folder, 240, 1.2)
  const random = randomStream(1, 'items')
  const row = (name: string, dimensions: number): string =>
    [name, ...Array.from({ length: dimensions }, () => random.normal())].join(',')
  writeFileSync(
    at('items.csv'),
    ['id,d0,d1,d2,d3,d4,d5', ...Array.from({ length: 50 }, (_, i) => row(`i${i}`, 6))].join('\n'),
  )
  writeFileSync(
    at('held-out.csv'),
    ['user,item', ...Array.from({ length: 400 }, (_, p) => `u${p % 240},i${random.integer(50)}`), 'stranger,i1'].join(
      '\n',
    ),
  )
  writeFileSync(
    at('seen.csv'),
    ['user,item', ...Array.from({ length: 400 }, (_, p) => `u${p % 240},i${random.integer(50)}`)].join('\n'),
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Row {
  name: string
  failure?: string
  leak?: { value: number; high: number }
  ndcg?: { value: number }
  passes?: number
}

describe('compare', () => {
  test('prints a row a method, and writes JSON and a page', async () => {
    const { code, stdout, stderr } = await compare(
      'users.csv',
      'people.csv',
      '--methods',
      'leace,gaussian-transport,flow',
      '--out',
      'compare.json',
      '--report',
      'compare.html',
    )
    expect([code, stderr]).toEqual([0, ''])
    for (const name of ['original', 'leace', 'gaussian-transport', 'flow'])
      expect(stdout).toMatch(
        new RegExp(`^${name} +0\\.\\d{3} +0\\.\\d{3} +0\\.\\d{3} +logistic, five-fold, \\w+ +[01]\\.\\d{3}`, 'm'),
      )
    const record = JSON.parse(readFileSync(at('compare.json'), 'utf8')) as { schema: string; methods: Row[] }
    expect(record.schema).toBe('indistinct/compare/1')
    const [original, , transport] = record.methods
    expect(original!.leak!.value).toBeGreaterThan(0.7)
    expect(transport!.leak!.value).toBeLessThan(original!.leak!.value - 0.1)
    expect(transport!.passes).toBe(1)
    const page = readFileSync(at('compare.html'), 'utf8')
    expect(page).toContain('Methods against gender in users.csv')
    expect(page).toMatch(/<text class="name"[^>]*>gaussian-transport<\/text>/)
  })

  test('with items and interactions, NDCG@10 is the price, and the plot goes to an SVG', async () => {
    const { code, stdout, stderr } = await compare(
      'users.csv',
      'people.csv',
      '--methods',
      'mean-matching',
      '--items',
      'items.csv',
      '--interactions',
      'held-out.csv',
      '--seen',
      'seen.csv',
      '--report',
      'compare.svg',
      '--json',
    )
    expect(stderr).toBe(
      'warning: 1 of 399 interactions of held-out.csv are of users or items without a vector: ignored\n',
    )
    expect(code).toBe(0)
    const { methods } = JSON.parse(stdout) as { methods: Row[] }
    for (const { ndcg } of methods) expect(ndcg!.value).toBeGreaterThan(0)
    expect(methods[1]!.ndcg!.value).not.toBe(methods[0]!.ndcg!.value)
    expect(readFileSync(at('compare.svg'), 'utf8')).toContain('NDCG@10 lost')
  })

  test('a method that fails is a row, and the exit code is 6', async () => {
    // Two labelled users of one class: too few for an attack under five folds.
    writeFileSync(
      at('few.csv'),
      `id,gender\n${Array.from({ length: 200 }, (_, i) => `u${i},${i < 2 ? 'F' : 'M'}`).join('\n')}\n`,
    )
    const { code, stdout } = await compare('users.csv', 'few.csv', '--methods', 'leace', '--out', 'few.json')
    expect(code).toBe(6)
    expect(stdout).toContain('failed')
    const { methods } = JSON.parse(readFileSync(at('few.json'), 'utf8')) as { methods: Row[] }
    expect(methods.map(({ name, failure }) => [name, failure !== undefined])).toEqual([
      ['original', true],
      ['leace', true],
    ])
  })

  test.each<[string[], number, string]>([
    [
      ['--methods', 'leac'],
      2,
      '--methods: expected some of flow, relabel, mean-matching, leace, blind, gaussian-transport, d2d-r, u2u-r, ' +
        'u2u-r-closed, random-noise, got "leac"; did you mean leace?',
    ],
    [['--report', 'x.pdf'], 2, '--report: expected a file named .html or .svg, got x.pdf'],
    [['--items', 'items.csv'], 2, '--items: expected --items and --interactions together'],
    [['--items', 'people.csv', '--interactions', 'held-out.csv'], 3, 'people.csv'],
    [['--items', 'items.csv', '--interactions', 'none.csv'], 4, 'cannot read none.csv: no such file'],
    [['--out', 'users.csv'], 2, 'users.csv is an input of this run already'],
  ])('%j is refused', async (flags, code, message) => {
    const result = await compare('users.csv', 'people.csv', ...flags)
    expect(result.stderr).toContain(message)
    expect([result.code, result.stdout]).toEqual([code, ''])
    expect(existsSync(at('x.pdf'))).toBe(false)
  })
})
