import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '@indistinct/core'
import { afterAll, expect, test } from 'vitest'
import { readAttribute, type AttributeColumn } from './attribute-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-attribute-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'users.csv')

function read(content: string, options = {}): Promise<AttributeColumn> {
  writeFileSync(path, content)
  return readAttribute(path, 'gender', options)
}

test('labels with their ids', async () => {
  const content = 'user,age,gender\n7,30,F\n9,40,\n'
  expect(await read(content)).toEqual({
    name: 'gender',
    ids: ['7', '9'],
    values: ['F', ''],
    path,
    sha256: sha256(content),
  })
})

test('labels with quotes, commas, HTML, line breaks and other alphabets are kept as they are', async () => {
  const { values } = await read('id,gender\n1,"a ""b"", c"\n2,<script>alert(1)</script>\n3,жен\n4,"two\nlines"\n5,女\n')
  expect(values).toEqual(['a "b", c', '<script>alert(1)</script>', 'жен', 'two\nlines', '女'])
})

test('without an id column labels go by position, blank lines counted', async () => {
  const column = await read('gender\nF\n\nM\n')
  expect(column.ids).toBeUndefined()
  expect(column.values).toEqual(['F', '', 'M'])
})

test('another id column', async () => {
  expect((await read('uid,gender\n7,F\n', { idColumn: 'uid' })).ids).toEqual(['7'])
})

test.each([
  ['an attribute that is not there', 'id,sex\n1,F\n', {}, 'there is no column "gender"; the columns are "id", "sex"'],
  [
    'an id column that is not there',
    'id,gender\n1,F\n',
    { idColumn: 'uid' },
    'there is no column "uid" to take ids from',
  ],
  ['the id as attribute', 'gender\nF\n', { idColumn: 'gender' }, 'holds the ids'],
  ['a repeated id', 'id,gender\n1,F\n2,M\n1,F\n', {}, 'line 4: id "1" stands in line 2 already'],
  ['a ragged line', 'id,gender\n1,F\n2\n', {}, 'line 3: expected 2 columns as in the header, got 1'],
  ['no lines', 'id,gender\n', {}, 'expected at least one line after the header'],
])('%s', async (_, content, options, message) => {
  await expect(read(content, options)).rejects.toThrow(message)
})

test('a missing file is a file error', async () => {
  await expect(readAttribute(join(folder, 'none.csv'), 'gender')).rejects.toMatchObject({
    code: 'file',
    message: `cannot read ${join(folder, 'none.csv')}: no such file`,
  })
})
