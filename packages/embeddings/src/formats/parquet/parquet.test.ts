import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix } from '@indistinct/core'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { afterAll, describe, expect, test } from 'vitest'
import { readAttribute } from '../../labels/attribute-file.ts'
import { embeddingTable, withMatrix, type EmbeddingTable } from '../../embedding-table.ts'
import { pythonWith } from '../../peers/python-peer.ts'
import { readTable } from '../../read-table.ts'
import { writeTable } from '../../write-table.ts'

interface Golden {
  ids: string[]
  values: number[][]
  files: Record<string, string>
  half: { values: number[][]; file: string }
  rich: Record<'gender' | 'born' | 'active' | 'small' | 'huge', string[]> & {
    values: number[][]
    file: string
    deltas: string
  }
  refused: Record<string, string>
}

const golden = JSON.parse(readFileSync(new URL('goldens/parquet.json', import.meta.url), 'utf8')) as Golden
const folder = mkdtempSync(join(tmpdir(), 'indistinct-parquet-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

function file(base64: string, name = 'x.parquet'): string {
  writeFileSync(at(name), Buffer.from(base64, 'base64'))
  return at(name)
}

/** The objects that an independent reader finds. */
async function objects(path: string): Promise<Record<string, unknown>[]> {
  const bytes = readFileSync(path)
  return parquetReadObjects({
    file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    compressors,
  })
}

const moved = (table: EmbeddingTable): EmbeddingTable =>
  withMatrix(
    table,
    matrix(
      table.matrix.rows,
      table.matrix.cols,
      table.matrix.data.map((value, p) => (p % 2 ? value : value + 1)),
    ),
  )

const rust = JSON.parse(readFileSync(new URL('goldens/arrow-rs.json', import.meta.url), 'utf8')) as {
  values: number[][]
  files: Record<string, string>
}

describe('what Rust’s arrow writes as float16 lists', () => {
  test.each(Object.entries(rust.files))('%s', async (_, base64) => {
    const table = await readTable(file(base64))
    expect(table.ids).toEqual(rust.values.map((__, i) => `user-${i}`))
    expect(table.dtype).toBe('f2')
    expect(Array.from(table.matrix.data)).toEqual(rust.values.flat())
    await writeTable(at('new.parquet'), moved(table), { force: true })
    const again = await readTable(at('new.parquet'))
    expect([again.ids, again.dtype]).toEqual([table.ids, 'f2'])
    expect(Array.from(again.matrix.data)).toEqual(Array.from(moved(table).matrix.data))
  })
})

describe('what pyarrow writes', () => {
  test.each(Object.entries(golden.files))('%s', async (_, base64) => {
    const table = await readTable(file(base64))
    expect(table.ids).toEqual(golden.ids)
    expect(table.dtype).toBe('f4')
    expect(Array.from(table.matrix.data)).toEqual(golden.values.flat().map(Math.fround))
  })

  test('float16', async () => {
    const table = await readTable(file(golden.half.file))
    expect(table.dtype).toBe('f2')
    expect(Array.from(table.matrix.data)).toEqual(golden.half.values.flat())
  })

  test.each(['file', 'deltas'] as const)('float64, ids above 2^53 and columns of many types (%s)', async (name) => {
    const table = await readTable(file(golden.rich[name]))
    expect(table.dtype).toBe('f8')
    expect(Array.from(table.exact!)).toEqual(golden.rich.values.flat())
    expect(table.ids).toEqual(golden.ids.map((_, i) => String(2n ** 53n + BigInt(i))))
    const { gender, born, active, small, huge } = golden.rich
    expect(table.columns).toEqual(
      Object.entries({ gender, born, active, small, huge }).map(([name, values]) => ({ name, values })),
    )
    expect(await readAttribute(at('x.parquet'), 'gender')).toMatchObject({ ids: table.ids, values: gender })
  })

  test('a column of lists or dimensions is chosen', async () => {
    const path = file(golden.refused['two lists']!)
    await expect(readTable(path)).rejects.toThrow(
      'several columns could be the table: "embedding", "other"; choose one (--table-key)',
    )
    expect((await readTable(path, { key: 'other' })).ids).toEqual(golden.ids)
    await expect(readTable(path, { key: 'none' })).rejects.toThrow(
      'there is no column "none" of lists of float values; the columns are "id", "embedding", "other"',
    )
    const columns = await readTable(file(golden.files['columns']!), { dimensions: ['d2', 'd0'] })
    expect(columns.dimensions).toEqual(['d2', 'd0'])
    expect(columns.matrix.data[1]).toBe(Math.fround(golden.values[0]![0]!))
  })

  test('an ids file comes before the ids of the file', async () => {
    writeFileSync(at('ids.txt'), golden.ids.map((_, i) => `x${i}`).join('\n'))
    expect((await readTable(file(golden.files['columns']!), { ids: at('ids.txt') })).ids[3]).toBe('x3')
  })
})

describe('what is refused', () => {
  test.each([
    ['nulls', 'row 0 (from 0), column "embedding": expected'],
    ['null within', 'row 0 (from 0), column "embedding": expected 3 finite numbers, got null'],
    ['ragged', 'row 7 (from 0), column "embedding": expected 3 finite numbers, got 2'],
    ['null in a column', 'row 6 (from 0), column "d1": expected a finite number, got null'],
    ['float ids', 'column "user": expected ids as text or whole numbers, got DOUBLE'],
    ['null id', 'row 4 (from 0): expected an id'],
    ['two types', 'expected dimensions of one type, got FLOAT in "d0" and DOUBLE in "d1"'],
    ['no floats', 'expected a column of lists of float values, or a column a dimension'],
    ['no rows', 'expected at least one row'],
  ])('%s', async (name, message) => {
    await expect(readTable(file(golden.refused[name]!))).rejects.toThrow(message)
  })

  test('every truncation', async () => {
    const bytes = Buffer.from(golden.files['columns']!, 'base64')
    for (let length = 0; length < bytes.length; length += 7) {
      writeFileSync(at('short.parquet'), bytes.subarray(0, length))
      await expect(readTable(at('short.parquet'))).rejects.toMatchObject({ code: 'bad-data' })
    }
  })

  test('another file', async () => {
    writeFileSync(at('text.parquet'), 'id,d0,d1\na,1,2\n')
    await expect(readTable(at('text.parquet'))).rejects.toThrow('expected a Parquet file, got other first bytes')
  })
})

describe('writing', () => {
  test.each([
    ...Object.entries(golden.files),
    ['half', golden.half.file] as const,
    ['rich', golden.rich.file] as const,
  ])('%s comes back, moved', async (_, base64) => {
    const table = moved(await readTable(file(base64)))
    await writeTable(at('out.parquet'), table, { force: true })
    const again = await readTable(at('out.parquet'))
    expect(again).toMatchObject({ ids: table.ids, dtype: table.dtype, matrix: table.matrix, columns: table.columns })
    expect(again.exact).toEqual(table.exact)
    const [before, after] = [await objects(at('x.parquet')), await objects(at('out.parquet'))]
    const dimensions = (row: Record<string, unknown>): unknown[] =>
      Array.isArray(row['embedding']) ? row['embedding'] : [row['d0'], row['d1'], row['d2']]
    expect(after.flatMap(dimensions)).toEqual(Array.from(table.exact ?? table.matrix.data))
    const others = ({ embedding: _1, d0: _2, d1: _3, d2: _4, ...rest }: Record<string, unknown>): unknown => rest
    expect(after.map(others)).toEqual(before.map(others))
  })

  test.each([
    ['f2', [0.5, -2, 65504, 0]],
    ['f4', [0.1, 2, -0, 3e38]],
    ['f8', [0.1, 2, -0, 1e-300]],
  ] as const)('a new file of %s, of lists and of columns', async (dtype, values) => {
    const fields = {
      matrix: matrix(2, 2, Float32Array.from(values)),
      dtype,
      ids: ['=1+1', '"<b>"'],
      idColumn: 'user',
      columns: [{ name: 'note', values: ['ж', ''] }],
      ...(dtype === 'f8' && { exact: Float64Array.from(values) }),
    }
    for (const more of [{}, { header: ['d0', 'note', 'user', 'd1'] }]) {
      await writeTable(at('new.parquet'), embeddingTable({ ...fields, ...more }), { force: true })
      const again = await readTable(at('new.parquet'))
      expect(again).toMatchObject({ ...fields, dimensions: ['d0', 'd1'], ...more })
      const stored = Array.from(again.exact ?? again.matrix.data)
      const rows = await objects(at('new.parquet'))
      expect(rows.map((row) => row['embedding'] ?? [row['d0'], row['d1']])).toEqual([
        stored.slice(0, 2),
        stored.slice(2),
      ])
      expect(rows.map((row) => row['user'])).toEqual(fields.ids)
    }
  })

  test('to CSV and back, where every column has a text', async () => {
    const table = await readTable(file(golden.files['columns']!))
    await writeTable(at('out.csv'), table)
    const again = await readTable(at('out.csv'))
    expect(again).toMatchObject({
      ids: table.ids,
      matrix: table.matrix,
      dimensions: table.dimensions,
      header: ['user', 'd0', 'd1', 'd2'],
    })
    await expect(writeTable(at('rich.csv'), await readTable(file(golden.rich.file)))).rejects.toThrow(
      'column "when" of the table has no text form; write a .parquet file',
    )
  })

  test('many row groups of a new file', async () => {
    const table = embeddingTable({
      matrix: matrix(
        3000,
        40,
        Float32Array.from({ length: 120_000 }, (_, p) => Math.sin(p * p)),
      ),
    })
    await writeTable(at('large.parquet'), table)
    expect((await readTable(at('large.parquet'))).matrix).toEqual(table.matrix)
    expect(await objects(at('large.parquet'))).toHaveLength(3000)
  })
})

const python = pythonWith('pyarrow', 'numpy')
describe.skipIf(!python)('read by pyarrow', () => {
  const script = `
import sys, json, numpy, pyarrow.parquet as parquet
for path in json.loads(sys.argv[1]):
    before, after = parquet.read_table(path), parquet.read_table(path + ".out.parquet")
    assert before.schema.equals(after.schema, check_metadata=True), (path, before.schema, after.schema)
    for name in before.column_names:
        assert name in ("embedding", "d0", "d1", "d2") or before[name].equals(after[name]), (path, name)
    lists = "embedding" in after.column_names
    values = after["embedding"].combine_chunks().flatten().to_numpy(zero_copy_only=False) if lists else numpy.stack([after[f"d{j}"].to_numpy() for j in range(3)], 1).ravel()
    print(json.dumps(values.astype(float).tolist()))
`
  test('schema, its metadata and other columns as they were, vectors moved', async () => {
    const expected: string[] = []
    const paths: string[] = []
    for (const base64 of [...Object.values(golden.files), golden.half.file, golden.rich.file]) {
      const path = file(base64, `peer-${paths.length}.parquet`)
      const table = moved(await readTable(path))
      await writeTable(`${path}.out.parquet`, table)
      paths.push(path)
      expected.push(JSON.stringify(Array.from(table.exact ?? table.matrix.data)))
    }
    const found = python!(script, JSON.stringify(paths)).trim().split('\n')
    expect(found.map((line) => JSON.parse(line) as unknown)).toEqual(
      expected.map((line) => JSON.parse(line) as unknown),
    )
  })

  test('new files', async () => {
    for (const header of [undefined, ['d0', 'note', 'id', 'd1']]) {
      for (const dtype of ['f2', 'f4', 'f8'] as const) {
        const table = embeddingTable({
          matrix: matrix(2, 2, Float32Array.of(0.5, 2, 3, -4)),
          dtype,
          ids: ['a', 'ж'],
          idColumn: 'id',
          columns: [{ name: 'note', values: ['', 'x'] }],
          ...(header && { header }),
        })
        await writeTable(at('new-peer.parquet'), table, { force: true })
        const found = python!(
          'import sys, json, pyarrow.parquet as p; t = p.read_table(sys.argv[1]); ' +
            'print(json.dumps(t.to_pydict(), default=float))',
          at('new-peer.parquet'),
        )
        expect(JSON.parse(found)).toEqual({
          id: table.ids,
          note: ['', 'x'],
          ...(header
            ? { d0: [0.5, 3], d1: [2, -4] }
            : {
                embedding: [
                  [0.5, 2],
                  [3, -4],
                ],
              }),
        })
      }
    }
  })
})
