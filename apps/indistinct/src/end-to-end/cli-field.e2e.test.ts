/**
 * Files as ordinary tools leave them: each gives the figure that the plain file gives, or a message that mends that
 * file.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix, randomStream } from '@indistinct/core'
import { embeddingTable, writeTable } from '@indistinct/embeddings'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinctInProcess, type Ran } from './in-process-cli.ts'
import { quickAttack } from './quick-attack.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-field-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const [N, K] = [240, 4]
const isMale = (i: number): boolean => i % 3 > 0
const quick = [...quickAttack, '--json']

const rows: number[][] = []
const lines = (head: string, line: (i: number) => string): string =>
  `${head}\n${rows.map((_, i) => `${line(i)}\n`).join('')}`
const numbers = (i: number): string => rows[i]!.join(',')
const put = (name: string, text: string, encoding: 'utf8' | 'utf16le' | 'latin1' = 'utf8'): void =>
  writeFileSync(at(name), text, encoding)

beforeAll(async () => {
  const random = randomStream(3, 'cli-field')
  for (let i = 0; i < N; i++)
    rows.push(Array.from({ length: K }, (_, k) => Math.fround(random.normal() + (k === 1 && isMale(i) ? 1.3 : 0))))
  const label = (i: number): string => (isMale(i) ? 'M' : 'F')
  put(
    'plain.csv',
    lines('id,d0,d1,d2,d3', (i) => `${i},${numbers(i)}`),
  )
  put(
    'p.csv',
    lines('id,gender', (i) => `${i},${label(i)}`),
  )
  put(
    'semicolons.csv',
    lines('id;d0;d1;d2;d3', (i) => `${i};${rows[i]!.join(';')}`),
  )
  put('utf16.csv', `\uFEFF${readFileSync(at('plain.csv'), 'utf8')}`, 'utf16le')
  put('utf16-labels.csv', `\uFEFF${readFileSync(at('p.csv'), 'utf8')}`, 'utf16le')
  put(
    'index.csv',
    lines(',d0,d1,d2,d3', (i) => `${i},${numbers(i)}`),
  )
  put(
    'quoted.csv',
    lines('id,embedding', (i) => `${i},"[${rows[i]!.join(', ')}]"`),
  )
  put(
    'gensim.txt',
    lines(`${N} ${K}`, (i) => `${i} ${rows[i]!.join(' ')}`),
  )
  put('u.user', rows.map((_, i) => `${i}|24|${label(i)}|technician|85711\n`).join(''))
  put('users.dat', rows.map((_, i) => `${i}::${label(i)}::25::7::55117\n`).join(''))
  put(
    'ml.user',
    lines('user_id:token\tage:token\tgender:token', (i) => `${i}\t24\t${label(i)}`),
  )
  put(
    'latin1.csv',
    lines('id,place,gender', (i) => `${i},málaga,${label(i)}`),
    'latin1',
  )
  put(
    'nan.csv',
    lines('id,gender', (i) => `${i},${i % 10 === 0 ? 'nan' : label(i)}`),
  )
  put(
    'spelt.csv',
    lines('id,gender', (i) => `${i},${isMale(i) ? ['M', 'male', 'Male'][(i % 4) % 3]! : ['F', 'female'][i % 2]!}`),
  )
  const data = Float32Array.from(rows.flat())
  await writeTable(at('als.npz'), embeddingTable({ matrix: matrix(N, K, data) }))
  put(
    'userId.csv',
    lines('userId,gender', (i) => `${i},${label(i)}`),
  )
})

const audit = (table: string, labels: string, ...more: string[]): Promise<Ran> =>
  indistinctInProcess(['audit', at(table), '--attributes', at(labels), '--attribute', 'gender', ...quick, ...more])

async function aucOf(table: string, labels: string, ...more: string[]): Promise<number> {
  const { code, stdout, stderr } = await audit(table, labels, ...more)
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return (JSON.parse(stdout) as { attacks: { foldedAuc: { value: number } }[] }).attacks[0]!.foldedAuc.value
}

describe('the leak is the same from', () => {
  test.each([
    ['semicolons.csv', 'p.csv'],
    ['utf16.csv', 'p.csv'],
    ['plain.csv', 'utf16-labels.csv'],
    ['index.csv', 'p.csv'],
    ['quoted.csv', 'p.csv'],
    ['gensim.txt', 'p.csv'],
    ['als.npz', 'userId.csv'],
    ['plain.csv', 'u.user'],
    ['plain.csv', 'users.dat'],
    ['plain.csv', 'ml.user'],
  ])('%s with %s', async (table, labels) => {
    const plain = await aucOf('plain.csv', 'p.csv')
    expect(plain).toBeGreaterThan(0.7)
    expect(await aucOf(table, labels)).toBe(plain)
  })
})

test('Latin-1 is refused with the byte and the command that mends the file', async () => {
  const { code, stderr } = await audit('plain.csv', 'latin1.csv')
  expect(code).toBe(3)
  expect(stderr).toMatch(
    /latin1\.csv: line 2, byte 19 \(from 0\) of the file: expected UTF-8 text, got 0xe1; .*iconv -f WINDOWS-1252 -t UTF-8 .*latin1\.csv > .*latin1\.utf-8\.csv/,
  )
})

test('spellings of "not known" and of one label are warned of, and the flags settle it', async () => {
  const missing = await audit('plain.csv', 'nan.csv')
  expect(missing.stderr).toContain(
    '"nan" (24 users) is taken for a label of its own; where that means "not known", add --missing-label nan',
  )
  expect(await aucOf('plain.csv', 'nan.csv', '--missing-label', 'nan')).toBeGreaterThan(0.7)
  const { stderr } = await audit('plain.csv', 'spelt.csv')
  const flags = [...stderr.matchAll(/--merge-labels (\S+)/g)].flatMap(([, spellings]) => ['--merge-labels', spellings!])
  expect(flags).toHaveLength(4)
  expect(await aucOf('plain.csv', 'spelt.csv', ...flags)).toBeCloseTo(await aucOf('plain.csv', 'p.csv'), 10)
})
