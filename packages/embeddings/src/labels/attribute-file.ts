/** @file Attribute files: one label a user, in a CSV or Parquet file or in an array of an npz archive. */

import { badData, checkOptions, usageError } from '@indistinct/core'
import { sourceSha256, type ByteSource } from '../files/byte-source.ts'
import { columnList } from './column-list.ts'
import { openCsv } from '../formats/csv/csv-records.ts'
import { quoted } from '../quoted.ts'
import { idColumnOf, isIndexName, isUsualIdName, looksLikeIds, uniqueValues, untyped } from './id-column.ts'
import { IdList } from './ids.ts'
import { countsRows, shellWord } from './join-rule.ts'
import { npzListNames, npzNames, npzUnreadNames, readNpzText } from '../formats/npz/npz.ts'
import { parquetTexts } from '../formats/parquet/parquet-columns.ts'
import { checkFloatIds } from '../formats/parquet/parquet-id-column.ts'
import { openParquetFile } from '../formats/parquet/parquet-footer.ts'
import { fileOrPartsSource } from '../formats/parquet/parquet-parts.ts'
import type { ParquetLeaf } from '../formats/parquet/parquet-schema.ts'
import { isText } from '../formats/parquet/parquet-text.ts'
import { refuseExtension } from '../refused-formats.ts'
import { isFolder } from '../files/is-folder.ts'

/** One attribute of users, as a file has it. */
export interface AttributeColumn {
  readonly name: string
  /** One id a value; absent where the file has no id column and values go by position. */
  readonly ids?: readonly string[]
  /** Line i is of row i of the table: the user says so. */
  readonly byPosition?: boolean
  /** Columns that look like ids under other names than usual, where no column is known for ids. */
  readonly maybeIds?: readonly string[]
  /** The index of pandas that only counts the lines, where there is one and no ids. */
  readonly counting?: string
  /** Labels as text; the empty string is a missing one. */
  readonly values: readonly string[]
  readonly path: string
  /** What a reader of the result should know of how the file was read. */
  readonly notes?: readonly string[]
  /** Of the file's bytes, where there is a file. */
  readonly sha256?: string
}

export interface AttributeOptions {
  /** Default: the column of a usual name, see {@link idColumnOf}. */
  readonly idColumn?: string | undefined
  /** Take no column for ids: line i is of row i of the table. */
  readonly byPosition?: boolean | undefined
}

/**
 * Reads the column `attribute` of a CSV or Parquet file or of a folder of Parquet parts, or the array of that name of
 * an npz archive, with its ids where it has an id column. The file may be that of the table.
 * @throws IndistinctError 'usage' where a named column is missing, 'bad-data' on broken lines or repeated ids.
 */
export async function readAttribute(
  path: string,
  attribute: string,
  options: AttributeOptions = {},
): Promise<AttributeColumn> {
  checkOptions('readAttribute', options, { idColumn: 'string', byPosition: 'boolean' })
  if (typeof attribute !== 'string')
    throw new RangeError(`readAttribute: expected the name of a column, got ${JSON.stringify(attribute)}`)
  refuseUnlabelled(path)
  const side = sideOf(path)
  if (side) return fromColumns(path, attribute, options, side)
  const { header, records, notes, sha256 } = await openCsv(path)
  const { at, idAt } = attributePositions(header, attribute, options, path)
  const list = new IdList(path)
  const values: string[] = []
  const maybe = maybeIdColumns(header, at, idAt, options)
  for await (const { line, cells } of records) {
    if (idAt >= 0) list.add(cells[idAt]!, line)
    maybe.add(cells)
    values.push(cells[at]!)
  }
  if (values.length === 0) throw badData(`${path}: expected at least one line after the header, got none`)
  return {
    name: attribute,
    values,
    path,
    sha256: sha256(),
    ...columnIds(path, { idColumn: header[idAt], ids: list.ids, maybeIds: maybe.names(), notes }, options),
  }
}

/** Where the ids of a file stand, and what may hold them otherwise. */
interface FoundIds {
  readonly idColumn: string | undefined
  readonly ids: readonly string[]
  readonly maybeIds: readonly string[]
  readonly notes?: readonly string[]
}

function columnIds(path: string, found: FoundIds, options: AttributeOptions): Partial<AttributeColumn> {
  const side = idsOf(found.idColumn, found.ids, found.maybeIds, options)
  const notes = [...(found.notes ?? []), ...(side.ids ? indexNotes(path, found, options) : [])]
  return { ...side, ...(notes.length > 0 && { notes }) }
}

