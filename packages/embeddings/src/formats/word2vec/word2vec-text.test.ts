import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix } from '@indistinct/core'
import { afterAll, describe, expect, test } from 'vitest'
import { embeddingTable } from '../../embedding-table.ts'
import { readTable } from '../../read-table.ts'
import { writeTable } from '../../write-table.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-word2vec-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

test.each([
  ['word2vec', '2 3\nu1 0.1 -2 3e-05\n007 1 2 3\n', 'u.vec'],
  ['word2vec with blanks at the ends of lines', '2 3 \nu1 0.1 -2 3e-05 \n007 1 2 3 \n', 'u.txt'],
  ['GloVe', 'u1 0.1 -2 3e-05\n007 1 2 3\n', 'u.txt'],
])('%s is read, and written as it was', async (_, text, name) => {
  const table = await readTable(at(name, text))
  expect(table.ids).toEqual(['u1', '007'])
  expect([...table.matrix.data]).toEqual([0.1, -2, 3e-5, 1, 2, 3].map(Math.fround))
  await writeTable(join(folder, `again-${name}`), table, { force: true })
  expect(readFileSync(join(folder, `again-${name}`), 'utf8')).toBe(text.replace(/ $/gm, '').replace('3e-05', '0.00003'))
})

test('a table of another format is written with its counts, and reads equal', async () => {
  const table = embeddingTable({
    ids: ['a', 'ж'],
    idColumn: 'id',
    matrix: matrix(2, 2, Float32Array.of(0.1, -0, 1e-20, 3)),
  })
  await writeTable(join(folder, 'new.txt'), table)
  expect(readFileSync(join(folder, 'new.txt'), 'utf8')).toBe('2 2\na 0.1 -0\nж 1e-20 3\n')
  const again = await readTable(join(folder, 'new.txt'))
  expect([again.ids, again.matrix]).toEqual([table.ids, table.matrix])
  const blank = embeddingTable({ ids: ['a b', 'c'], idColumn: 'id', matrix: table.matrix })
  await expect(writeTable(join(folder, 'blank.txt'), blank)).rejects.toMatchObject({
    code: 'bad-data',
    message: expect.stringContaining('id "a b" has a blank in it'),
  })
})

describe('is refused with the place:', () => {
  test.each([
    ['3 2\na 1 2\nb 1 3\n', /expected 3 rows, as line 1 says, got 2; is the file cut short\?/],
    [
      '2 2\na 1 2\nb 1\n',
      /line 3: expected an id without blanks and 2 numbers, as line 1 says \(2 2\), got 1 after the id/,
    ],
    ['a 1 2\nb c 1 3\n', /line 2: expected an id without blanks and 2 numbers, as in line 1, got 3/],
    ['a 1 2\nb 1 nan\n', /line 2, number 2: expected a finite number, got "nan"/],
    ['a 1 2\na 1 3\n', /line 2: id "a" stands in line 1 already/],
    [
      'id,d0\na,1\nb,2\n',
      /line 1: expected "N K", or an id and its numbers .* name a file of columns with a header \.csv/,
    ],
    ['id\nu1\nu2\n', /line 1: expected "N K"/],
    ['1.862502499191047711e+00 -2.5e-01\n0.5 1\n', /line 1: .* got the number "1\.8625.*numpy\.savetxt/],
    ['-0.25 0.125\n0.5 1\n', /line 1: .* write the table by numpy\.save/],
    ['', /got none/],
  ])('%j', async (text, message) => {
    await expect(readTable(at('bad.txt', text))).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringMatching(message),
    })
  })
})
