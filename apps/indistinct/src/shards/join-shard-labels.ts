/**
 * @file Labels of the users of all shards, by id or by position, table by table: with a file of labels for each, one is
 * in memory.
 */

import { basename } from 'node:path'
import { badData } from '@indistinct/core'
import {
  checkLengths,
  checkMatched,
  countedLabels,
  idRange,
  joinBy,
  positionWarning,
  readAttribute,
  type AttributeColumn,
  type IdRange,
  rowNumberIds,
  startsAtOneWarning,
  type JoinBy,
  type LabelNames,
  type TableReader,
  type TableSide,
} from '@indistinct/embeddings'
import type { FileRecord } from '../inputs/file-record.ts'
import type { PlannedShard } from './shard-plan.ts'

export interface JoinShardOptions extends LabelNames {
  readonly attributes: readonly string[]
  readonly attribute: string
  readonly idColumn?: string | undefined
  readonly byPosition?: boolean | undefined
}

export interface JoinedShards {
  readonly classes: readonly { readonly name: string; readonly users: number }[]
  /** Class of each row, by shard; -1 for none. */
  readonly codes: readonly Int32Array[]
  readonly missing: number
  /** Users of the files of labels whom no table holds. */
  readonly unmatched: number
  /** How labels found their rows: the weakest way of all files. */
  readonly by: JoinBy
  /** What a reader of the result should know. */
  readonly warnings: readonly string[]
  readonly files: readonly FileRecord[]
}

/** Ids of the rows of a table. */
export interface ShardIds {
  /** Whether they are its own, or row numbers through all tables. */
  readonly own: boolean
  /** Reads them; those of the table asked for last are kept. */
  read(): ReadIds
}

export interface ReadIds {
  readonly ids: readonly string[]
  /** Columns that look like ids, where these are row numbers. */
  readonly maybeIds: readonly string[]
  /** What a reader of a join by them should know. */
  readonly notes: readonly string[]
}

/**
 * @param idsOf ids of the rows of a table; asked for only where labels have ids
 * @throws IndistinctError as `joinLabels`.
 */
export async function joinShardLabels(
  readers: readonly TableReader[],
  shards: readonly PlannedShard[],
  idsOf: (table: number) => ShardIds,
  options: JoinShardOptions,
): Promise<JoinedShards> {
  const { attributes, attribute } = options
  const counted = countedLabels(options)
  const codeOf = new Map<string, number>()
  const codes = shards.map(({ from, to }) => new Int32Array(to - from).fill(-1))
  const join: ShardJoin = { readers, shards, idsOf, options, counted, codeOf, codes }
  const joined: JoinedFile[] = []
  for (const [f, path] of attributes.entries()) joined.push(await joinFile(join, path, f))
  counted.check(attributes.join(', '))
  return {
    codes,
    files: joined.map(({ file }) => file),
    unmatched: joined.reduce((sum, each) => sum + each.unmatched, 0),
    by: (['position', 'row number'] as const).find((way) => joined.some((each) => each.by === way)) ?? 'id',
    warnings: joined.flatMap(({ warnings }) => warnings),
    ...inOrder(codes, codeOf, `${attributes.join(', ')}: column ${JSON.stringify(attribute)}`),
  }
}

/** What files of labels are joined to, and the codes of rows as far as they are known. */
interface ShardJoin {
  readonly readers: readonly TableReader[]
  readonly shards: readonly PlannedShard[]
  readonly idsOf: (table: number) => ShardIds
  readonly options: JoinShardOptions
  readonly counted: ReturnType<typeof countedLabels>
  /** In the order in which labels were met. */
  readonly codeOf: Map<string, number>
  /** Of each shard; -1 for none. */
  readonly codes: readonly Int32Array[]
}

interface JoinedFile {
  readonly file: FileRecord
  readonly by: JoinBy
  readonly warnings: readonly string[]
  readonly unmatched: number
}

/** @param f place of the file of labels at `path` among them */
async function joinFile(join: ShardJoin, path: string, f: number): Promise<JoinedFile> {
  const { readers, idsOf, options } = join
  const { attributes, attribute, idColumn, byPosition } = options
  const column = await readAttribute(path, attribute, { idColumn, byPosition })
  const warnings = [...(column.notes ?? [])]
  // All tables, or the one that this file is of.
  const tables = [...readers.keys()].filter((table) => attributes.length === 1 || table === f)
  const side = sideOf(readers, tables, idsOf)
  const by = joinBy(side, { ...column, hasIds: column.ids !== undefined })
  if (by === 'position') {
    checkLengths(side, path, column.values.length)
    warnings.push(positionWarning(side.name, path))
  }
  if (by === 'row number') {
    // Row numbers go through all tables.
    const numbers = rowNumberIds(
      side.rows,
      readers.slice(0, tables[0]!).reduce((sum, reader) => sum + reader.rows, 0),
    )
    for (const id of column.ids!) numbers.rowOf(id)
    numbers.check(path, side, column.ids!.length)
    if (numbers.startsAtOne()) warnings.push(startsAtOneWarning(side.name, path))
  }
  const { matched, notes, tableRange } = setCodes(join, column, tables)
  if (by === 'id') warnings.push(...notes)
  if (column.ids) {
    const apart = checkMatched({
      path,
      table: side.name,
      cols: side.cols,
      fileIds: column.ids,
      tableIds: idsOf(tables[0]!).read().ids,
      rows: side.rows,
      tableRange,
      matched,
    })
    if (by === 'id') warnings.push(...apart)
  }
  const file = { file: basename(path), sha256: column.sha256! }
  return { file, by, warnings, unmatched: column.values.length - matched }
}

