/** @file What of a table matters for the join with its labels: its ids, where they are ids. */

import { checkIds, type EmbeddingTable } from '../embedding-table.ts'
import type { TableReader } from '../open-table.ts'
import { quoted } from '../quoted.ts'
import { isIndexName, looksLikeIds } from './id-column.ts'
import { countsRows, shellWord, type TableSide } from './join-rule.ts'

/** A table before the join: where its ids were found. */
interface NamedRows {
  readonly name: string
  readonly rows: number
  readonly cols: number
  readonly idColumn: string | undefined
  readonly ids: readonly string[] | undefined
  /** Columns and arrays that look like ids. */
  maybeIds(): readonly string[]
}

/** A table as it is joined. */
export interface NotedSide extends TableSide {
  /** What a reader of a join by these ids should know. */
  readonly notes: readonly string[]
}

/** An index of pandas that only counts the rows is no id. One that does not is, which is told where others may be. */
function sideOf({ name, rows, cols, idColumn, ids, maybeIds }: NamedRows): NotedSide {
  const isIndex = idColumn !== undefined && isIndexName(idColumn)
  if (!ids || idColumn === undefined || (isIndex && countsRows(ids)))
    return { name, rows, cols, ids: undefined, maybeIds: maybeIds(), notes: [] }
  const [other] = isIndex ? maybeIds() : []
  const notes =
    other === undefined
      ? []
      : [
          `ids of ${name} are taken from its index, column ${quoted(idColumn)}; ${quoted(other)} looks like ids, ` +
            `too: name it if it holds them (--table-id-column ${shellWord(other)})`,
        ]
  return { name, rows, cols, ids, maybeIds: [], notes }
}

/** The side of a table in memory. */
export function tableSide({ ids, idColumn, columns, maybeIds = [], matrix, source }: EmbeddingTable): NotedSide {
  return sideOf({
    name: source?.path ?? 'the table',
    rows: ids.length,
    cols: matrix.cols,
    idColumn,
    ids: idColumn === undefined ? undefined : ids,
    maybeIds: () => [
      ...new Set([...maybeIds, ...columns.filter(({ values }) => looksLikeIds(values)).map(({ name }) => name)]),
    ],
  })
}

/** Whether such a table has ids of its own; they are read only where that does not tell. */
export function hasOwnIds({ idColumn, readIds }: TableReader): boolean {
  return idColumn !== undefined && !(isIndexName(idColumn) && countsRows(readIds()!))
}

/**
 * The side of a table that is read block by block; its ids are held.
 * @throws IndistinctError 'bad-data' where an id is empty or stands twice.
 */
export function readerSide(reader: TableReader): NotedSide {
  const { path, rows, cols, idColumn } = reader
  const ids = reader.readIds()
  if (ids) checkIds(ids, path)
  return sideOf({ name: path, rows, cols, idColumn, ids, maybeIds: () => reader.maybeIds() })
}
