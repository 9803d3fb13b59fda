import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { writeNpy } from '../formats/npy/npy.ts'
import { readTable } from '../read-table.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-whole-'))
afterAll(() => rmSync(folder, { recursive: true }))

const N = 30
const fraction = (i: number, k: number): number => Math.sin(7 * i + k)
const columns = (...of: ((i: number) => number)[]): number[][] =>
  Array.from({ length: N }, (_, i) => of.map((value) => value(i)))
const [a, b] = [(i: number) => fraction(i, 1), (i: number) => fraction(i, 2)]

async function warningsOf(rows: number[][], header?: string): Promise<readonly string[]> {
  const path = join(folder, header === undefined ? 'x.npy' : 'x.csv')
  writeFileSync(
    path,
    header === undefined
      ? writeNpy([N, rows[0]!.length], Float64Array.from(rows.flat()))
      : `${header}\n${rows.map((row, i) => `u${i},${row.join(',')}`).join('\n')}\n`,
  )
  return (await readTable(path)).warnings.map((warning) => warning.slice(path.length + 2))
}

test('ids, ages and labels that stand among the vectors of an array', async () => {
  expect(await warningsOf(columns((i) => 5000 + i * 3, a, b))).toEqual([
    'dimension d0 holds whole numbers alone, no two of them equal, as ids and row numbers are, while others hold ' +
      'fractions; where it is no part of the vectors, write the vectors without (numpy.delete(vectors, [0], axis=1))',
  ])
  expect(await warningsOf(columns(a, b, (i) => i % 2))).toEqual([
    expect.stringMatching(/^dimension d2 holds whole numbers alone, as ages, counts and labels are/),
  ])
})

test('ids that float32 cannot tell apart are to be left out', async () => {
  await expect(warningsOf(columns((i) => 2 ** 26 + i, a, b))).rejects.toThrow(
    'if these are ids or times, leave that column out; if not, subtract 67100000 from that column first',
  )
})

test('columns of their own are named', async () => {
  expect(
    await warningsOf(
      columns(a, b, (i) => 20 + (i % 7)),
      'id,x,y,age',
    ),
  ).toEqual([
    expect.stringMatching(
      /^dimension age holds .* no part of the vectors, name the columns that are \(--dimensions\)$/,
    ),
  ])
})

test('vectors of whole numbers, constant and sparse dimensions are what they are', async () => {
  expect(
    await warningsOf(
      columns(
        (i) => i,
        (i) => i % 5,
        (i) => -i,
      ),
    ),
  ).toEqual([])
  expect(await warningsOf(columns(a, b, () => 3))).toEqual([expect.stringContaining('the same in every row')])
  expect(await warningsOf(columns(a, b, (i) => (i % 9 === 0 ? fraction(i, 3) : 0)))).toEqual([])
})
