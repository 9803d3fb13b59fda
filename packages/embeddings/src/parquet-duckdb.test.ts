/** Tables that DuckDB writes, under every codec, version and shape, read value by value and id by id. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesOf } from '@indistinct/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readTable } from './read-table.ts'

const duckdb = await import('@duckdb/node-api').catch((error: unknown) => {
  console.warn(`skipped: DuckDB does not load here: ${String(error)}`)
  return undefined
})

const K = 3
const codecs = ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'] as const
const shapes = {
  list: { ids: `('u' || i)`, id: (i: number) => `u${i}`, columns: `[v(i, 0), v(i, 1), v(i, 2)]::FLOAT[] AS embedding`, dtype: 'f4' },
  array: { ids: '9007199254740992 + i', id: (i: number) => String(2n ** 53n + BigInt(i)), columns: `[v(i, 0), v(i, 1), v(i, 2)]::DOUBLE[3] AS embedding`, dtype: 'f8' },
  columns: { ids: 'i::INTEGER', id: String, columns: `v(i, 0)::FLOAT AS d0, v(i, 1)::FLOAT AS d1, v(i, 2)::FLOAT AS d2`, dtype: 'f4' },
} as const
/** As the macro has it: a prime spreads the cells over eighths that floats hold exactly. */
const value = (i: number, k: number): number => (((i * K + k) * 7919) % 1_000_003) / 8 - 60_000
const note = (i: number): string => (i % 7 === 0 ? '' : `note ${i % 5}`)

const folder = mkdtempSync(join(tmpdir(), 'indistinct-duckdb-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(!duckdb)('tables of DuckDB', () => {
  let run: (sql: string) => Promise<unknown>
  beforeAll(async () => {
    const connection = await (await duckdb!.DuckDBInstance.create(':memory:', { threads: '1' })).connect()
    run = (sql) => connection.run(sql)
    await run(`CREATE MACRO v(i, k) AS ((i * ${K} + k) * 7919 % 1000003) / 8 - 60000`)
  })

  const cases = codecs.flatMap((codec) => ['V1', 'V2'].flatMap((version) => (Object.keys(shapes) as (keyof typeof shapes)[]).flatMap((shape) => [3, 2500].map((rows) => [codec, version, shape, rows] as const))))
  // DuckDB compresses by Brotli at its highest, slowest level.
  const large = codecs.map((codec, c) => [codec, c % 2 ? 'V2' : 'V1', (['list', 'array', 'columns'] as const)[c % 3]!, codec === 'brotli' ? 10_000 : 60_000] as const)
  test.each([...cases, ...large])('%s, %s, %s, %i rows', async (codec, version, shape, rows) => {
    const { ids, id, columns, dtype } = shapes[shape]
    const path = join(folder, `${codec}-${version}-${shape}-${rows}.parquet`)
    const others = `CASE WHEN i % 7 = 0 THEN NULL ELSE 'note ' || (i % 5) END AS note`
    await run(`COPY (SELECT ${ids} AS id, ${columns}, ${others} FROM range(${rows}) t(i) ORDER BY i) TO '${path}' (FORMAT parquet, COMPRESSION ${codec}, PARQUET_VERSION ${version}, ROW_GROUP_SIZE 20480)`)
    const table = await readTable(path)
    expect(table.dtype).toBe(dtype)
    expect(table.ids).toEqual(Array.from({ length: rows }, (_, i) => id(i)))
    const expected = Float64Array.from({ length: rows * K }, (_, p) => value(Math.floor(p / K), p % K))
    expect(Buffer.compare(bytesOf(Float64Array.from(table.exact ?? table.matrix.data)), bytesOf(expected))).toBe(0)
    expect(table.columns).toEqual([{ name: 'note', values: Array.from({ length: rows }, (_, i) => note(i)) }])
  })
})
