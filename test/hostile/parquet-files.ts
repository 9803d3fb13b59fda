/** @file Parquet files of a few bytes that stand for millions of values, and pages that lie or run on. */

import { gzipSync } from 'node:zlib'
import { randomStream } from '@indistinct/core'
import { thriftStruct, thriftValue, writeThrift } from '../../packages/embeddings/src/formats/parquet/thrift-write.ts'
import { cols, refused, right, users, values, type HostileFile } from './hostile-file.ts'

const { i32, i64, i32s, struct, structs, text, texts } = thriftValue
const [FLOAT, TEXT] = [4, 6]
const MANY = 2 ** 22

type Codec = (bytes: Uint8Array) => Uint8Array
interface PageFacts {
  readonly encoding?: number
  readonly codec?: Codec
  /** Bytes that the header claims, inflated and as they stand in the file. */
  readonly inflated?: number
  readonly stored?: number
}

const gzip: Codec = (bytes) => gzipSync(bytes, { level: 9 })

function page(
  body: Uint8Array,
  count: number,
  { encoding = 0, codec = (bytes) => bytes, inflated = body.length, stored }: PageFacts = {},
): Buffer {
  const bytes = codec(body)
  const own = struct({ 1: i32(count), 2: i32(encoding), 3: i32(3), 4: i32(3) })
  return Buffer.concat([
    writeThrift(thriftStruct({ 1: i32(0), 2: i32(inflated), 3: i32(stored ?? bytes.length), 5: own })),
    bytes,
  ])
}

function dictionary(body: Uint8Array, count: number, codec: Codec = (bytes) => bytes): Buffer {
  const bytes = codec(body)
  return Buffer.concat([
    writeThrift(
      thriftStruct({ 1: i32(2), 2: i32(body.length), 3: i32(bytes.length), 7: struct({ 1: i32(count), 2: i32(0) }) }),
    ),
    bytes,
  ])
}

interface Column {
  readonly name: string
  readonly pages: Uint8Array
  readonly type?: number
  readonly codec?: number
  readonly slots?: number
  /** Stands on the bytes of the first column with the same pages. */
  readonly shared?: boolean
}

function parquet(rows: number, columns: readonly Column[], groups = 1): Buffer {
  const parts: Uint8Array[] = [Buffer.from('PAR1')]
  const starts = new Map<Uint8Array, number>()
  let at = 4
  const chunks = columns.map(({ name, pages, type = FLOAT, codec = 0, slots = rows, shared }) => {
    const start = (shared ? starts.get(pages) : undefined) ?? at
    if (start === at) {
      parts.push(pages)
      at += pages.length
    }
    starts.set(pages, start)
    const data = {
      1: i32(type),
      2: i32s([0]),
      3: texts([name]),
      4: i32(codec),
      5: i64(slots),
      6: i64(pages.length),
      7: i64(pages.length),
      9: i64(start),
    }
    return thriftStruct({ 2: i64(start), 3: struct(data) })
  })
  const elements = columns.map(({ name, type = FLOAT }) =>
    thriftStruct({ 1: i32(type), 3: i32(0), 4: text(name), ...(type === TEXT && { 6: i32(0) }) }),
  )
  const group = thriftStruct({ 1: structs(chunks), 2: i64(0), 3: i64(rows) })
  const schema = structs([thriftStruct({ 4: text('schema'), 5: i32(columns.length) }), ...elements])
  const footer = writeThrift(
    thriftStruct({ 1: i32(1), 2: schema, 3: i64(rows * groups), 4: structs(Array<typeof group>(groups).fill(group)) }),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  return Buffer.concat([...parts, footer, length, Buffer.from('PAR1')])
}

/** Two columns of the same pages, each with its own bytes. */
const twice =
  (pages: Uint8Array, rows = 20, facts: Partial<Column> = {}) =>
  (): Buffer =>
    parquet(
      rows,
      ['d0', 'd1'].map((name) => ({ name, pages: Buffer.from(pages), ...facts })),
    )

const floats = (of: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * of.length)
  of.forEach((value, i) => bytes.writeFloatLE(value, 4 * i))
  return bytes
}
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]
const withLength = (bytes: Uint8Array): Buffer => Buffer.concat([u32(bytes.length), bytes])
function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

const twenty = floats(Array.from({ length: 20 }, (_, i) => i))
const valid = page(twenty, 20)
/** All values by entry 0 of a dictionary of one: one byte of width 0. */
const run = Buffer.concat([dictionary(floats([1]), 1), page(Uint8Array.of(0), MANY, { encoding: 8 })])
const indices = (bytes: readonly number[]): Buffer =>
  Buffer.concat([dictionary(twenty, 20), page(Uint8Array.from(bytes), 20, { encoding: 8 })])
const runColumns = (count: number): Column[] =>
  Array.from({ length: count }, (_, j) => ({ name: `d${j}`, pages: run, shared: true }))
const A60 = Buffer.concat([
  dictionary(withLength(Buffer.alloc(60, 'A')), 1),
  page(Uint8Array.of(0), MANY, { encoding: 8 }),
])
const note = (pages: Uint8Array, facts: Partial<Column> = {}): Column => ({ name: 'note', type: TEXT, pages, ...facts })

const INFLATED = 64 << 20
const inflating = (bytes: Uint8Array, codec: number) => (): Buffer =>
  parquet(16 << 20, [{ name: 'd0', codec, pages: page(bytes, 16 << 20, { inflated: INFLATED }) }])
const lying = (bytes: Uint8Array, codec: number) => (): Buffer =>
  twice(page(bytes, 20, { inflated: 80 }), 20, { codec })()
const random = randomStream(1, 'hostile pages')
const garbage = Uint8Array.from({ length: 200 }, () => random.integer(256))

