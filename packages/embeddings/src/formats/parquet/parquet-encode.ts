/**
 * @file Writing Parquet: plain, uncompressed pages, since floats of embeddings hardly compress. A table that came from
 * a Parquet file keeps its row groups, and the bytes of every column but those of its vectors, with all that the footer
 * says of them except the places of page indices and Bloom filters, which are not carried along.
 */

import { utf8Bytes } from '@indistinct/core'
import { pieces } from '../../files/byte-source.ts'
import type { Values } from '../../numbers/dtype-bytes.ts'
import { writeU32 } from '../../numbers/little-endian.ts'
import type { Dtype } from '../../embedding-table.ts'
import { freeName } from '../../free-names.ts'
import type { ParquetLeaf } from './parquet-schema.ts'
import type { ParquetContainer, TableEncoder } from '../../table-container.ts'
import { encodedFields, numberField, readThrift, thriftTypes, type ThriftStruct } from './thrift-read.js'
import { structList, thriftStruct, thriftValue, writeThrift } from './thrift-write.ts'
import { type LayoutColumn, type Layout, vectorPages, textPages } from './parquet-encode-pages.ts'

const MAGIC = utf8Bytes('PAR1')

/** Values of a row group of a new file. */
const GROUP_VALUES = 1 << 24
const MOST_GROUP_ROWS = 1 << 20
/** Field of a row group: its number, of 16 bits. */
const ORDINAL = 7

const { i32, i64, i32s, struct, structs, text, texts } = thriftValue

export interface ParquetFields {
  readonly rows: number
  readonly cols: number
  readonly dtype: Dtype
  /** The file that the table came from. */
  readonly container?: ParquetContainer | undefined
  /** Columns of text of a new file, by name, each of `rows` values. */
  readonly text?: readonly { readonly name: string; readonly values: readonly string[] }[] | undefined
  /** Names of the dimensions, where each is to have a column; one column of lists, `embedding`, otherwise. */
  readonly dimensions?: readonly string[] | undefined
  /** Order of the columns of a new file: names of `text` and `dimensions`. */
  readonly header?: readonly string[] | undefined
}

