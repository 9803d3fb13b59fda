/** @file What users did, from a text file of one interaction a line: ratings, plays, visits. */

import { badData, csrFromPairs, usageError, type Csr } from '@indistinct/core'
import { columnList } from './column-list.ts'
import { openCsv } from '../formats/csv/csv-records.ts'
import { quoted } from '../quoted.ts'
import { idColumnOf, untyped } from './id-column.ts'
import { startsAtOneWarning } from './join-labels.ts'
import { checkMatched, examples, rowNumberIds } from './join-rule.ts'
import { requireRereadable } from '../files/open-file.ts'
import { isFolder } from '../files/is-folder.ts'

/** What an item may be called. */
const ITEMS = [
  'item',
  'movie',
  'film',
  'artist',
  'track',
  'song',
  'album',
  'product',
  'book',
  'game',
  'video',
  'article',
  'news',
  'page',
  'listing',
  'business',
  'venue',
  'place',
  'poi',
  'recipe',
  'course',
  'assessment',
].join('|')
const USUAL_ITEM = new RegExp(`^((${ITEMS})s?(ids?|uuid)?|isbn|asin|sku|iid)$`)

/** A history, with the rows of a table for users. */
export interface HistoryFile {
  /** Items of each row (N, I); none for a user of whom the file knows nothing. */
  readonly history: Csr
  /** Lines of users that the table has. */
  readonly lines: number
  /** Rows of which the file knows something. */
  readonly known: number
  readonly sha256: string
  readonly notes: readonly string[]
}

export interface HistoryOptions {
  /** Columns of users and items; default: those of usual names. */
  readonly userColumn?: string | undefined
  readonly itemColumn?: string | undefined
}

/** The column of items among `names`, where exactly one has a usual name. */
export function itemColumnOf(names: readonly string[]): string | undefined {
  const found = names.filter((name) =>
    USUAL_ITEM.test(
      untyped(name)
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]/gu, ''),
    ),
  )
  return found.length === 1 ? found[0] : undefined
}

/** Whether the header of a text file is that of a history: it names users and items. */
export async function isHistoryFile(path: string, { userColumn, itemColumn }: HistoryOptions = {}): Promise<boolean> {
  if (isFolder(path) || /\.(npy|npz|parquet|safetensors)$/i.test(path)) return false
  requireRereadable(path)
  const { header, records } = await openCsv(path)
  await records[Symbol.asyncIterator]().return?.()
  const items = itemColumn === undefined ? itemColumnOf(header) : header.find((name) => untyped(name) === itemColumn)
  return (
    items !== undefined &&
    header.length < 30 &&
    (userColumn !== undefined || idColumnOf(header, undefined, path) !== undefined)
  )
}

/**
 * Reads the history of the users of a table; lines of others are left out.
 * @param table its name, and the ids of its rows (N), undefined where rows are only numbered
 * @throws IndistinctError 'usage' where a column is missing, 'bad-data' where hardly any user is in the table.
 */
export async function readHistory(
  path: string,
  table: { readonly name: string; readonly rows: number; readonly ids?: readonly string[] | undefined },
  options: HistoryOptions = {},
): Promise<HistoryFile> {
  const { header, records, sha256, notes } = await openCsv(path)
  const userColumn = idColumnOf(header, options.userColumn, path, '--with-user-column')
  const itemColumn =
    options.itemColumn === undefined
      ? itemColumnOf(header)
      : header.find((name) => untyped(name) === options.itemColumn)
  const [userAt, itemAt] = [userColumn, itemColumn].map((name) => (name === undefined ? -1 : header.indexOf(name))) as [
    number,
    number,
  ]
  if (userAt < 0 || itemAt < 0 || userAt === itemAt) {
    throw usageError(
      `${path}: expected a column of users and one of items, got ${columnList(header)}; name them ` +
        '(--with-user-column, --with-item-column)',
    )
  }
  const numbers = rowNumberIds(table.rows)
  const rowOf = table.ids && new Map(table.ids.map((id, row) => [id, row]))
  const users = new Map<string, number | undefined>()
  const items = new Map<string, number>()
  const [pairUsers, pairItems]: [number[], number[]] = [[], []]
  for await (const { line, cells } of records) {
    const [user, item] = [cells[userAt]!, cells[itemAt]!]
    if (user === '' || item === '')
      throw badData(`${path}: line ${line}: expected a user and an item, got an empty cell; correct or remove the line`)
    if (!users.has(user)) users.set(user, rowOf ? rowOf.get(user) : numbers.rowOf(user))
    const row = users.get(user)
    if (row === undefined) continue
    if (!items.has(item)) items.set(item, items.size)
    pairUsers.push(row)
    pairItems.push(items.get(item)!)
  }
  const ids = [...users.keys()]
  const known = ids.filter((id) => users.get(id) !== undefined).length
  if (ids.length === 0) throw badData(`${path}: expected at least one line after the header, got none`)
  const apart = table.ids
    ? checkMatched({ path, table: table.name, fileIds: ids, tableIds: table.ids, matched: known })
    : []
  if (!table.ids) numbers.check(path, table)
  const atOne = numbers.startsAtOne() ? [startsAtOneWarning(table.name, path)] : []
  if (items.size < 2)
    throw badData(
      `${path}: column ${quoted(header[itemAt]!)}: expected at least two items, got ${examples([...items.keys()])}`,
    )
  const history = csrFromPairs(table.rows, items.size, Int32Array.from(pairUsers), Int32Array.from(pairItems))
  return { history, lines: pairUsers.length, known, sha256: sha256(), notes: [...notes, ...apart, ...atOne] }
}
