/**
 * @file Some users of a table that need not fit in memory, drawn by a seed: rows pass by block by block, from one file
 * or from the shards of a manifest.
 */

import { badData, randomStream, sha256, usageError } from '@indistinct/core'
import { basename, dirname, join, readFileSync } from '@indistinct/core/platform'
import {
  embeddingTable,
  idRange,
  openTable,
  readIds,
  readerSide,
  readIdsBeside,
  type AttributeColumn,
  type BesideVectors,
  type EmbeddingTable,
  type IdRange,
  type TableReader,
} from '@indistinct/embeddings'
import { readOptions } from '../terminal/read-options.ts'
import { readManifest } from '../shards/shard-manifest.ts'
import type { TableArguments } from './table-arguments.ts'

export interface SampledTable {
  readonly table: EmbeddingTable
  /** Rows of the whole table. */
  readonly of: number
  /** Of all its ids, where it has some. */
  readonly idRange?: IdRange | undefined
  /** What its file holds else, or the first shard's. */
  readonly beside: BesideVectors
  /** The labels of the sample, where they go by position in the whole table. */
  columnOf(column: AttributeColumn): AttributeColumn
}

/** Rounded to float32, or in full. */
type Values = Float32Array | Float64Array

/** Values of a block: 8 MiB of float32. */
const blockValues = 1 << 21

/**
 * Draws `count` rows of a table, or of all shards of a manifest (`manifest.json`), without replacement, in the order of
 * the table; all of them where there are no more.
 * @throws IndistinctError as `openTable`, and 'bad-data' where ids or shards do not fit.
 */
export async function sampledTable(args: TableArguments, count: number, seed: number): Promise<SampledTable> {
  const { table: path } = args
  const idColumn = args['table-id-column'] ?? args['id-column']
  const read = readOptions(args)
  const parts = partsOf(path)
  const named = args.ids === undefined ? undefined : await readIds(args.ids, idColumn)
  const readers: TableReader[] = []
  try {
    for (const part of parts) readers.push(openTable(part.path, read))
    const of = readers.reduce((sum, { rows }) => sum + rows, 0)
    const cols = readers[0]!.cols
    checkSizes(path, parts, readers)
    if (named && named.length !== of)
      throw usageError(`${args.ids}: expected ${of} ids, one for each row of ${path}, got ${named.length}`)
    const chosen = drawn(of, Math.min(count, of), seed)
    const [{ dtype, quantisation, format, dimensions }] = readers as [TableReader]
    // In full, so that what float32 cannot tell apart is refused as in a table that is read at once.
    const data: Values =
      dtype === 'f8' ? new Float64Array(chosen.length * cols) : new Float32Array(chosen.length * cols)
    const ids: string[] = []
    const [maybeIds, notes]: [string[], string[]] = [[], []]
    const range = idRange()
    let withIds = 0
    let [at, first] = [0, 0]
    for (const [p, reader] of readers.entries()) {
      const end = first + reader.rows
      const own = chosen.subarray(at, lowerBound(chosen, end, at))
      const known = named?.slice(first, end) ?? (await idsOf(reader, { maybeIds, notes }))
      if (known) withIds++
      for (const id of known ?? []) range.add(id)
      for (const row of own) ids.push(known?.[row - first] ?? String(parts[p]!.firstRow + row - first))
      pickRows(reader, own, first, data.subarray(at * cols))
      at += own.length
      first = end
    }
    if (withIds > 0 && withIds < readers.length)
      throw badData(`${path}: some of its shards have ids, others have none; name the rows of all with --ids`)
    const hasIds = withIds > 0
    const digest = isManifest(path) ? sha256(readFileSync(path)) : readers[0]!.sha256()
    const table = embeddingTable({
      matrix: { rows: chosen.length, cols, data: data instanceof Float32Array ? data : Float32Array.from(data) },
      ids,
      dtype,
      ...(quantisation && { quantisation }),
      ...(data instanceof Float64Array && { exact: data }),
      ...(dimensions && { dimensions }),
      source: { path, format, sha256: digest },
      ...(hasIds ? { idColumn: idColumn ?? 'id' } : { maybeIds }),
      notes,
    })
    return {
      table,
      of,
      ...(hasIds && { idRange: range.seen() }),
      beside: readers[0]!.beside(),
      columnOf: (column) => columnOfRows(column, chosen, of),
    }
  } finally {
    for (const reader of readers) reader.close()
  }
}