/** Zeros: one literal, then copies of it, 64 bytes by three. */
function snappy(length: number): Buffer {
  const copies = Math.floor((length - 1) / 64)
  const rest = (length - 1) % 64
  return Buffer.concat([
    Buffer.from([...varint(length), 0, 0]),
    Buffer.alloc(3 * copies, Uint8Array.of(0xfe, 1, 0)),
    Buffer.from([((rest - 1) << 2) | 2, 1, 0]),
  ])
}

/** Zeros: one literal, and one match of any length. */
function lz4(length: number): Buffer {
  const rest = length - 20
  return Buffer.concat([
    Buffer.from([0x1f, 0, 1, 0]),
    Buffer.alloc(Math.floor(rest / 255), 0xff),
    Buffer.from([rest % 255]),
  ])
}

/** Zeros: blocks of 128 KiB that repeat one byte. */
function zstd(length: number): Buffer {
  const pieces = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]), u32(length)]
  for (let left = length; left > 0;) {
    const block = Math.min(left, 1 << 17)
    left -= block
    pieces.push(u32((block << 3) | 2 | (left === 0 ? 1 : 0)).subarray(0, 3), Buffer.alloc(1))
  }
  return Buffer.concat(pieces)
}

/** Delta-encoded lengths, all zero. */
function deltas(count: number): Buffer {
  return Buffer.concat([
    Buffer.from([...varint(128), 1, ...varint(count), 0]),
    Buffer.alloc(2 * Math.ceil((count - 1) / 128)),
  ])
}

const wide = (count: number) => (): Buffer =>
  parquet(
    2,
    Array.from({ length: count }, (_, j) => ({ name: `d${j}`, pages: page(floats([1, 2]), 2) })),
  )

export const parquetFiles: readonly HostileFile[] = [
  ...right('parquet', {
    ok: () =>
      parquet(
        users,
        Array.from({ length: cols }, (_, j) => ({
          name: `d${j}`,
          pages: page(floats(Array.from({ length: users }, (_, i) => values[i * cols + j]!)), users),
        })),
      ),
  }),
  ...refused('parquet', {
    shared: () =>
      parquet(
        20,
        ['d0', 'd1'].map((name) => ({ name, pages: valid, shared: true })),
      ),
    dict_oob: twice(indices([8, 40, 255])),
    dict_neg: twice(indices([32, 40, 255, 255, 255, 255])),
    dict_lie: twice(
      Buffer.concat([dictionary(twenty, 2 ** 31 - 1), page(Uint8Array.of(8, 40, 0), 20, { encoding: 8 })]),
    ),
    lie_unc: twice(page(twenty, 20, { inflated: 2 ** 31 - 1 })),
    lie_unc_neg: twice(page(twenty, 20, { inflated: -1 })),
    lie_comp: twice(page(twenty, 20, { stored: 2 ** 31 - 1 })),
    lie_comp0: twice(page(twenty, 20, { stored: 0 })),
    lie_n: twice(page(twenty, 2 ** 31 - 1)),
    rows_lie: twice(valid, 2 ** 40, { slots: 20 }),
    slots_lie: twice(valid, 20, { slots: 2 ** 40 }),
    zero_page_loop: twice(Buffer.concat(Array<Buffer>(50_000).fill(page(new Uint8Array(0), 0)))),
    amp16: () => parquet(MANY, runColumns(16)),
    amp200: () => parquet(MANY, runColumns(200)),
    amp2000: () => parquet(MANY, runColumns(2000)),
    groups64: () => parquet(MANY, runColumns(1), 64),
    groups1000: () => parquet(MANY, runColumns(1), 1000),
    ...Object.fromEntries(
      [1, 8, 64].map((count) => [
        `text${count}`,
        () =>
          parquet(MANY, [
            ...runColumns(1),
            ...Array.from({ length: count }, (_, j) => note(A60, { name: `t${j}x`, shared: true })),
          ]),
      ]),
    ),
    bigtext500: () => {
      const pages = Buffer.concat([
        dictionary(withLength(Buffer.alloc(60 << 20, 'A')), 1, gzip),
        page(Uint8Array.of(0), 500, { encoding: 8, codec: gzip }),
      ])
      return parquet(500, [
        { name: 'd0', pages: page(floats(Array.from({ length: 500 }, (_, i) => i)), 500) },
        note(pages, { codec: 2 }),
      ])
    },
    gzip64m: () => inflating(gzip(Buffer.alloc(INFLATED)), 2)(),
    gzip_lie: () => lying(gzip(Buffer.alloc(INFLATED)), 2)(),
    snappy64m: inflating(snappy(INFLATED), 1),
    lz464m: inflating(lz4(INFLATED), 7),
    zstd64m: inflating(zstd(INFLATED), 6),
    zstd_lie4g: () => lying(zstd(2 ** 31 - 1), 6)(),
    zstd_window: lying(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0xff, 1, 0, 0]), 6),
    ...Object.fromEntries(
      Object.entries({ snappy: 1, brotli: 4, lz4: 5, zstd: 6, lz4raw: 7, lzo: 3, c99: 99 }).map(([name, codec]) => [
        `garb_${name}`,
        lying(garbage, codec),
      ]),
    ),
    delta4m: () => {
      const count = 4_000_000
      return parquet(count, [
        { name: 'd0', pages: run, slots: count },
        note(page(Buffer.concat([deltas(count), deltas(count)]), count, { encoding: 7 })),
      ])
    },
  }),
  { name: 'wide20000.parquet', make: wide(20_000), outcome: 'refused' },
  // Newer versions of Node leave more garbage of 100,000 columns uncollected than Node 20 does, by 100 MiB.
  { name: 'wide100000.parquet', make: wide(100_000), outcome: 'refused', mib: 448 },
]
