/** Parquet files made by hand to take far more memory or time than their size: read in the thread that has limits. */

import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bytesOf, matrix } from '@indistinct/core'
import { afterAll, describe, expect, test } from 'vitest'
import { readAttribute } from '../../labels/attribute-file.ts'
import { fileSource } from '../../files/byte-source.ts'
import { embeddingTable, type EmbeddingTable } from '../../embedding-table.ts'
import { decodeColumns } from './parquet-thread.ts'
import type { Limits } from './parquet-warden.js'
import { readTable } from '../../read-table.ts'
import { thriftStruct, thriftValue, writeThrift } from './thrift-write.ts'
import { writeTable } from '../../write-table.ts'

const { i32, i64, i32s, struct, structs, text, texts } = thriftValue
const folder = mkdtempSync(join(tmpdir(), 'indistinct-hostile-'))
afterAll(() => rmSync(folder, { recursive: true }))

const FLOAT = 4
const TEXT = 6
const gzip = (bytes: Uint8Array): Uint8Array => gzipSync(bytes, { level: 9 })
const plain = (bytes: Uint8Array): Uint8Array => bytes

interface PageFacts {
  readonly count: number
  readonly encoding?: number
  readonly codec?: (bytes: Uint8Array) => Uint8Array
  readonly declared?: number
}
function page(body: Uint8Array, { count, encoding = 0, codec = plain, declared = body.length }: PageFacts): Buffer {
  const stored = codec(body)
  const header = thriftStruct({
    1: i32(0),
    2: i32(declared),
    3: i32(stored.length),
    5: struct({ 1: i32(count), 2: i32(encoding), 3: i32(3), 4: i32(3) }),
  })
  return Buffer.concat([writeThrift(header), stored])
}
function dictionary(body: Uint8Array, { count, codec = plain, declared = body.length }: PageFacts): Buffer {
  const stored = codec(body)
  return Buffer.concat([
    writeThrift(
      thriftStruct({ 1: i32(2), 2: i32(declared), 3: i32(stored.length), 7: struct({ 1: i32(count), 2: i32(0) }) }),
    ),
    stored,
  ])
}

interface Column {
  readonly name: string
  readonly type: number
  readonly pages: Uint8Array
  readonly codec?: number
  readonly slots?: number
  readonly shared?: boolean
  readonly unsaid?: boolean
}
/** A file of one row group; a shared column has the bytes of the column before. */
function file(rows: number, columns: readonly Column[], name = 'x.parquet'): string {
  const parts: Uint8Array[] = [Buffer.from('PAR1')]
  let [at, start] = [4, 4]
  const chunks = columns.map(({ name: column, type, pages, codec = 0, slots = rows, shared, unsaid }) => {
    if (!shared) {
      start = at
      parts.push(pages)
      at += pages.length
    }
    const data = {
      1: i32(type),
      2: i32s([0]),
      3: texts([column]),
      4: i32(codec),
      5: i64(slots),
      ...(!unsaid && { 6: i64(pages.length) }),
      7: i64(pages.length),
      9: i64(start),
    }
    return thriftStruct({ 2: i64(start), 3: struct(data) })
  })
  const elements = columns.map((column) =>
    thriftStruct({ 1: i32(column.type), 3: i32(0), 4: text(column.name), ...(column.type === TEXT && { 6: i32(0) }) }),
  )
  const root = thriftStruct({ 4: text('schema'), 5: i32(columns.length) })
  const footer = writeThrift(
    thriftStruct({
      1: i32(1),
      2: structs([root, ...elements]),
      3: i64(rows),
      4: structs([thriftStruct({ 1: structs(chunks), 2: i64(0), 3: i64(rows) })]),
    }),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  writeFileSync(join(folder, name), Buffer.concat([...parts, footer, length, Buffer.from('PAR1')]))
  return join(folder, name)
}

const floats = (count: number): Uint8Array => bytesOf(Float32Array.from({ length: count }, (_, i) => i))
const withLength = (bytes: Uint8Array): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([length, bytes])
}
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]
/** All values by dictionary entry 0: one byte of width 0. */
const entryZero = (count: number): Buffer => page(Uint8Array.of(0), { count, encoding: 8 })
const ONE = dictionary(floats(1), { count: 1 })
const MANY = 2 ** 22
const d0 = (pages: Uint8Array, extra: Partial<Column> = {}): Column => ({ name: 'd0', type: FLOAT, pages, ...extra })
const note = (pages: Uint8Array, extra: Partial<Column> = {}): Column => ({ name: 'note', type: TEXT, pages, ...extra })

test('a file by hand is read', async () => {
  const table = await readTable(
    file(3, [
      d0(page(floats(3), { count: 3 })),
      note(page(Buffer.concat(['a', '', 'c'].map((each) => withLength(Buffer.from(each)))), { count: 3 })),
    ]),
  )
  expect(Array.from(table.matrix.data)).toEqual([0, 1, 2])
  expect(table.columns).toEqual([{ name: 'note', values: ['a', '', 'c'] }])
})

