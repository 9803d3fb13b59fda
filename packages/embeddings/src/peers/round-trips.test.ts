import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix } from '@indistinct/core'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { arrayText, unicodeArray } from '../formats/csv/array-text.ts'
import { readAttribute } from '../labels/attribute-file.ts'
import { embeddingTable, type EmbeddingTable } from '../embedding-table.ts'
import { roundToFloat16 } from '../numbers/float16.ts'
import { joinLabels } from '../labels/join-labels.ts'
import { readNpy, writeNpy } from '../formats/npy/npy.ts'
import { createTable, openTable } from '../open-table.ts'
import { readTable } from '../read-table.ts'
import { seenRounding } from '../numbers/rounded-columns.ts'
import { readThrift, thriftTypes, type ThriftStruct, type ThriftValue } from '../formats/parquet/thrift-read.js'
import { writeThrift } from '../formats/parquet/thrift-write.ts'
import { tableFiles, writeTable } from '../write-table.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-round-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

const dtypes = fc.constantFrom('f2' as const, 'f4' as const, 'f8' as const)
const valueOf = (dtype: 'f2' | 'f4' | 'f8'): fc.Arbitrary<number> =>
  dtype === 'f2'
    ? fc.float({ min: -65504, max: 65504, noNaN: true }).map(roundToFloat16)
    : dtype === 'f4'
      ? fc.float({ noNaN: true, noDefaultInfinity: true })
      : fc.double({ noNaN: true, noDefaultInfinity: true, min: -3.4e38, max: 3.4e38 })

/**
 * What spreadsheets, parsers of numbers and terminals take for more than text, and numbers that a float would merge.
 */
const awkward = fc.constantFrom(
  '9007199254740993',
  '-9007199254740993',
  '18446744073709551616',
  `1${'0'.repeat(400)}`,
  '=1+1',
  '+1',
  '-1',
  '@x',
  '"',
  '""',
  ',',
  ';',
  'a,b',
  "'",
  ' ',
  ' x ',
  '\t',
  '\n',
  'a\nb',
  'NaN',
  'null',
  '\u001b[31m',
  '<b>',
  '\ufeffx',
  '\u2028',
  '__proto__',
)
/**
 * Text that files of text can carry: any Unicode but lone surrogates, and but the two characters that end texts
 * elsewhere.
 */
const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/\0|\r/g, '')),
  awkward,
)
const ids = texts.filter((text) => text !== '' && !/^\d(?:\.\d+)?[eE]\+\d{2,}$/.test(text))

interface Shape {
  readonly dtype: 'f2' | 'f4' | 'f8'
  readonly rows: number
  readonly cols: number
}

/** Whether float32 tells users apart in every column, as tables of float64 are asked for. */
function isHeld(values: readonly number[], cols: number): boolean {
  try {
    const rounding = seenRounding(cols)
    rounding.see(Float32Array.from(values), values)
    rounding.check(Array<string>(cols).fill(''), '')
    return true
  } catch {
    return false
  }
}

const tables: fc.Arbitrary<EmbeddingTable> = fc
  .record({ dtype: dtypes, rows: fc.integer({ min: 2, max: 9 }), cols: fc.integer({ min: 1, max: 5 }) })
  .chain(({ dtype, rows, cols }: Shape) =>
    fc.record({
      dtype: fc.constant(dtype),
      shape: fc.constant([rows, cols] as const),
      values: fc.array(valueOf(dtype), { minLength: rows * cols, maxLength: rows * cols }),
      names: fc.uniqueArray(ids, { minLength: rows, maxLength: rows }),
      note: fc.array(texts, { minLength: rows, maxLength: rows }),
    }),
  )
  .filter(({ values, shape: [, cols] }) =>
    values.some((value, p) => Math.fround(value) !== Math.fround(values[p % cols]!)),
  )
  .filter(({ dtype, values, shape: [, cols] }) => dtype !== 'f8' || isHeld(values, cols))
  .map(({ dtype, shape: [rows, cols], values, names, note }) =>
    embeddingTable({
      dtype,
      matrix: matrix(rows, cols, Float32Array.from(values)),
      ids: names,
      idColumn: 'id',
      columns: [{ name: 'note', values: note }],
      ...(dtype === 'f8' && { exact: Float64Array.from(values) }),
    }),
  )

const read = (path: string, table: EmbeddingTable): Promise<EmbeddingTable> => {
  const [, beside] = tableFiles(path, table)
  return readTable(path, { ids: beside })
}

