/**
 * @file How labels find their rows: by id where both files have ids; by row number where the table has none and the ids
 * of the file are row numbers; by position where neither has anything that looks like ids. All else is refused.
 */

import { badData, spellingHint } from '@indistinct/core'
import { quoted } from '../quoted.ts'
import { countedApart, idRange, type IdRange } from './id-range.ts'

export type JoinBy = 'id' | 'row number' | 'position'

/** What of a table, or of several that are one, matters for the join. */
export interface TableSide {
  readonly name: string
  readonly rows: number
  /** Values of a row, where a table that was written the other way round is to be told. */
  readonly cols?: number | undefined
  /** Its first ids, where it has some of its own; undefined where rows are only numbered. */
  readonly ids?: readonly string[] | undefined
  /** Columns or arrays beside it that look like ids, under other names than usual. */
  readonly maybeIds?: readonly string[] | undefined
  /** The file beside it that may name its rows, where no flag does. */
  readonly idsFile?: string | undefined
}

/** What of an attribute file matters for the join. */
export interface FileSide {
  readonly path: string
  readonly hasIds: boolean
  /** Line i is of row i: the user says so. */
  readonly byPosition?: boolean | undefined
  readonly maybeIds?: readonly string[] | undefined
  /** Column of an index of pandas that only counts the lines. */
  readonly counting?: string | undefined
}

const sayByPosition = 'or say that line i of it is of row i (--by-position)'

/** @throws IndistinctError 'bad-data' where there are ids and no join by them. */
export function joinBy(table: TableSide, file: FileSide): JoinBy {
  const [maybe] = table.maybeIds ?? []
  if (file.byPosition) return 'position'
  if (file.hasIds && table.ids) return 'id'
  if (!table.ids && maybe !== undefined) {
    throw badData(
      `${table.name}: ${quoted(maybe)} looks like ids, no two values of it are equal; name it (--table-id-column ` +
        `${shellWord(maybe)}), or name the rows (--ids)${file.hasIds ? '' : `, ${sayByPosition}`}`,
    )
  }
  if (file.hasIds) return 'row number'
  const [column] = file.maybeIds ?? []
  if (column !== undefined) {
    throw badData(
      `${file.path}: column ${quoted(column)} looks like ids, no two values of it are equal; name it ` +
        `(--id-column ${shellWord(column)}), ${sayByPosition}`,
    )
  }
  if (!table.ids) return 'position'
  const counted =
    file.counting === undefined ? 'got none' : `got none: its column ${quoted(file.counting)} only counts the lines`
  throw badData(
    `${file.path}: expected ids to join with those of ${table.name} (${examples(table.ids)}), ${counted}; name ` +
      `the column of ids (--id-column), ${sayByPosition}`,
  )
}

/** @throws IndistinctError 'bad-data' where labels go by position and the lengths differ. */
export function checkLengths(table: TableSide, path: string, lines: number): void {
  if (lines === table.rows) return
  checkTransposed(table, path, lines)
  throw badData(
    `${path}: expected ${table.rows} lines, one for each row of ${table.name}, got ${lines}; ` +
      'labels go by position only where the lengths agree, so add a column of ids, or name the one there is ' +
      '(--id-column)',
  )
}

/**
 * To be asked where labels do not join.
 * @param lines of the attribute file, a user each
 * @throws IndistinctError 'bad-data' where there are as many as a row of the table has values.
 */
function checkTransposed({ name, rows, cols }: Omit<TableSide, 'ids'>, path: string, lines: number): void {
  if (lines !== cols || lines === rows) return
  throw badData(
    `${name}: expected a row for each of the ${lines} users of ${path}, got ${rows} rows of ${cols} values: the ` +
      'table looks transposed; write it the other way round (vectors.T in NumPy, df.T in pandas), with a row a user',
  )
}

/** Whether ids are the numbers of their rows, from 0. */
export function countsRows(ids: readonly string[]): boolean {
  return ids.every((id, row) => id === String(row))
}

/**
 * Row numbers that stand for ids: `rowOf` gives the row, `check` refuses a file of so many lines whose ids are not row
 * numbers.
 * @param first number of the first row, where rows go on from other tables
 */
