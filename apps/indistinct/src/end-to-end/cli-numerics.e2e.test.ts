import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix, randomStream } from '@indistinct/core'
import { embeddingTable, readTable, writeNpy, writeTable } from '@indistinct/embeddings'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinctInProcess, type Ran } from './in-process-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-numerics-'))
const at = (name: string): string => join(folder, name)
const [N, K] = [400, 8]
const isMale = (i: number): boolean => i % 2 === 1
afterAll(() => rmSync(folder, { recursive: true }))
beforeAll(() => {
  writeFileSync(
    at('people.csv'),
    `id,gender\n${Array.from({ length: N }, (_, i) => `${i},${isMale(i) ? 'M' : 'F'}\n`).join('')}`,
  )
  writeFileSync(
    at('ages.csv'),
    `id,age\n${Array.from({ length: N }, (_, i) => `${i},${[0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4][i % 12]}\n`).join('')}`,
  )
})

/** Normal users, column 0 shifted for men by 1.5, each value as `change` has it. */
async function write(name: string, change: (value: number, row: number, col: number) => number): Promise<void> {
  const random = randomStream(1, 'numerics')
  const data = Float32Array.from({ length: N * K }, (_, p) => {
    const [row, col] = [Math.floor(p / K), p % K]
    return change(random.normal() + (col === 0 && isMale(row) ? 1.5 : 0), row, col)
  })
  await writeTable(at(name), embeddingTable({ matrix: matrix(N, K, data) }), { force: true })
}

const unlearn = (name: string, ...more: string[]): Promise<Ran> =>
  indistinctInProcess([
    'unlearn',
    at(name),
    '--attributes',
    at('people.csv'),
    '--attribute',
    'gender',
    '--out',
    at(`o-${name}`),
    '--force',
    ...more,
  ])

/** Spreads between the means of men and women in a column. */
async function gap(name: string, col: number): Promise<number> {
  const { data } = (await readTable(at(name))).matrix
  const values = Array.from({ length: N }, (_, i) => data[i * K + col]!)
  const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length
  const centre = mean(values)
  const spread = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)))
  return Math.abs(mean(values.filter((_, i) => isMale(i))) - mean(values.filter((_, i) => !isMale(i)))) / spread
}

describe('unlearn refuses with exit code 3, writing nothing,', () => {
  test.each([
    [
      'one cell of 1e8',
      (value: number, row: number, col: number) => (row === 7 && col === 3 ? 1e8 : value),
      /got 100000000 in row 7, column 3 .* Repair or clip them, or blank the label/,
    ],
    [
      'one cell of 1e20',
      (value: number, row: number, col: number) => (row === 7 && col === 3 ? 1e20 : value),
      /got 1\d+ in row 7, column 3 .* Repair or clip them/,
    ],
    [
      'a class whose rows are all equal',
      (value: number, row: number) => (isMale(row) ? 2 : value),
      /users of 'M' that differ, got 200 equal rows, the first in row 1 .*merge that class with another, blank its label, or unlearn by relabel/,
    ],
    [
      'values near 3e38',
      (value: number) => Math.max(-3e38, Math.min(3e38, 1e38 * value)),
      /expected values of at most 1e\+37.*divide the table by a constant/,
    ],
  ])('%s', async (_, change, message) => {
    await write('bad.npy', change)
    for (const method of ['flow', 'leace', 'mean-matching', 'gaussian-transport']) {
      const { code, stderr } = await unlearn('bad.npy', '--method', method)
      expect(stderr).toMatch(message)
      expect(code).toBe(3)
      expect(existsSync(at('o-bad.npy'))).toBe(false)
    }
  })
})

test.each(['audit', 'unlearn'])(
  '%s refuses float64 with an offset beside which float32 tells nobody apart',
  async (command) => {
    const random = randomStream(1, 'offset')
    writeFileSync(
      at('offset.npy'),
      writeNpy(
        [N, K],
        Float64Array.from({ length: N * K }, () => 1e8 + random.normal()),
      ),
    )
    const out = command === 'unlearn' ? ['--out', at('o-offset.npy')] : []
    const { code, stderr } = await indistinctInProcess([
      command,
      at('offset.npy'),
      '--attributes',
      at('people.csv'),
      '--attribute',
      'gender',
      ...out,
    ])
    expect(stderr).toMatch(
      /offset\.npy: column "d0": expected values that float32 tells apart, got 9999999\d.* subtract 100000000 from that column first/,
    )
    expect(code).toBe(3)
  },
)

describe('unlearn takes the leak out of', () => {
  test.each([
    ['a column scaled by 1e-7', (value: number, _: number, col: number) => (col === 0 ? 1e-7 * value : value)],
    ['a column beside one scaled by 1e7', (value: number, _: number, col: number) => (col === 3 ? 1e7 * value : value)],
    ['a column with an offset of 1e5', (value: number, _: number, col: number) => (col === 0 ? 1e5 + value : value)],
    ['a table beside a constant of 1e8', (value: number, _: number, col: number) => (col === 3 ? 1e8 : value)],
    ['a table of values near 1e36', (value: number) => 1e36 * value],
  ])('%s', async (_, change) => {
    await write('good.npy', change)
    expect(await gap('good.npy', 0)).toBeGreaterThan(1)
    for (const method of ['flow', 'leace']) {
      const { code, stdout } = await unlearn('good.npy', '--method', method)
      expect(code).toBe(0)
      // The flow leaves in one direction what chance makes of all columns together.
      if (method === 'flow') expect(stdout).toContain('landed')
      expect(await gap('o-good.npy', 0)).toBeLessThan(method === 'flow' ? 0.5 : 0.05)
    }
  })
})

test('a flow that does not land returns its best table and says so, with exit code 0', async () => {
  await write(
    'five.npy',
    (value, row, col) => Math.exp(value + 0.7 * Math.sin(7 * (row % 12) + col)) * Math.exp(-col / 4),
  )
  const { code, stdout, stderr } = await indistinctInProcess([
    'unlearn',
    at('five.npy'),
    '--attributes',
    at('ages.csv'),
    '--attribute',
    'age',
    '--out',
    at('o-five.npy'),
    '--max-passes',
    '3',
  ])
  expect(code).toBe(0)
  expect(`${stdout}${stderr}`).toMatch(/not landed/)
  expect((await readTable(at('o-five.npy'))).matrix.data).not.toEqual((await readTable(at('five.npy'))).matrix.data)
})