/** That an index of pandas is taken for ids, where another column may hold them. */
export function indexNotes(
  path: string,
  { idColumn, maybeIds }: Pick<FoundIds, 'idColumn' | 'maybeIds'>,
  { byPosition, idColumn: requested }: AttributeOptions,
): string[] {
  const [other] = maybeIds
  if (byPosition || requested !== undefined || idColumn === undefined || other === undefined) return []
  return isIndexName(idColumn)
    ? [
        `ids of ${path} are taken from its index, column ${quoted(idColumn)}; ${quoted(other)} looks like ids, too: ` +
          `name it if it holds them (--id-column ${shellWord(other)})`,
      ]
    : []
}

/** Ids of a column, unless it is an index of pandas that counts the lines. */
function idsOf(
  idColumn: string | undefined,
  ids: readonly string[],
  maybeIds: readonly string[],
  { byPosition, idColumn: requested }: AttributeOptions,
): Partial<AttributeColumn> {
  if (byPosition) return { byPosition }
  if (idColumn === undefined) return { maybeIds }
  return requested === undefined && isIndexName(idColumn) && countsRows(ids)
    ? { counting: idColumn, maybeIds }
    : { ids }
}

/**
 * Which columns of a file look like ids, of the cells of its lines, where none is known for it.
 * @param at the attribute, which is no id
 */
export function maybeIdColumns(
  header: readonly string[],
  at: number,
  idAt: number,
  { byPosition, idColumn }: AttributeOptions,
): { add(cells: readonly string[]): void; names(): string[] } {
  const known = byPosition === true || idColumn !== undefined || (idAt >= 0 && !isIndexName(header[idAt]!))
  let left = known
    ? []
    : header.flatMap((name, j) => (j === at || j === idAt ? [] : [{ name, j, seen: uniqueValues() }]))
  return {
    add(cells) {
      if (left.length > 0) left = left.filter(({ j, seen }) => seen.add(cells[j]!))
    },
    names: () => left.filter(({ seen }) => seen.enough()).map(({ name }) => name),
  }
}

/** Where the labels stand in a file with such a header, and where ids do, or -1. */
export function attributePositions(
  header: readonly string[],
  attribute: string,
  options: AttributeOptions,
  path: string,
): { at: number; idAt: number } {
  const at = header.includes(attribute)
    ? header.indexOf(attribute)
    : header.findIndex((name) => untyped(name) === attribute)
  if (at < 0) {
    const data = header.some((name) => /^[+-]?\d+(\.\d+)?$/.test(name))
      ? '; the first line looks like data, and is to be a header such as id,gender'
      : ''
    throw usageError(`${path}: there is no column ${quoted(attribute)}; the columns are ${columnList(header)}${data}`)
  }
  if (options.byPosition) return { at, idAt: -1 }
  const idColumn = idColumnOf(header, options.idColumn, path, '--id-column')
  if (idColumn === header[at])
    throw usageError(`${path}: column ${quoted(attribute)} holds the ids; name another as the attribute`)
  return { at, idAt: idColumn === undefined ? -1 : header.indexOf(idColumn) }
}

interface ColumnSide {
  readonly header: readonly string[]
  /** Columns or arrays that may hold the ids of the values at `at`. */
  idNames(at: number): readonly string[]
  /** Others of one value for each of those at `at`, whose values are not read. */
  unread(at: number): readonly string[]
  values(at: number): string[]
  /** The same of the column of ids. */
  ids(at: number): string[]
}

/**
 * Names of the columns or arrays of an attribute file, and of the one that has a usual name of ids.
 * @throws IndistinctError as readAttribute.
 */
export async function attributeColumns(path: string): Promise<{ names: readonly string[]; idColumn?: string }> {
  const names = await headerOf(path)
  const idColumn = names.find(isUsualIdName)
  return { names, ...(idColumn !== undefined && { idColumn }) }
}

async function headerOf(path: string): Promise<readonly string[]> {
  refuseUnlabelled(path)
  const side = sideOf(path)
  if (side) {
    const source = fileOrPartsSource(path)
    try {
      return side(source).header
    } finally {
      source.close()
    }
  }
  const { header, records } = await openCsv(path)
  await records[Symbol.asyncIterator]().return?.()
  return header
}