/** Writes a Parquet file, row group by row group. */
// eslint-disable-next-line max-lines-per-function -- one row group under way, whose state all of its calls share
export function parquetEncoder(fields: ParquetFields): TableEncoder {
  const { rows, cols, dtype, container } = fields
  const layout = container ? copyLayout(container, dtype) : newLayout(fields)
  const groupRows = container ? container.groups.map((group) => group.rows) : newGroups(rows, cols)
  let at = 0
  let g = 0
  let firstRow = 0
  let filled = 0
  let buffer: Values = new Float32Array(0)
  const groups: ThriftStruct[] = []
  const count = (bytes: Uint8Array): Uint8Array => {
    at += bytes.length
    return bytes
  }
  function* emit(): Generator<Uint8Array> {
    // Row groups without rows may stand in between.
    while (g < groupRows.length && filled === groupRows[g]!) {
      const start = at
      const columns = structList(layout.columns.length)
      // total_byte_size is that of uncompressed pages; readers take it as a hint, and copied ones may be compressed.
      let uncompressed = 0
      const add = (chunk: ThriftStruct): void => {
        uncompressed += numberField(chunk.get(3)!.value as ThriftStruct, 6) ?? 0
        columns.add(chunk)
      }
      const facts = container?.groups[g]!.facts()
      for (const column of layout.columns) {
        if (column.kind === 'copy') {
          const group = container!.groups[g]!
          const chunk = group.chunk(column.leafNumber)
          const moved = at - chunk.start
          for (const piece of pieces(container!.source, group.at + chunk.start, chunk.length)) yield count(piece)
          add(movedChunk(readThrift(facts!.footer, facts!.chunkPlaces[column.leafNumber]).struct, moved))
          continue
        }
        const chunkStart = at
        const pages =
          column.kind === 'text'
            ? textPages(column.values, firstRow, filled)
            : vectorPages(buffer, filled, cols, dtype, column)
        let slots = 0
        for (const page of pages) {
          slots += page.slots
          yield count(page.header)
          for (const part of page.parts) yield count(part)
        }
        add(newChunk(column.leaf, chunkStart, at - chunkStart, slots))
      }
      const made = thriftStruct({
        1: columns.field(),
        2: i64(uncompressed),
        3: i64(filled),
        5: i64(start),
        6: i64(at - start),
      })
      groups.push(new Map([...(facts?.fields ?? []), ...made]))
      // Groups of several parts would be numbered from 0 anew.
      if (facts?.fields.has(ORDINAL)) groups.at(-1)!.set(ORDINAL, { type: thriftTypes.i16, value: g })
      if (g >= 1 << 15) groups.at(-1)!.delete(ORDINAL)
      firstRow += filled
      filled = 0
      g++
      if (g === groupRows.length || groupRows[g]! > 0) break
    }
  }
  return {
    *start() {
      yield count(MAGIC)
      yield* emit()
    },
    *rows(values) {
      for (let from = 0; from < values.length;) {
        const room = (groupRows[g] ?? 0) - filled
        if (room <= 0) throw new RangeError(`parquetEncoder: expected ${rows} rows, got more`)
        if (filled === 0)
          buffer = dtype === 'f8' ? new Float64Array(groupRows[g]! * cols) : new Float32Array(groupRows[g]! * cols)
        const take = Math.min(room, (values.length - from) / cols)
        buffer.set(values.subarray(from, from + take * cols), filled * cols)
        filled += take
        from += take * cols
        if (take === room) yield* emit()
      }
    },
    *end() {
      if (g !== groupRows.length) throw new RangeError(`parquetEncoder: expected ${rows} rows, got fewer`)
      const footer = writeThrift(layout.footer(groups))
      yield footer
      const length = new Uint8Array(4)
      writeU32(length, footer.length, 0)
      yield length
      yield MAGIC
    },
  }
}

function copyLayout({ columns, groups, vectors, footer: bytes }: ParquetContainer, dtype: Dtype): Layout {
  const rows = groups.reduce((sum, group) => sum + group.rows, 0)
  const dimensionOf = new Map(vectors.map((column, dimension) => [column, dimension]))
  const layout = columns.flatMap((column): LayoutColumn[] => {
    const dimension = dimensionOf.get(column)
    if (dimension === undefined)
      return column.leaves.map((_, l) => ({ kind: 'copy', leafNumber: column.firstLeaf + l }))
    const leaf = column.leaves[0]!
    if (leafType(dtype).type !== leaf.type)
      throw new RangeError(`parquetEncoder: expected values of ${leaf.type}, got ${dtype}`)
    return [leaf.maxRepetition > 0 ? { kind: 'lists', leaf } : { kind: 'dimension', leaf, dimension }]
  })
  return {
    columns: layout,
    footer: (groups) => new Map([...encodedFields(bytes, 0, [3, 4]), [3, i64(rows)], [4, structs(groups)]]),
  }
}

