/**
 * Tables that DuckDB writes, under every codec, version and shape, read value by value and id by id; written here with
 * some values moved, DuckDB reads them again and compares by itself.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesOf, matrix } from '@indistinct/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { embeddingTable, withMatrix } from '../../embedding-table.ts'
import { readAttribute } from '../../labels/attribute-file.ts'
import { given, K, moved } from '../../peers/peer-tables.ts'
import { readTable } from '../../read-table.ts'
import { writeTable } from '../../write-table.ts'

const duckdb = await import('@duckdb/node-api').catch((error: unknown) => {
  console.warn(`skipped: DuckDB does not load here: ${String(error)}`)
  return undefined
})

const codecs = ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'] as const
/** Vectors of v(i, k), to which `add` of k is added. */
const vector = (type: string, add = ''): string =>
  `[${[0, 1, 2].map((k) => `v(i, ${k})${add && ` + ${add.replaceAll('k', String(k))}`}`).join(', ')}]::${type}`
const shapes = {
  list: {
    ids: `('u' || i)`,
    id: (i: number) => `u${i}`,
    columns: `${vector('FLOAT[]')} AS embedding`,
    type: 'FLOAT[]',
    dtype: 'f4',
  },
  array: {
    ids: '9007199254740992 + i',
    id: (i: number) => String(2n ** 53n + BigInt(i)),
    columns: `${vector('DOUBLE[3]')} AS embedding`,
    type: 'DOUBLE[]',
    dtype: 'f8',
  },
  columns: {
    ids: 'i::INTEGER',
    id: String,
    columns: `v(i, 0)::FLOAT AS d0, v(i, 1)::FLOAT AS d1, v(i, 2)::FLOAT AS d2`,
    type: 'FLOAT[]',
    dtype: 'f4',
  },
} as const
/** Whether row i of a table that was moved here is the one expected, in SQL. */
const sameRow = (ids: string, type: string, isList: boolean, note: string): string =>
  `id = ${ids} AND ${isList ? `embedding::${type}` : '[d0, d1, d2]'} = ${vector(type, '(i * 3 + k + 1) % 2')} ` +
  `AND note IS NOT DISTINCT FROM ${note}`
const NOTE = `CASE WHEN i % 7 = 0 THEN NULL ELSE 'note ' || (i % 5) END`
const note = (i: number): string => (i % 7 === 0 ? '' : `note ${i % 5}`)

