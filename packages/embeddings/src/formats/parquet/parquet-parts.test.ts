import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyMatrix, matrix, sha256 } from '@indistinct/core'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { readAttribute } from '../../labels/attribute-file.ts'
import { embeddingTable, withMatrix } from '../../embedding-table.ts'
import { createTable, openTable } from '../../open-table.ts'
import { readTable } from '../../read-table.ts'
import { stageTable, writeTable } from '../../write-table.ts'

const top = mkdtempSync(join(tmpdir(), 'indistinct-parts-'))
const folder = join(top, 'userFactors')
afterAll(() => rmSync(top, { recursive: true }))
beforeEach(() => {
  rmSync(top, { recursive: true })
  mkdirSync(folder, { recursive: true })
})

/** Writes users as a part: a name, a vector of one number three times, and a label. */
const part = (name: string, users: Readonly<Record<string, number>>, label = 'label'): Promise<unknown> => {
  const ids = Object.keys(users)
  const vectors = Float32Array.from(Object.values(users).flatMap((value) => [value, value + 0.5, -value]))
  const columns = [{ name: label, values: ids.map((id) => id.toUpperCase()) }]
  return writeTable(
    join(folder, name),
    embeddingTable({ matrix: matrix(ids.length, 3, vectors), ids, idColumn: 'id', columns }),
  )
}

const threeParts = async (): Promise<void> => {
  await part('part-10-x.snappy.parquet', { e: 5, f: 6 })
  await part('part-2-x.snappy.parquet', { c: 3, d: 4 })
  await part('part-0-x.snappy.parquet', { a: 1, b: 2 })
  for (const name of ['_SUCCESS', '.part-0-x.snappy.parquet.crc', '_metadata']) writeFileSync(join(folder, name), '')
}

describe('a folder of parts', () => {
  test('is one table, in the order of the numbers in their names', async () => {
    await threeParts()
    const table = await readTable(`${folder}/`)
    expect(table.ids).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect([...table.matrix.data]).toEqual([1, 2, 3, 4, 5, 6].flatMap((value) => [value, value + 0.5, -value]))
    expect(table.columns).toEqual([{ name: 'label', values: ['A', 'B', 'C', 'D', 'E', 'F'] }])
    expect(table.warnings).toEqual([])
    const bytes = ['part-0', 'part-2', 'part-10'].map((name) => readFileSync(join(folder, `${name}-x.snappy.parquet`)))
    expect(table.source!.sha256).toBe(sha256(Buffer.concat(bytes)))
  })

  test('is written as one file, with all other columns', async () => {
    await threeParts()
    const table = await readTable(folder)
    const moved = copyMatrix(table.matrix)
    moved.data[9] = 40
    const out = join(top, 'out.parquet')
    await writeTable(out, withMatrix(table, moved))
    const again = await readTable(out)
    expect([...again.matrix.data]).toEqual([...moved.data])
    expect([again.ids, again.columns, again.header]).toEqual([table.ids, table.columns, table.header])
  })

  test('holds labels too', async () => {
    await threeParts()
    expect(await readAttribute(folder, 'label')).toMatchObject({
      ids: ['a', 'b', 'c', 'd', 'e', 'f'],
      values: ['A', 'B', 'C', 'D', 'E', 'F'],
    })
  })

  test('is read and written block by block', async () => {
    await threeParts()
    const reader = openTable(folder)
    const rows = new Float32Array(3 * 3)
    reader.readRows(1, 4, rows)
    expect([...rows]).toEqual([2, 3, 4].flatMap((value) => [value, value + 0.5, -value]))
    const all = new Float32Array(6 * 3)
    reader.readRows(0, 6, all)
    const writer = createTable(join(top, 'out.parquet'), { rows: 6, cols: 3, like: reader })
    writer.writeRows(all)
    writer.stage().commit()
    reader.close()
    const [before, after] = [await readTable(folder), await readTable(join(top, 'out.parquet'))]
    expect([after.matrix, after.ids, after.columns]).toEqual([before.matrix, before.ids, before.columns])
  })

  test('without ids, the order of rows is said', async () => {
    for (const [name, value] of [
      ['part-0.parquet', 1],
      ['part-1.parquet', 5],
    ] as const) {
      await writeTable(join(folder, name), embeddingTable({ matrix: matrix(2, 2, Float32Array.of(value, 2, 3, 4)) }))
    }
    const table = await readTable(folder)
    expect(table.ids).toEqual(['0', '1', '2', '3'])
    expect(table.warnings).toEqual([
      expect.stringContaining('are numbered through its 2 parts in the order of their names'),
    ])
    writeFileSync(join(top, 'userFactors.ids.csv'), 'id\nq\nr\ns\nt\n')
    expect((await readTable(`${folder}//`)).ids).toEqual(['q', 'r', 's', 't'])
  })
})