/** The labels of rows `chosen`, where they go by position; those of another number of rows are refused by the join. */
function columnOfRows(column: AttributeColumn, chosen: Int32Array, of: number): AttributeColumn {
  if (column.ids || column.values.length !== of) return column
  return { ...column, values: Array.from(chosen, (row) => column.values[row]!) }
}

/** A table, or a shard of one. */
interface Part {
  readonly path: string
  readonly firstRow: number
  /** As the manifest says; NaN where none does. */
  readonly rows: number
}

function partsOf(path: string): Part[] {
  if (!isManifest(path)) return [{ path, firstRow: 0, rows: NaN }]
  return readManifest(path).shards.map(({ file, firstRow, rows }) => ({
    path: join(dirname(path), file),
    firstRow,
    rows,
  }))
}

/** The ids of a table or shard, its own or those beside it; what else is to be known of them is added. */
async function idsOf(
  reader: TableReader,
  { maybeIds, notes }: { readonly maybeIds: string[]; readonly notes: string[] },
): Promise<readonly string[] | undefined> {
  const side = readerSide(reader)
  notes.push(...side.notes)
  const ids = side.ids ?? (await readIdsBeside(reader.path, reader.rows))
  if (!ids) maybeIds.push(...(side.maybeIds ?? []))
  return ids
}

function checkSizes(path: string, parts: readonly Part[], readers: readonly TableReader[]): void {
  const cols = readers[0]!.cols
  parts.forEach(({ path: file, rows }, p) => {
    const reader = readers[p]!
    if (reader.cols !== cols || (rows >= 0 && reader.rows !== rows))
      throw usageError(
        `${file}: expected ${rows} x ${cols} values as ${path} says, got ${reader.rows} x ${reader.cols}`,
      )
  })
}

/** Whether a file is the manifest of a table in shards, by the name that it is given; other JSON is none. */
export function isManifest(path: string): boolean {
  return basename(path) === 'manifest.json'
}

/** `count` of the numbers below `of`, ascending (Floyd's algorithm). */
function drawn(of: number, count: number, seed: number): Int32Array {
  const random = randomStream(seed, 'sampled users')
  const chosen = new Set<number>()
  for (let last = of - count; last < of; last++) {
    const row = random.integer(last + 1)
    chosen.add(chosen.has(row) ? last : row)
  }
  return Int32Array.from(chosen).sort()
}

/** Place of the first value of ascending `values`, from `from` on, that is not below `limit`. */
function lowerBound(values: Int32Array, limit: number, from: number): number {
  let at = from
  while (at < values.length && values[at]! < limit) at++
  return at
}

/** Copies rows, numbered from `first`, of a table to `out`. */
function pickRows(reader: TableReader, rows: Int32Array, first: number, out: Values): void {
  const { cols } = reader
  const perBlock = Math.max(1, Math.min(reader.rows, Math.floor(blockValues / cols)))
  let at = 0
  for (let from = 0; from < reader.rows && at < rows.length; from += perBlock) {
    const to = Math.min(reader.rows, from + perBlock)
    if (rows[at]! - first >= to) continue
    const values = (to - from) * cols
    const block: Values = out instanceof Float32Array ? new Float32Array(values) : new Float64Array(values)
    reader.readRows(from, to, block)
    for (; at < rows.length && rows[at]! - first < to; at++) {
      const source = rows[at]! - first - from
      out.set(block.subarray(source * cols, (source + 1) * cols), at * cols)
    }
  }
}