/** @throws IndistinctError 'bad-data' where the name is of a format that holds no labels. */
function refuseUnlabelled(path: string): void {
  refuseExtension(path)
  if (/\.safetensors$|\.npy$/i.test(path))
    throw badData(`${path}: expected a CSV, Parquet or npz file of labels, which this format does not hold`)
}

/** How a file of columns is read; undefined for text. */
function sideOf(path: string): ((source: ByteSource) => ColumnSide) | undefined {
  if (/\.parquet$/i.test(path) || isFolder(path)) return parquetSide
  return /\.npz$/i.test(path) ? npzSide : undefined
}

function fromColumns(
  path: string,
  attribute: string,
  options: AttributeOptions,
  open: (source: ByteSource) => ColumnSide,
): AttributeColumn {
  const source = fileOrPartsSource(path)
  try {
    return sideColumn(source, attribute, options, open(source))
  } finally {
    source.close()
  }
}

function sideColumn(
  source: ByteSource,
  attribute: string,
  options: AttributeOptions,
  { header, idNames, unread, values: valuesAt, ids: idsAt }: ColumnSide,
): AttributeColumn {
  const path = source.name
  const at = header.indexOf(attribute)
  const { idAt } = attributePositions(at < 0 ? header : [attribute, ...idNames(at)], attribute, options, path)
  const hidden = idAt < 0 && !options.byPosition ? unread(at).find(isUsualIdName) : undefined
  if (hidden !== undefined)
    throw badData(
      `${path}: ${quoted(hidden)} looks to hold the ids, and its type is not read as ids; write it as text or whole ` +
        'numbers, or say that line i of the file is of row i of the table (--by-position)',
    )
  const values = valuesAt(at)
  if (values.length === 0) throw badData(`${path}: expected at least one row, got none`)
  const digest = sourceSha256(source)
  const others = idNames(at)
  const idColumn = idAt < 0 ? undefined : [attribute, ...others][idAt]!
  const list = new IdList(path)
  const columnOf = (name: string): string[] => valuesAt(header.indexOf(name))
  if (idColumn !== undefined) idsAt(header.indexOf(idColumn)).forEach((id, i) => list.add(id, i + 1))
  if (idColumn !== undefined && list.ids.length !== values.length)
    throw badData(`${path}: expected ${list.ids.length} labels, one for each id, got ${values.length}`)
  const known =
    options.byPosition === true || options.idColumn !== undefined || (idColumn !== undefined && !isIndexName(idColumn))
  const maybe = known ? [] : others.filter((name) => name !== idColumn && looksLikeIds(columnOf(name)))
  const found = { idColumn, ids: list.ids, maybeIds: maybe }
  return { name: attribute, values, path, sha256: digest, ...columnIds(path, found, options) }
}

function parquetSide(source: ByteSource): ColumnSide {
  const file = openParquetFile(source)
  const path = source.name
  const header = file.columns.map(({ name }) => name)
  return {
    header,
    unread: () =>
      file.columns
        .filter(({ leaves: [leaf, more] }) => leaf && !more && leaf.path.length === 1 && !isText(leaf))
        .map(({ name }) => name),
    idNames: (at) =>
      header.filter((_, j) => j !== at && file.columns[j]!.leaves.length === 1 && isText(file.columns[j]!.leaves[0]!)),
    values(at) {
      const column = file.columns[at]!
      const [leaf] = column.leaves
      if (!leaf || column.leaves.length > 1 || !isText(leaf))
        throw badData(
          `${path}: column ${quoted(column.name)}: expected one label a user, as text, numbers, booleans or ` +
            `dates, got ${leaf ? typeName(leaf) : 'a group'}; write it as text, in pandas by ` +
            `df[${quoted(column.name)}].astype(str)`,
        )
      return parquetTexts(file, column)
    },
    ids(at) {
      const column = file.columns[at]!
      const ids = parquetTexts(file, column)
      checkFloatIds(ids, column.leaves[0]!, `${path}: column ${quoted(column.name)}`)
      return ids
    },
  }
}

const typeName = ({ meaning, type }: ParquetLeaf): string =>
  meaning === 'other' || type === 'INT96' ? 'times or decimals' : type

function npzSide(source: ByteSource): ColumnSide {
  const header = npzNames(source)
  return {
    header,
    idNames: (at) => npzListNames(source, header[at]!),
    unread: (at) => npzUnreadNames(source, header[at]!),
    values: (at) => readNpzText(source, header[at]!),
    ids: (at) => readNpzText(source, header[at]!),
  }
}