describe('is refused where it is no table', () => {
  const refused = (message: RegExp | string): Promise<void> =>
    expect(readTable(folder)).rejects.toMatchObject({ code: 'bad-data', message: expect.stringMatching(message) })

  test('an id in two parts, naming both places', async () => {
    await part('part-0.parquet', { a: 1, b: 2 })
    await part('part-1.parquet', { c: 3, b: 4 })
    await refused(/part-1\.parquet: row 1 \(from 0\): id "b" stands in .*part-0\.parquet, row 1 \(from 0\) already/)
  })

  test('parts of other columns, or of the same names and other types', async () => {
    await part('part-0.parquet', { a: 1, b: 2 })
    await part('part-1.parquet', { c: 3, d: 4 }, 'other')
    await refused(/part-1\.parquet: expected the columns of .*part-0\.parquet, .*"label".* got .*"other"/)
    const doubles = embeddingTable({
      matrix: matrix(2, 3, Float32Array.of(1, 2, 3, 4, 5, 6)),
      ids: ['c', 'd'],
      idColumn: 'id',
      dtype: 'f8',
      columns: [{ name: 'label', values: ['', ''] }],
    })
    for (const file of stageTable(join(folder, 'part-1.parquet'), doubles, { force: true })) file.commit()
    await refused(/the same names, .*, of other types/)
  })

  test('vectors of another length, naming the part and the row in it', async () => {
    await part('part-0.parquet', { a: 1, b: 2 })
    const short = embeddingTable({
      matrix: matrix(2, 2, Float32Array.of(1, 2, 3, 4)),
      ids: ['c', 'd'],
      idColumn: 'id',
      columns: [{ name: 'label', values: ['', ''] }],
    })
    await writeTable(join(folder, 'part-1.parquet'), short)
    await refused(/part-1\.parquet: row 0 \(from 0\), column "embedding": expected 3 finite numbers, got 2/)
  })

  test('a damaged part', async () => {
    await threeParts()
    writeFileSync(join(folder, 'part-3.parquet'), 'PAR1')
    await refused(/part-3\.parquet: expected a Parquet file, got 4 bytes/)
  })

  test('nothing, folders of partitions, other files, and what a job is still writing', async () => {
    await refused(/expected a folder of Parquet parts \(part-\*\.parquet\), got none/)
    await threeParts()
    mkdirSync(join(folder, 'country=DE'))
    await refused(/and nothing else, got the folder "country=DE"/)
    rmSync(join(folder, 'country=DE'), { recursive: true })
    writeFileSync(join(folder, 'people.csv'), 'id\n')
    await refused(/got the file "people\.csv"/)
    rmSync(join(folder, 'people.csv'))
    mkdirSync(join(folder, '_temporary'))
    await refused(/_temporary is there/)
  })

  test('a link to a folder is a folder', async () => {
    await threeParts()
    symlinkSync(folder, join(top, 'users.parquet'))
    expect((await readTable(join(top, 'users.parquet'))).ids).toHaveLength(6)
  })
})