function newLayout({ rows, cols, dtype, text: texts = [], dimensions, header }: ParquetFields): Layout {
  const flat = (name: string, type: ParquetLeaf['type']): ParquetLeaf => ({
    type,
    typeLength: 2,
    meaning: undefined,
    path: [name],
    maxDefinition: 0,
    maxRepetition: 0,
  })
  const { type, number, logical } = leafType(dtype)
  const typed = { 1: i32(number), ...(dtype === 'f2' && { 2: i32(2), 10: logical }) }
  const elements: ThriftStruct[] = []
  const textNames = texts.map(({ name }) => name)
  const names = header ?? [...textNames, ...(dimensions ?? [freeName('embedding', new Set(textNames))])]
  const textOf = new Map(texts.map((column) => [column.name, column]))
  const dimensionOf = new Map(dimensions?.map((name, dimension) => [name, dimension]))
  const columns = names.map((name): LayoutColumn => {
    const found = textOf.get(name)
    if (found) {
      if (found.values.length !== rows)
        throw new RangeError(`parquetEncoder: expected ${rows} values of ${name}, got ${found.values.length}`)
      elements.push(thriftStruct({ 1: i32(6), 3: i32(0), 4: text(name), 6: i32(0), 10: struct({ 1: struct({}) }) }))
      return { kind: 'text', leaf: flat(name, 'BYTE_ARRAY'), values: found.values }
    }
    const dimension = dimensionOf.get(name)
    if (dimension !== undefined) {
      elements.push(thriftStruct({ ...typed, 3: i32(0), 4: text(name) }))
      return { kind: 'dimension', leaf: flat(name, type), dimension }
    }
    elements.push(
      thriftStruct({ 3: i32(0), 4: text(name), 5: i32(1), 6: i32(3), 10: struct({ 3: struct({}) }) }),
      thriftStruct({ 3: i32(2), 4: text('list'), 5: i32(1) }),
      thriftStruct({ ...typed, 3: i32(0), 4: text('element') }),
    )
    return {
      kind: 'lists',
      leaf: { ...flat(name, type), path: [name, 'list', 'element'], maxDefinition: 1, maxRepetition: 1 },
    }
  })
  if (columns.filter(({ kind }) => kind === 'dimension').length !== (dimensions ? cols : 0))
    throw new RangeError(`parquetEncoder: expected ${cols} dimensions among the columns`)
  const root = thriftStruct({ 4: text('schema'), 5: i32(names.length) })
  return {
    columns,
    footer: (groups) =>
      thriftStruct({
        1: i32(2),
        2: structs([root, ...elements]),
        3: i64(rows),
        4: structs(groups),
        6: text('indistinct'),
      }),
  }
}

function leafType(dtype: Dtype): { type: ParquetLeaf['type']; number: number; logical?: ReturnType<typeof struct> } {
  if (dtype === 'f2') return { type: 'FIXED_LEN_BYTE_ARRAY', number: 7, logical: struct({ 15: struct({}) }) }
  return dtype === 'f4' ? { type: 'FLOAT', number: 4 } : { type: 'DOUBLE', number: 5 }
}

function newGroups(rows: number, cols: number): number[] {
  const most = Math.max(1, Math.min(MOST_GROUP_ROWS, Math.floor(GROUP_VALUES / Math.max(1, cols))))
  return Array.from({ length: Math.ceil(rows / most) }, (_, g) => Math.min(most, rows - g * most))
}

/** The metadata of a copied chunk, `moved` bytes further on. */
function movedChunk(chunk: ThriftStruct, moved: number): ThriftStruct {
  const data = new Map(chunk.get(3)!.value as ThriftStruct)
  for (const id of [9, 10, 11]) {
    const field = data.get(id)
    if (field && Number(field.value) > 0) data.set(id, i64(Number(field.value) + moved))
  }
  for (const id of [14, 15]) data.delete(id)
  const copy = new Map(chunk).set(3, { ...chunk.get(3)!, value: data })
  copy.set(2, i64(Math.max(0, Number(chunk.get(2)?.value ?? 0)) > 0 ? Number(data.get(9)!.value) : 0))
  for (const id of [4, 5, 6, 7]) copy.delete(id)
  return copy
}

function newChunk(leaf: ParquetLeaf, start: number, bytes: number, slots: number): ThriftStruct {
  const number = { FLOAT: 4, DOUBLE: 5, BYTE_ARRAY: 6, FIXED_LEN_BYTE_ARRAY: 7 }[
    leaf.type as 'FLOAT' | 'DOUBLE' | 'BYTE_ARRAY' | 'FIXED_LEN_BYTE_ARRAY'
  ]
  const data = {
    1: i32(number),
    2: i32s([0, 3]),
    3: texts(leaf.path),
    4: i32(0),
    5: i64(slots),
    6: i64(bytes),
    7: i64(bytes),
    9: i64(start),
  }
  return thriftStruct({ 2: i64(0), 3: struct(data) })
}
