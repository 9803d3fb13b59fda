import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix, randomStream } from '@indistinct/core'
import { afterAll, expect, test } from 'vitest'
import { embeddingTable } from '../embedding-table.ts'
import { writeNpy } from '../formats/npy/npy.ts'
import { readTable } from '../read-table.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-rounded-'))
afterAll(() => rmSync(folder, { recursive: true }))

const random = randomStream(1, 'offsets')
const exact = (offset: number, spread = 1): Float64Array =>
  Float64Array.from({ length: 100 * 3 }, (_, p) => (p % 3 === 1 ? offset : 0) + spread * random.normal())
const table = (values: Float64Array) =>
  embeddingTable({ matrix: matrix(100, 3, Float32Array.from(values)), exact: values })

test.each([1e8, -1e8, 1e15])(
  'an offset of %d is refused with the column and what to subtract, which mends it',
  (offset) => {
    const values = exact(offset)
    expect(() => table(values)).toThrow(
      /^table: column "d1": expected values that float32 tells apart, got -?\d.* to -?\d.*, which it rounds by up to /,
    )
    const advised = Number(/subtract (\S+) from/.exec(message(() => table(values)))![1])
    expect(advised).toBe(offset)
    expect(table(values.map((value, p) => (p % 3 === 1 ? value - advised : value))).warnings).toEqual([])
  },
)

test('values below the least float32 are to be multiplied', () => {
  expect(() => table(exact(0, 1e-45).map((value, p) => (p % 3 === 2 ? 1 + p : value)))).toThrow(
    /multiply that column by a constant first/,
  )
})

test.each([
  [0, 1],
  [1e4, 1],
  [1e8, 1e4],
  [0, 1e-30],
  [1e-30, 1e-33],
])('offset %d, spread %d: nothing to refuse', (offset, spread) => {
  expect(table(exact(offset, spread)).matrix.rows).toBe(100)
})

test('a constant column, and one that float64 itself rounds, are constant', () => {
  const values = exact(0)
  for (let i = 0; i < 100; i++) values[i * 3 + 1] = 0.1 + (i % 3) * 2 ** -54
  expect(table(values).warnings).toEqual(['table: dimension d1 is the same in every row'])
})

test('in files: npy of float64, and digits of CSV', async () => {
  const values = exact(1e8)
  writeFileSync(join(folder, 'a.npy'), writeNpy([100, 3], values))
  writeFileSync(
    join(folder, 'a.csv'),
    `id,d0,d1,d2\n${Array.from({ length: 100 }, (_, i) => `u${i},${values.slice(i * 3, i * 3 + 3).join(',')}\n`).join('')}`,
  )
  for (const file of ['a.npy', 'a.csv'])
    await expect(readTable(join(folder, file))).rejects.toThrow(
      `${file}: column "d1": expected values that float32 tells apart`,
    )
})

function message(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('nothing was refused')
}