describe('any table, written and read', () => {
  test.each(['npy', 'npz', 'parquet', 'safetensors'])('%s: type, bits and ids', async (format) => {
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const path = at(`x.${format}`)
        await writeTable(path, table, { force: true })
        const again = await read(path, table)
        expect([again.dtype, again.ids]).toEqual([table.dtype, table.ids])
        expect(again.matrix).toEqual(table.matrix)
        expect(again.exact).toEqual(table.exact)
        // Once more, through what the file held.
        await writeTable(at(`y.${format}`), again, { force: true })
        expect((await read(at(`y.${format}`), again)).matrix).toEqual(table.matrix)
      }),
      { numRuns: 60 },
    )
  })

  test.each(['csv', 'tsv', 'parquet'])('%s: values, ids and columns', async (format) => {
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        await writeTable(at(`x.${format}`), table, { force: true })
        const again = await readTable(at(`x.${format}`))
        expect(again.ids).toEqual(table.ids)
        expect(again.columns).toEqual(table.columns)
        expect(Array.from(again.exact ?? again.matrix.data)).toEqual(Array.from(table.exact ?? table.matrix.data))
      }),
      { numRuns: 60 },
    )
  })

  test.each(['npy', 'npz', 'parquet', 'safetensors'])('%s: rows block by block', async (format) => {
    await fc.assert(
      fc.asyncProperty(
        tables,
        fc.integer({ min: 1, max: 4 }),
        async ({ matrix: { rows, cols, data }, dtype, exact }, block) => {
          const values = exact ?? data
          const writer = createTable(at(`b.${format}`), { rows, cols, dtype, force: true })
          for (let i = 0; i < rows; i += block)
            writer.writeRows(values.subarray(i * cols, Math.min(rows, i + block) * cols))
          writer.stage().commit()
          const reader = openTable(at(`b.${format}`))
          const back = exact ? new Float64Array(values.length) : new Float32Array(values.length)
          for (let i = 0; i < rows; i += block)
            reader.readRows(i, Math.min(rows, i + block), back.subarray(i * cols, Math.min(rows, i + block) * cols))
          reader.close()
          expect(back).toEqual(values)
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('labels, written by the one side and read by the other', () => {
  test.each(['csv', 'tsv', 'parquet', 'npz'])('%s: joined by id in any order, empty ones missing', async (format) => {
    await fc.assert(
      fc.asyncProperty(tables, fc.integer({ min: 0, max: 8 }), async (table, turn) => {
        const order = table.ids.map((_, i) => (i + turn) % table.ids.length)
        const taken = <T>(values: readonly T[]): T[] => order.map((i) => values[i]!)
        const labels = table.columns[0]!.values
        await writeTable(
          at(`people.${format}`),
          embeddingTable({
            matrix: matrix(order.length, 1, Float32Array.from(order)),
            ids: taken(table.ids),
            idColumn: 'id',
            columns: [{ name: 'note', values: taken(labels) }],
          }),
          { force: true },
        )
        const column = await readAttribute(at(`people.${format}`), 'note')
        expect([column.ids, column.values]).toEqual([taken(table.ids), taken(labels)])
        const known = labels.filter((label) => label !== '')
        fc.pre(new Set(known).size > 1)
        const joined = joinLabels(table, column, { minimumUsers: 1 })
        expect([joined.missing, joined.unmatched]).toEqual([labels.length - known.length, 0])
        expect(labels.map((_, i) => joined.labels.classes[joined.labels.codes[i]!] ?? '')).toEqual(labels)
      }),
      { numRuns: 40 },
    )
  })
})

describe('parts of formats', () => {
  test('npy of any shape', () => {
    fc.assert(
      fc.property(dtypes, fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }), (dtype, shape) => {
        const count = shape.reduce((product, n) => product * n, 1)
        const data = Float32Array.from({ length: count }, (_, i) => i / 4)
        const written = writeNpy(shape, dtype === 'f8' ? Float64Array.from(data) : data, dtype)
        expect(readNpy(written, 'x')).toMatchObject({ shape, dtype })
        expect(Array.from(readNpy(written, 'x').data)).toEqual(Array.from(data))
      }),
    )
  })

  test('lists of text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replace(/\0+$/, ''))), (values) => {
        const { descr, bytes } = unicodeArray(values)
        expect(arrayText(bytes, descr, values.length, 'x')).toEqual(values)
      }),
    )
  })

  test('headers of Parquet', () => {
    const leaf: fc.Arbitrary<{ type: number; value: ThriftValue }> = fc.oneof(
      fc.boolean().map((value) => ({ type: value ? thriftTypes.true : thriftTypes.false, value })),
      fc.integer({ min: -128, max: 127 }).map((value) => ({ type: thriftTypes.byte, value })),
      fc.integer().map((value) => ({ type: thriftTypes.i32, value })),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ type: thriftTypes.i64, value })),
      fc.uint8Array({ maxLength: 40 }).map((value) => ({ type: thriftTypes.binary, value })),
      fc.uint8Array({ minLength: 8, maxLength: 8 }).map((value) => ({ type: thriftTypes.double, value })),
      fc
        .array(fc.integer(), { maxLength: 20 })
        .map((items) => ({ type: thriftTypes.list, value: { type: thriftTypes.i32, items } })),
      fc
        .array(fc.boolean(), { maxLength: 20 })
        .map((items) => ({ type: thriftTypes.list, value: { type: thriftTypes.true, items } })),
    )
    const struct = (field: fc.Arbitrary<{ type: number; value: ThriftValue }>): fc.Arbitrary<ThriftStruct> =>
      fc
        .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 200 }), field), { selector: ([id]) => id, maxLength: 8 })
        .map((fields) => new Map([...fields].sort(([a], [b]) => a - b)))
    const nested = struct(
      fc.oneof(
        leaf,
        struct(leaf).map((value) => ({ type: thriftTypes.struct, value })),
        fc
          .array(struct(leaf), { maxLength: 20 })
          .map((items) => ({ type: thriftTypes.list, value: { type: thriftTypes.struct, items } })),
      ),
    )
    fc.assert(
      fc.property(nested, (fields) => {
        const bytes = writeThrift(fields)
        expect(readThrift(bytes)).toEqual({ struct: fields, end: bytes.length })
      }),
    )
  })
})

test('any bytes under any name are a table or an error of our own', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom('npy', 'npz', 'parquet', 'safetensors', 'csv', 'tsv'),
      async (bytes, format) => {
        writeFileSync(at(`any.${format}`), bytes)
        const error: unknown = await readTable(at(`any.${format}`)).then(
          () => undefined,
          (reason: unknown) => reason,
        )
        if (error !== undefined) expect(error).toMatchObject({ name: 'IndistinctError' })
      },
    ),
    { numRuns: 300 },
  )
})