test('chunks that do not say what they were before compression are written again', async () => {
  const columns = [
    d0(page(floats(3), { count: 3 })),
    note(page(Buffer.concat(['a', '', 'c'].map((each) => withLength(Buffer.from(each)))), { count: 3 })),
  ]
  const table = await readTable(
    file(
      3,
      columns.map((column) => ({ ...column, unsaid: true })),
    ),
  )
  await writeTable(join(folder, 'said.parquet'), table)
  expect((await readTable(join(folder, 'said.parquet'))).columns).toEqual(table.columns)
})

describe('refused', () => {
  const v = page(floats(20), { count: 20 })
  const zeros = new Uint8Array(64 << 20)
  test.each<[string, () => string, string]>([
    [
      'columns that share their bytes',
      () => file(20, [d0(v), { ...d0(v), name: 'd1', shared: true }]),
      'two columns at byte 4',
    ],
    ['millions of rows in a run', () => file(MANY, [d0(Buffer.concat([ONE, entryZero(MANY)]))]), 'rows in'],
    [
      'a gzip page of 64 MiB',
      () => file(20, [d0(page(zeros, { count: 20, codec: gzip }), { codec: 2 })]),
      'would inflate to 67108864',
    ],
    [
      'a gzip page that declares less',
      () => file(20, [d0(page(zeros, { count: 20, codec: gzip, declared: 80 }), { codec: 2 })]),
      'larger than 80 bytes',
    ],
    [
      'a dictionary of one text of 60 MiB',
      () =>
        file(20, [
          d0(v),
          note(
            Buffer.concat([
              dictionary(withLength(new Uint8Array(60 << 20).fill(65)), { count: 1, codec: gzip }),
              page(Uint8Array.of(0), { count: 20, encoding: 8, codec: gzip }),
            ]),
            { codec: 2 },
          ),
        ]),
      'would inflate',
    ],
    [
      'a run of two thousand millions in a page of twenty values',
      () =>
        file(20, [
          d0(Buffer.concat([ONE, page(Uint8Array.of(1, ...varint(2 ** 32 - 2), 0), { count: 20, encoding: 8 })])),
        ]),
      'a run of',
    ],
    [
      'packed bits beyond the page',
      () =>
        file(20, [
          d0(Buffer.concat([ONE, page(Uint8Array.of(1, ...varint(2 ** 30 + 1)), { count: 20, encoding: 8 })])),
        ]),
      'a run beyond its page',
    ],
    [
      'a dictionary entry that is not there',
      () => file(20, [d0(Buffer.concat([ONE, page(Uint8Array.of(8, 40, 255), { count: 20, encoding: 8 })]))]),
      'entry 255 of a dictionary of 1',
    ],
    [
      'indices of 32 bits',
      () => file(20, [d0(Buffer.concat([ONE, page(Uint8Array.of(32, 40, 0, 0, 0, 0), { count: 20, encoding: 8 })]))]),
      'dictionary indices of 32 bits',
    ],
    [
      'a page of more values than its column',
      () => file(20, [d0(page(floats(20), { count: 2 ** 31 - 1 }))]),
      'a page of 2147483647 values where 20 are left',
    ],
    [
      'a dictionary of more values than its bytes',
      () => file(20, [d0(dictionary(floats(20), { count: 2 ** 31 - 1 }))]),
      'bytes of values where 80 are left',
    ],
    [
      'a page header with a list of 2^31 items',
      () => file(20, [d0(Buffer.from([0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0, 0, 0]))]),
      'a list of 2147483647',
    ],
    [
      'fifty thousand pages of nothing',
      () => file(20, [d0(Buffer.concat(Array.from({ length: 50_000 }, () => page(new Uint8Array(0), { count: 0 }))))]),
      '0 values where 20 are declared',
    ],
    [
      'texts whose prefixes repeat',
      () => {
        // Deltas in one block each: the first prefix 0, then always the whole text before; suffixes of one byte.
        const deltas = (first: number, step: number, count: number): number[] => [
          ...varint((128 * 1024) / 128),
          1,
          ...varint(count),
          ...varint(2 * first),
          ...Array.from({ length: Math.ceil((count - 1) / 1024) }, () => [...varint(2 * step), 0]).flat(),
        ]
        const count = 10_000
        return file(count, [
          d0(page(floats(count), { count })),
          note(
            page(Uint8Array.from([...deltas(0, 1, count), ...deltas(1, 0, count), ...new Uint8Array(count).fill(65)]), {
              count,
              encoding: 7,
            }),
          ),
        ])
      },
      'values that would inflate beyond measure',
    ],
  ])('%s', async (_, make, message) => {
    const path = make()
    await expect(readTable(path)).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining(message) })
    await expect(readTable(path)).rejects.toThrow(path)
  })

  test('labels of millions of rows that no bytes stand for', async () => {
    const path = file(MANY, [
      note(Buffer.concat([dictionary(withLength(Buffer.from('F')), { count: 1 }), entryZero(MANY)])),
    ])
    await expect(readAttribute(path, 'note')).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('4194304 rows in'),
    })
  })
})