const folder = mkdtempSync(join(tmpdir(), 'indistinct-duckdb-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(!duckdb)('tables of DuckDB', () => {
  let run: (sql: string) => Promise<unknown>
  let rowsOf: (sql: string) => Promise<unknown[][]>
  beforeAll(async () => {
    const connection = await (await duckdb!.DuckDBInstance.create(':memory:', { threads: '1' })).connect()
    run = (sql) => connection.run(sql)
    rowsOf = async (sql) => (await connection.runAndReadAll(sql)).getRows()
    await run(`CREATE MACRO v(i, k) AS ((i * ${K} + k) * 7919 % 1000003) / 8 - 60000`)
  })
  /** How many rows DuckDB finds in a file, and how many of them are as expected, by the number of the row. */
  const compared = async (path: string, same: string): Promise<number[]> => {
    const [found] = await rowsOf(
      `SELECT count(*), count(*) FILTER (${same}) FROM (SELECT *, file_row_number AS i FROM ` +
        `read_parquet('${path}', file_row_number = true))`,
    )
    return found!.map(Number)
  }

  const cases = codecs.flatMap((codec) =>
    ['V1', 'V2'].flatMap((version) =>
      (Object.keys(shapes) as (keyof typeof shapes)[]).flatMap((shape) =>
        [3, 2500].map((rows) => [codec, version, shape, rows] as const),
      ),
    ),
  )
  const large = codecs.map(
    (codec, c) => [codec, c % 2 ? 'V2' : 'V1', (['list', 'array', 'columns'] as const)[(c + 1) % 3]!, 60_000] as const,
  )
  test.each([...cases, ...large])('%s, %s, %s, %i rows', async (codec, version, shape, rows) => {
    const { ids, id, columns, type, dtype } = shapes[shape]
    const path = join(folder, `${codec}-${version}-${shape}-${rows}.parquet`)
    await run(
      `COPY (SELECT ${ids} AS id, ${columns}, ${NOTE} AS note FROM range(${rows}) t(i) ORDER BY i) TO ` +
        `'${path}' (FORMAT parquet, COMPRESSION ${codec}, PARQUET_VERSION ${version}, ROW_GROUP_SIZE 20480)`,
    )
    const table = await readTable(path)
    expect(table.dtype).toBe(dtype)
    expect(table.ids).toEqual(Array.from({ length: rows }, (_, i) => id(i)))
    const values = given(rows, dtype)
    expect(Buffer.compare(bytesOf(Float64Array.from(table.exact ?? table.matrix.data)), bytesOf(values))).toBe(0)
    expect(table.columns).toEqual([{ name: 'note', values: Array.from({ length: rows }, (_, i) => note(i)) }])

    const exact = moved(values)
    const after = withMatrix(table, matrix(rows, K, Float32Array.from(exact)))
    await writeTable(`${path}.out.parquet`, after.exact ? { ...after, exact } : after)
    expect(await compared(`${path}.out.parquet`, sameRow(ids, type, shape !== 'columns', NOTE))).toEqual([rows, rows])
    // DuckDB compresses by Brotli at its highest, slowest level.
  })

  test.each(['f4', 'f8'] as const)('new files of %s', async (dtype) => {
    const rows = 2500
    const values = moved(given(rows, dtype))
    const table = embeddingTable({
      matrix: matrix(rows, K, Float32Array.from(values)),
      dtype,
      ids: Array.from({ length: rows }, (_, i) => `u${i}`),
      idColumn: 'id',
      columns: [{ name: 'note', values: Array.from({ length: rows }, (_, i) => note(i)) }],
      ...(dtype === 'f8' && { exact: values }),
    })
    await writeTable(join(folder, `new-${dtype}.parquet`), table)
    const type = dtype === 'f4' ? 'FLOAT[]' : 'DOUBLE[]'
    expect(
      await compared(
        join(folder, `new-${dtype}.parquet`),
        sameRow(shapes.list.ids, type, true, `coalesce(${NOTE}, '')`),
      ),
    ).toEqual([rows, rows])
  })

  test.each([
    ['DECIMAL(38, 0)', 'i', /got FIXED_LEN_BYTE_ARRAY of decimals, times or UUIDs; write it as text, in SQL by CAST/],
    ['UUID', "('00000000-0000-0000-0000-0000000000' || (10 + i))", /decimals, times or UUIDs; write it as text/],
    ['DOUBLE', 'i', /got DOUBLE; floating-point numbers merge ids above 2\^53/],
  ])('ids of %s are refused with the way out', async (type, id, message) => {
    const path = join(folder, 'ids.parquet')
    await run(`COPY (SELECT ${id}::${type} AS id, [i, i]::FLOAT[] AS v FROM range(20) t(i)) TO '${path}'`)
    await expect(readTable(path)).rejects.toThrow(message)
  })

  test.each([
    ['DOUBLE', '9007199254740992 + 2 * i', 'above 2^53'],
    ['FLOAT', '16777216 + 2 * i', 'above 2^24'],
    ['DOUBLE', 'i + 0.5', 'above 2^53'],
  ])('labels by ids of %s, %s, are refused; small whole numbers are taken', async (type, id, message) => {
    const path = join(folder, 'labels.parquet')
    const write = (ids: string): Promise<unknown> =>
      run(`COPY (SELECT (${ids})::${type} AS id, 'F' AS gender FROM range(20) t(i)) TO '${path}'`)
    await write(id)
    await expect(readAttribute(path, 'gender')).rejects.toThrow(`which merges ids ${message}`)
    await write('i')
    expect((await readAttribute(path, 'gender')).ids).toEqual(Array.from({ length: 20 }, (_, i) => String(i)))
  })

  test('short lists beside numbered columns are not taken for the table unasked', async () => {
    const path = join(folder, 'places.parquet')
    await run(
      `COPY (SELECT i AS id, [i, 2 * i]::FLOAT[] AS place, sin(i)::FLOAT AS d0, cos(i)::FLOAT AS d1, ` +
        `sin(2 * i)::FLOAT AS d2 FROM range(20) t(i)) TO '${path}'`,
    )
    await expect(readTable(path)).rejects.toThrow(
      'lists of 2 in column "place" or 3 numbered columns could be the table: choose the lists (--table-key place), ' +
        "or the columns (--dimensions 'd*')",
    )
    expect((await readTable(path, { key: 'place' })).matrix.cols).toBe(2)
    expect((await readTable(path, { dimensions: ['d*'] })).matrix.cols).toBe(3)
  })
})