/**
 * Sets the codes of all rows of `tables` that have a value; how many have.
 * @throws IndistinctError 'bad-data' where a user with a label stands in two tables.
 */
function setCodes(
  { readers, shards, idsOf, counted, codeOf, codes }: ShardJoin,
  column: AttributeColumn,
  tables: readonly number[],
): { readonly matched: number; readonly notes: readonly string[]; readonly tableRange: IdRange } {
  const lineOfId = column.ids && new Map(column.ids.map((id, i) => [id, i]))
  /** Number of the table that has the user of a line, from 1. */
  const taken = new Int32Array(lineOfId ? column.values.length : 0)
  const notes: string[] = []
  const range = idRange()
  let [row, matched] = [0, 0]
  for (const table of tables) {
    const side = lineOfId && idsOf(table).read()
    if (side) notes.push(...side.notes)
    for (const id of side?.ids ?? []) range.add(id)
    for (const [s, { input, from, to }] of shards.entries()) {
      if (input !== table) continue
      for (let i = from; i < to; i++) {
        const line = lineOfId ? lineOfId.get(side!.ids[i]!) : row
        row++
        const value = line === undefined ? undefined : column.values[line]
        if (line === undefined || value === undefined) continue
        if (lineOfId && taken[line]! > 0)
          throw badData(
            `${readers[table]!.path}: row ${i} (from 0): id ${JSON.stringify(side!.ids[i])} stands in ` +
              `${readers[taken[line]! - 1]!.path} already; expected one row a user in all tables`,
          )
        if (lineOfId) taken[line] = table + 1
        matched++
        const label = counted.of(value)
        if (label !== '') codes[s]![i - from] = codeOf.get(label) ?? (codeOf.set(label, codeOf.size), codeOf.size - 1)
      }
    }
  }
  return { matched, notes, tableRange: range.seen() }
}

/**
 * Several tables as one.
 * @throws IndistinctError 'bad-data' where some have ids and others have none.
 */
function sideOf(
  readers: readonly TableReader[],
  tables: readonly number[],
  idsOf: (table: number) => ShardIds,
): TableSide {
  const own = tables.map((table) => readers[table]!)
  const known = tables.map((table) => idsOf(table).own)
  const other = known.findIndex((has) => has !== known[0])
  if (other > 0) {
    const [having, bare] = known[0] ? [0, other] : [other, 0]
    throw badData(
      `${own[bare]!.path} has no ids, and ${own[having]!.path} has: row numbers are not taken for its ids; name ` +
        'the rows of all tables with --ids, or give each table a file of labels',
    )
  }
  return {
    name: own.map(({ path }) => path).join(', '),
    rows: own.reduce((sum, { rows }) => sum + rows, 0),
    ids: known[0] ? idsOf(tables[0]!).read().ids : undefined,
    cols: own[0]!.cols,
    maybeIds: known[0] ? [] : tables.flatMap((table) => idsOf(table).read().maybeIds),
  }
}

/** Renumbers codes so that classes are sorted by name, as they are for a table in memory, and counts them. */
function inOrder(
  codes: readonly Int32Array[],
  codeOf: ReadonlyMap<string, number>,
  place: string,
): Pick<JoinedShards, 'classes' | 'missing'> {
  const names = [...codeOf.keys()].sort()
  if (names.length < 2)
    throw badData(
      `${place}: expected at least two labels among the users of the tables, got ` +
        `${names.length === 0 ? 'none' : `only ${JSON.stringify(names[0])}`}`,
    )
  const newCode = new Int32Array(names.length)
  names.forEach((name, code) => (newCode[codeOf.get(name)!] = code))
  const counts = new Array<number>(names.length).fill(0)
  let missing = 0
  for (const shard of codes) {
    for (let i = 0; i < shard.length; i++) {
      if (shard[i]! < 0) missing++
      else counts[(shard[i] = newCode[shard[i]!]!)]!++
    }
  }
  const small = counts.findIndex((count) => count < 2)
  if (small >= 0)
    throw badData(
      `${place}: expected at least 2 users a label, got 1 user with ${JSON.stringify(names[small])}; merge it ` +
        'with another label (--merge-labels), or leave these users out (--missing-label)',
    )
  return { classes: names.map((name, c) => ({ name, users: counts[c]! })), missing }
}