test('a long text that many rows have is held once', async () => {
  const [rows, long] = [500, 'A'.repeat(4 << 20)]
  const pages = Buffer.concat([
    dictionary(withLength(Buffer.from(long)), { count: 1, codec: gzip }),
    page(Uint8Array.of(0), { count: rows, encoding: 8, codec: gzip }),
  ])
  const before = process.memoryUsage().heapUsed
  const table = await readTable(file(rows, [d0(page(floats(rows), { count: rows })), note(pages, { codec: 2 })]))
  expect(table.columns[0]!.values[499]).toBe(long)
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 << 20)
})

describe('limits of the thread', () => {
  const pages = Buffer.concat(Array.from({ length: 50_000 }, () => page(new Uint8Array(0), { count: 0 })))
  const leaf = {
    type: 'FLOAT',
    typeLength: 0,
    meaning: undefined,
    path: ['d0'],
    maxDefinition: 0,
    maxRepetition: 0,
  } as const
  test.each([
    ['memory', { memory: -(2 ** 40), processorSeconds: 60 }, 'MiB of memory'],
    ['time', { memory: 2 ** 40, processorSeconds: 0 }, 'pages that take more than 0 s'],
  ])('%s ends the decoding, and the next column is read', async (_, limits, message) => {
    const path = file(20, [d0(pages)])
    const source = fileSource(path)
    const chunk = { start: 4, length: pages.length, codec: 0, slots: 20 }
    expect(() => decodeColumns(source, [{ chunk, leaf }], limits)).toThrow(message)
    expect(() => decodeColumns(source, [{ chunk, leaf }])).toThrow('0 values where 20 are declared')
    source.close()
  })

  test('of many columns the damaged one is named, or that it is one of them', async () => {
    const columns = ['d0', 'd1', 'd2', 'd3'].map((name) => ({
      ...d0(page(floats(20), { count: name === 'd2' ? 19 : 20 })),
      name,
    }))
    await expect(readTable(file(20, columns))).rejects.toThrow(
      'column "d2": expected a complete Parquet file, got 19 values where 20 are declared',
    )
    const path = file(20, [d0(pages), { ...d0(pages), name: 'd1' }])
    const source = fileSource(path)
    const chunks = [0, pages.length].map((from) => ({
      leaf,
      chunk: { start: 4 + from, length: pages.length, codec: 0, slots: 20 },
    }))
    const failure = (limits?: Limits): unknown => {
      try {
        return decodeColumns(source, chunks, limits)
      } catch (error) {
        return error
      }
    }
    expect(failure()).toMatchObject({ at: 0 })
    expect(failure({ memory: 2 ** 40, processorSeconds: 0 })).toMatchObject({
      message: 'pages that take more than 0 s',
      at: undefined,
    })
    source.close()
  })

  test('a file that shrinks meanwhile', () => {
    const path = file(20, [d0(pages)])
    const fd = openSync(path, 'r')
    const source = { ...fileSource(path), fd }
    expect(() =>
      decodeColumns(source, [{ chunk: { start: 4, length: pages.length * 2, codec: 0, slots: 20 }, leaf }]),
    ).toThrow()
    closeSync(fd)
  })
})

describe('a column a dimension', () => {
  const wide = (columns: number): EmbeddingTable => {
    const dimensions = Array.from({ length: columns }, (_, k) => `d${k}`)
    const values = Float32Array.from({ length: 2 * columns }, (_, p) => p)
    return embeddingTable({
      matrix: matrix(2, columns, values),
      ids: ['a', 'b'],
      idColumn: 'id',
      dimensions,
      header: ['id', ...dimensions],
    })
  }

  test('a hundred thousand of them', async () => {
    const table = wide(100_000)
    await writeTable(join(folder, 'wide.parquet'), table)
    const found = await readTable(join(folder, 'wide.parquet'))
    expect(found.ids).toEqual(['a', 'b'])
    expect(Buffer.compare(bytesOf(found.matrix.data), bytesOf(table.matrix.data))).toBe(0)
    expect(found.dimensions.at(-1)).toBe('d99999')
  })

  test('written again as they were; four times as many take about four times as long, not sixteen', async () => {
    const seconds = async (columns: number): Promise<number> => {
      await writeTable(join(folder, 'some.parquet'), wide(columns), { force: true })
      let least = Infinity
      for (let run = 0; run < 2; run++) {
        const before = process.cpuUsage()
        await writeTable(join(folder, 'more.parquet'), await readTable(join(folder, 'some.parquet')), { force: true })
        const { user, system } = process.cpuUsage(before)
        least = Math.min(least, user + system)
      }
      expect(readFileSync(join(folder, 'more.parquet')).equals(readFileSync(join(folder, 'some.parquet')))).toBe(true)
      return least
    }
    const few = await seconds(5000)
    expect(await seconds(20_000)).toBeLessThan(9 * few)
  })
})
