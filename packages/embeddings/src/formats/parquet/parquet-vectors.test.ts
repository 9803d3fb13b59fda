import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readAttribute } from '../../labels/attribute-file.ts'
import { readTable } from '../../read-table.ts'
import { writeTable } from '../../write-table.ts'

const golden = JSON.parse(readFileSync(new URL('goldens/unread-vectors.json', import.meta.url), 'utf8')) as {
  unread: Record<string, string>
  beside: string
  stray: { whole: string; text: string }
  labelled: string
  tagged: string
}
const folder = mkdtempSync(join(tmpdir(), 'indistinct-vectors-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(base64: string): string {
  const path = join(folder, 'x.parquet')
  writeFileSync(path, Buffer.from(base64, 'base64'))
  return path
}

describe('vectors in a form that is not read are told, and a score beside them is not taken for the table', () => {
  test.each([
    ['bytes', 'bytes', 'np.frombuffer(v, "float32").tolist()'],
    ['bytes of one length', 'bytes', 'np.frombuffer(v, "float32").tolist()'],
    ['group', 'a group of numbers', 'list(v.values())'],
    ['map', 'a map', 'list(dict(v).values())'],
    ['decimals', 'lists of decimals or times', '[float(x) for x in v]'],
    ['whole numbers', 'lists of whole numbers', '[float(x) for x in v]'],
    ['lists of lists', 'lists of lists', 'list(v[0])'],
    [
      'spark',
      'vectors of Spark',
      'list(v["values"]) if v["type"] else ' +
        '[dict(zip(v["indices"], v["values"])).get(k, 0.0) for k in range(int(v["size"]))]',
    ],
    ['text', 'text', 'json.loads(v)'],
  ])('%s', async (name, what, asList) => {
    const path = file(golden.unread[name]!)
    await expect(readTable(path)).rejects.toMatchObject({
      code: 'bad-data',
      message:
        `${path}: vectors look to be in column "emb", ${what}, which is not read, and not in "score"; write it as ` +
        `lists of floats, in pandas by df["emb"] = [${asList} for v in df["emb"]], or name the dimensions if they ` +
        'are it (--dimensions score)',
    })
    expect((await readTable(path, { dimensions: ['score'] })).matrix.cols).toBe(1)
  })
})

test('bytes that are no text travel beside numbered dimensions, and are no labels', async () => {
  const path = file(golden.beside)
  const table = await readTable(path)
  expect([table.dimensions, table.columns]).toEqual([['d0', 'd1', 'd2'], []])
  await writeTable(join(folder, 'again.parquet'), table)
  expect((await readTable(join(folder, 'again.parquet'))).matrix).toEqual(table.matrix)
  await expect(writeTable(join(folder, 'again.csv'), table)).rejects.toThrow('column "photo" of the table has no text')
  await expect(readAttribute(path, 'photo')).rejects.toThrow('column "photo": expected UTF-8 text, got other bytes')
})

test.each([
  ['whole', 'INT64'],
  ['text', 'BYTE_ARRAY'],
] as const)('a dimension as %s among floats is not left out', async (name, type) => {
  const path = file(golden.stray[name])
  await expect(readTable(path)).rejects.toMatchObject({
    code: 'bad-data',
    message:
      `${path}: column "d3" is named as the 3 dimensions are, and holds ${type} where they hold floats; cast it to ` +
      'their type, or name the dimensions without it (--dimensions), or give it another name',
  })
  expect((await readTable(path, { dimensions: ['d0', 'd1', 'd2'] })).columns[0]!.name).toBe('d3')
  expect((await readTable(path, { labels: ['d3'] })).matrix.cols).toBe(3)
})

test('a column of labels is no dimension, unless it is asked for', async () => {
  const path = file(golden.labelled)
  const table = await readTable(path, { labels: ['gender'] })
  expect([table.dimensions, table.columns.map(({ name }) => name)]).toEqual([['x', 'y', 'z'], ['gender']])
  expect((await readTable(path, { labels: ['gender'], dimensions: ['x', 'gender'] })).dimensions).toEqual([
    'x',
    'gender',
  ])
})

test('lists of text stand beside dimensions of any name', async () => {
  expect((await readTable(file(golden.tagged))).dimensions).toEqual(['x', 'y', 'z'])
})
