/**
 * @file Several tables of the same users, to be attacked one by one and side by side: what each hides they may show
 * together.
 */

import { badData, sideBySide, type Matrix } from '@indistinct/core'
import { basename, dirname } from '@indistinct/core/platform'
import { besideVectors, readTable, type EmbeddingTable } from '@indistinct/embeddings'
import { readOptions } from '../terminal/read-options.ts'
import { columnWarnings, type TableInputs } from './table-inputs.ts'
import { tellingWarnings } from './telling-dimensions.ts'
import type { FileRecord } from './file-record.ts'
import type { TableArguments } from './table-arguments.ts'

export interface AuditedTable {
  readonly name: string
  /** (N, K), users in the order of the first table. */
  readonly matrix: Matrix
  /** As it was read; absent of all tables joined. */
  readonly source?: EmbeddingTable
}

const joinedName = 'all tables joined'

/** Names of `paths` for people: without folders where that tells them apart. */
function tableNames(paths: readonly string[]): string[] {
  const short = paths.map((path) => basename(path))
  return new Set(short).size === paths.length ? short : [...paths]
}

/**
 * The tables of `paths` with the users of `table`, that of the first path, in its order; and their concatenation,
 * where there are several. Other files are recorded under "table 2" and so on; warnings are of them, since the first
 * has its own.
 * @throws IndistinctError 'bad-data' when a table has other users.
 */
export async function auditedTables(
  { table: first, labels }: Pick<TableInputs, 'table' | 'labels'>,
  paths: readonly string[],
  args: Omit<TableArguments, 'table'>,
): Promise<{ tables: AuditedTable[]; files: Record<string, FileRecord>; warnings: string[] }> {
  const names = tableNames(paths)
  const tables: AuditedTable[] = [{ name: names[0]!, matrix: first.matrix, source: first }]
  const files: Record<string, FileRecord> = {}
  const warnings: string[] = []
  for (const [at, path] of paths.entries()) {
    if (at === 0) continue
    const table = await readTable(path, readOptions(args))
    const matrix = rowsInOrder(table, path, first, paths[0]!)
    tables.push({ name: names[at]!, matrix, source: table })
    warnings.push(
      ...table.warnings,
      ...columnWarnings(path, besideVectors(table), args.attribute),
      ...tellingWarnings(path, { ...table, matrix }, { labels, attribute: args.attribute }),
    )
    files[`table ${at + 1}`] = { file: basename(path), sha256: table.source!.sha256 }
  }
  if (tables.length > 1) tables.push({ name: joinedName, matrix: sideBySide(tables.map(({ matrix }) => matrix)) })
  return { tables, files, warnings }
}

/**
 * Ids of one table do not meet row numbers of another.
 * @throws IndistinctError 'bad-data' where one of two tables has ids and the other has none.
 */
export function checkSameIds(
  table: Pick<EmbeddingTable, 'idColumn'>,
  path: string,
  first: Pick<EmbeddingTable, 'idColumn'>,
  firstPath: string,
): void {
  const [own, others] = [table, first].map(({ idColumn }) => idColumn !== undefined)
  if (own === others) return
  const [named, bare] = own ? [path, firstPath] : [firstPath, path]
  throw badData(
    `${bare} has no ids, and ${named} has: row numbers are not taken for its ids; name the rows of ${bare} in ` +
      `${bare}.ids.csv, one id a line below the header id, or write it in the format of ${named}, with ids`,
  )
}

/**
 * @throws IndistinctError 'bad-data' where two Parquet files have no user in common: they look like parts of one table.
 */
function checkNoParts(ids: readonly string[], path: string, others: readonly string[], firstPath: string): void {
  if (![path, firstPath].every((each) => /\.parquet$/i.test(each))) return
  const known = new Set(others)
  if (ids.some((id) => known.has(id))) return
  const folder = dirname(path)
  const give =
    folder === dirname(firstPath) ? `give the folder, ${folder}` : 'give a folder that holds the parts and nothing else'
  throw badData(
    `${path} and ${firstPath} have no user in common, and several tables are to be of the same users; if they ` +
      `are parts of one table, ${give}`,
  )
}

/**
 * The rows of a table in the order of the users of `first`.
 * @throws IndistinctError 'bad-data' when they are not the same users.
 */
export function rowsInOrder(
  table: Pick<EmbeddingTable, 'ids' | 'idColumn' | 'matrix'>,
  path: string,
  first: Pick<EmbeddingTable, 'ids' | 'idColumn'>,
  firstPath: string,
): Matrix {
  const { ids, matrix } = table
  checkSameIds(table, path, first, firstPath)
  checkNoParts(ids, path, first.ids, firstPath)
  if (ids.length !== first.ids.length) {
    throw badData(
      `${path}: expected the ${first.ids.length} users of ${firstPath}, got ${ids.length}; take tables of other ` +
        'users by themselves',
    )
  }
  const rowOf = new Map(ids.map((id, row) => [id, row]))
  const data = new Float32Array(matrix.data.length)
  first.ids.forEach((id, to) => {
    const from = rowOf.get(id)
    if (from === undefined)
      throw badData(
        `${path}: expected the users of ${firstPath}, but user ${JSON.stringify(id)} is missing; a table without ` +
          'ids has row numbers for ids unless --ids names them',
      )
    data.set(matrix.data.subarray(from * matrix.cols, (from + 1) * matrix.cols), to * matrix.cols)
  })
  return { rows: matrix.rows, cols: matrix.cols, data }
}