export function rowNumberIds(
  rows: number,
  first = 0,
): {
  rowOf(id: string): number | undefined
  check(path: string, table: Omit<TableSide, 'ids'>, lines?: number): void
  startsAtOne(): boolean
} {
  let outside: string | undefined
  const range = idRange()
  return {
    rowOf(id) {
      const number = range.add(id)
      if (number !== undefined && number >= first && number < first + rows) return number
      outside ??= id
      return undefined
    },
    check(path, side, lines) {
      if (outside === undefined) return
      if (lines !== undefined) checkTransposed(side, path, lines)
      const table = side.name
      const { least, most, whole } = range.seen()
      const numbers = `its rows have the numbers ${first} to ${first + rows - 1}`
      const { idsFile } = side
      if (whole && first === 0 && least === 1 && most === rows) {
        throw badData(
          `${path}: no id of this file is 0 and one is ${most}, while ${table} has no ids and ${numbers}: one ` +
            'counts from 1, the other from 0; name the rows: ' +
            (idsFile === undefined
              ? `seq 1 ${rows} > ids.txt, then --ids ids.txt`
              : `(echo id; seq 1 ${rows}) > ${shellWord(idsFile)}`),
        )
      }
      throw badData(
        `${path}: id ${quoted(outside)} of this file is no row of ${table}, which has no ids: ${numbers}; name ` +
          `the ids of its rows ${idsFile === undefined ? 'with --ids FILE' : inIdsFile(idsFile)}`,
      )
    },
    // The first user under 1, and nobody under 0.
    startsAtOne: () => first === 0 && range.seen().least === 1,
  }
}

/** Where ids of rows go that no flag names, for messages. */
export function inIdsFile(idsFile: string): string {
  return `in ${idsFile}, one id a line below the header id`
}

/** Ids of both sides, unless they are too many to be held. */
export interface MatchedIds {
  readonly path: string
  readonly table: string
  readonly cols?: number | undefined
  readonly fileIds: readonly string[]
  readonly tableIds: readonly string[]
  /** Of all lines and rows, where the ids above are only some. */
  readonly lines?: number
  readonly rows?: number
  /** Of all of them, where the ids above are only some. */
  readonly fileRange?: IdRange | undefined
  readonly tableRange?: IdRange | undefined
  readonly matched: number
}

/** Least share of the smaller side that a join must find. */
const HARDLY_ANY = 0.05

/**
 * What a reader of the join should know of how both sides count their users.
 * @throws IndistinctError 'bad-data' where hardly any id is on both sides, or one side counts from 0 and the other from
 * 1.
 */
export function checkMatched(found: MatchedIds): string[] {
  const { path, table, cols, fileIds, tableIds, lines = fileIds.length, rows = tableIds.length, matched } = found
  if (matched < HARDLY_ANY * Math.min(lines, rows) || matched === 0) {
    checkTransposed({ name: table, rows, cols }, path, lines)
    throw badData(
      `${hardlyMatched(found)}; name the columns of ids (--id-column, --table-id-column), or leave out the lines of ` +
        'other users',
    )
  }
  const { fileRange = idRange(fileIds).seen(), tableRange = idRange(tableIds).seen() } = found
  return countedApart({ path, table }, fileRange, tableRange)
}

/** How few ids are on both sides, and how each side writes them. */
export function hardlyMatched({
  path,
  table,
  fileIds,
  tableIds,
  lines = fileIds.length,
  rows = tableIds.length,
  matched,
}: MatchedIds): string {
  const few =
    matched === 0
      ? `no id of this file is in ${table}`
      : `only ${matched} of ${lines} ids of this file are among the ${rows} of ${table}`
  return (
    `${path}: ${few}: it has ${examples(fileIds)}, the table has ` +
    `${examples(tableIds)}${spellingHint(fileIds, tableIds)}`
  )
}

/** The first three, as messages show them. */
export function examples(ids: readonly string[]): string {
  return ids.slice(0, 3).map(quoted).join(', ') + (ids.length > 3 ? ', …' : '')
}

/** `text` as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
