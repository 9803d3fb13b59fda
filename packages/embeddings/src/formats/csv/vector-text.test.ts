import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readTable } from '../../read-table.ts'
import { writeTable } from '../../write-table.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-vectors-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

describe('a whole vector in a cell', () => {
  test.each([
    ['id,embedding\na,"[0.5, -2.25]"\nb,"[1, 3e-05]"\n', 'a list'],
    ['user_id,gender,vector\na,F,"(0.5,-2.25)"\nb,M,"(1,0.00003)"\n', 'a tuple, between other columns'],
    ['id;v\na;0.5 -2.25\nb;1 0.00003\n', 'numbers alone'],
    ['id,v\na,"{0.5,-2.25}"\nb,"{1,0.00003}"\n', 'an array of PostgreSQL'],
    ['id,v\na,[ 0.5     -2.25  ]\nb,"[ 1.\n  3.e-05]"\n', 'an array of NumPy'],
    ['id\tv1\na\t[0.5|-2.25]\nb\t[1|0.00003]\n', 'a column whose name ends in a number'],
  ])('%j is read', async (text) => {
    const table = await readTable(at('v.csv', text))
    expect(table.ids).toEqual(['a', 'b'])
    expect([...table.matrix.data]).toEqual([0.5, -2.25, 1, Math.fround(3e-5)])
  })

  test('is written in its own form, beside what else there is; in other formats as vectors', async () => {
    const text = 'id,embedding,city\na,"[0.5, -2.25]","x, y"\nb,"[1, 3.5]",z\n'
    const table = await readTable(at('own.csv', text))
    await writeTable(join(folder, 'again.csv'), table)
    expect(readFileSync(join(folder, 'again.csv'), 'utf8')).toBe(text)
    for (const extension of ['npz', 'npy', 'parquet', 'safetensors', 'txt']) {
      const path = join(folder, `other.${extension}`)
      await writeTable(path, table)
      const again = await readTable(path)
      expect([again.ids, [...again.matrix.data]]).toEqual([
        ['a', 'b'],
        [0.5, -2.25, 1, 3.5],
      ])
    }
  })

  test.each([
    ['id,v\na,"[1, 2]"\nb,"[1, 2, 3]"\n', /line 3, column "v": expected 2 numbers, as in the first row, got 3/],
    ['id,v\na,"[1, 2]"\nb,"[1, x]"\n', /line 3, column "v, number 2": expected a finite number, got "x"/],
    [
      'id,v\na,"[1, 2]"\nb,"1, 2"\n',
      /line 3, column "v": expected a vector such as \[0\.1, 0\.2\], as in the first row, got "1, 2"/,
    ],
    ['id,v\na,[1. 2. ... 3. 4.]\nb,[1. 2. ... 3. 5.]\n', /"\.\.\." stands for numbers that NumPy left out/],
  ])('%j is refused', async (text, message) => {
    await expect(readTable(at('bad.csv', text))).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringMatching(message),
    })
  })

  test('of two such columns, one is to be chosen', async () => {
    const path = at('two.csv', 'id,v,w\na,"[1, 2]","[3, 4]"\nb,"[1, 5]","[3, 6]"\n')
    await expect(readTable(path)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('"v", "w" each hold vectors; choose one (--dimensions)'),
    })
    expect([...(await readTable(path, { dimensions: ['w'] })).matrix.data]).toEqual([3, 4, 3, 6])
  })
})
