import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix } from '@indistinct/core'
import { afterAll, expect, test } from 'vitest'
import { readAttribute } from './attribute-file.ts'
import { embeddingTable } from '../embedding-table.ts'
import { joinLabels } from './join-labels.ts'
import { readLabelCodes } from './label-codes.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-label-codes-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'people.csv')

/** What both readers say of the same file, or the message and code of their errors. */
async function both(
  text: string,
  rows: number,
  options: {
    ids?: string[]
    missing?: string[]
    merge?: ReadonlyMap<string, string>
    minimumUsers?: number
    byPosition?: boolean
  } = {},
): Promise<[unknown, unknown]> {
  writeFileSync(path, text)
  const { ids, byPosition, ...join } = options
  const table = embeddingTable({
    matrix: matrix(
      rows,
      1,
      Float32Array.from({ length: rows }, (_, i) => i),
    ),
    ...(ids && { ids, idColumn: 'id' }),
  })
  const outcome = (work: () => Promise<unknown>): Promise<unknown> =>
    work().catch((error: { code: string; message: string }) => [
      error.code,
      error.message.replace(/in line \d+ already/, 'in an earlier line already'),
    ])
  return [
    await outcome(async () => {
      const column = await readAttribute(path, 'gender', { byPosition })
      return { ...joinLabels(table, column, join), sha256: column.sha256 }
    }),
    await outcome(() => readLabelCodes(path, 'gender', rows, options)),
  ]
}

test.each<[string, string, number, Parameters<typeof both>[2]?]>([
  ['by row number', 'user,gender\n3,F\n0,M\n1,M\n2,F\n', 5],
  ['ids that are no row numbers', 'user,gender\n3,F\n0,M\n1,M\n9,X\n01,F\n2,F\n', 5],
  ['ids that count from 1', 'user,gender\n3,F\n4,M\n1,M\n2,F\n', 4],
  [
    'ids that count from 1, of a table whose own count from 0',
    `id,gender\n${Array.from({ length: 20 }, (_, i) => `${i + 1},${'FM'[i % 2]}\n`).join('')}`,
    20,
    { ids: Array.from({ length: 20 }, (_, i) => String(i)) },
  ],
  [
    'ids that begin at 1, of a table whose own begin at 0',
    `id,gender\n${Array.from({ length: 40 }, (_, i) => `${i + 1},${'FM'[i % 2]}\n`).join('')}`,
    20,
    { ids: Array.from({ length: 20 }, (_, i) => String(i)) },
  ],
  ['ids that count from 1, and a row more', 'user,gender\n3,F\n4,M\n1,M\n2,F\n', 5],
  ['an index that counts the lines', ',gender\n0,F\n1,M\n2,M\n3,F\n', 4],
  ['an index that counts the lines, and ids', ',gender\n0,F\n1,M\n2,M\n3,F\n', 4, { ids: ['a', 'b', 'c', 'd'] }],
  ['an index that does not count', ',gender\n3,F\n1,M\n2,M\n0,F\n', 4, { ids: ['0', '1', '2', '3'] }],
  ['no ids for a table that has some', 'gender\nF\nM\nM\nF\n', 4, { ids: ['a', 'b', 'c', 'd'] }],
  [
    'by position, though it has ids',
    'user,gender\n9,F\n8,M\n7,M\n6,F\n',
    4,
    { ids: ['a', 'b', 'c', 'd'], byPosition: true },
  ],
  [
    'a column that looks like ids',
    `reader,gender\n${Array.from({ length: 12 }, (_, i) => `r${i},${'FM'[i % 2]}\n`).join('')}`,
    12,
  ],
  [
    'spellings of one label',
    'gender\nF\nf\nM\n\nm\n',
    5,
    {
      merge: new Map([
        ['f', 'F'],
        ['m', 'M'],
      ]),
    },
  ],
  [
    'leading zeros',
    `id,gender\n${Array.from({ length: 20 }, (_, i) => `${String(i).padStart(2, '0')},${'FM'[i % 2]}\n`).join('')}`,
    20,
    { ids: Array.from({ length: 20 }, (_, i) => String(i)) },
  ],
  ['by position', 'gender\nM\nF\n\nM\nF\n', 5],
  ['by id', 'id,gender\nd,M\nb,F\nz,M\na,M\nc,F\n', 4, { ids: ['a', 'b', 'c', 'd'] }],
  ['labels that mean missing', 'gender\nM\nF\n?\nM\nF\n', 5, { missing: ['?'] }],
  ['labels in any order', 'gender\nz\na\nm\nz\na\nm\n', 6],
  ['another length', 'gender\nM\nF\n', 5],
  ['no id that fits', 'user,gender\nx,M\ny,F\n', 5],
  ['a repeated id', 'user,gender\n1,M\n1,F\n2,M\n3,F\n', 5],
  ['an empty id', 'user,gender\n,M\n1,F\n2,M\n3,F\n', 5],
  ['one label', 'gender\nM\nM\n', 2],
  ['a label with one user', 'gender\nM\nM\nF\n', 3],
  ['a missing label that nobody has', 'gender\nM\nM\nF\nF\n', 4, { missing: ['?'] }],
  ['no such column', 'sex\nM\nF\n', 2],
])('%s: as readAttribute and joinLabels say', async (_, text, rows, options) => {
  const [whole, codes] = await both(text, rows, options)
  expect(codes).toEqual(whole)
})

test('an index that is taken for ids is said where another column looks like ids', async () => {
  const lines = Array.from({ length: 12 }, (_, i) => `${11 - i},${i % 2 ? 'F' : 'M'},${500 + i}`)
  const ids = Array.from({ length: 12 }, (_, i) => String(i))
  const [, codes] = await both(`,gender,key\n${lines.join('\n')}\n`, 12, { ids })
  expect((codes as { warnings: string[] }).warnings).toEqual([
    `ids of ${path} are taken from its index, column ""; "key" looks like ids, too: name it if it holds them ` +
      '(--id-column key)',
  ])
  expect((await readAttribute(path, 'gender', { idColumn: '' })).notes).toBeUndefined()
})
