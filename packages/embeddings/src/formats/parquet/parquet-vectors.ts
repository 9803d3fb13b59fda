/** @file Which columns of a Parquet file hold the vectors. */

import { badData, usageError } from '@indistinct/core'
import { columnList } from '../../labels/column-list.ts'
import { dimensionColumns } from '../csv/dimension-columns.ts'
import { vectorTextOf } from '../csv/vector-text.ts'
import type { Dtype } from '../../embedding-table.ts'
import { shellWord } from '../../files/local-file.ts'
import { quoted } from '../../quoted.ts'
import type { ParquetFile } from './parquet-contents.ts'
import { groupTexts, readsAsText } from './parquet-columns.ts'
import type { ParquetColumn, ParquetLeaf } from './parquet-schema.ts'

/** Which columns hold the vectors. */
export interface VectorOptions {
  /** Name of the column of lists; default: the only one. */
  readonly key?: string | undefined
  /** Names of the dimension columns, or one prefix ending in `*`. */
  readonly dimensions?: readonly string[] | undefined
  /** Columns that hold labels, and are no dimensions unless `dimensions` names them. */
  readonly labels?: readonly string[] | undefined
}

/**
 * The column of lists, or the columns of the dimensions in their order.
 * @throws IndistinctError 'usage' where they cannot be told, 'bad-data' where their types differ, or where the vectors
 * look to be in a column that is not read.
 */
export function vectorColumns(
  file: ParquetFile,
  idColumn: string | undefined,
  options: VectorOptions,
): readonly ParquetColumn[] {
  const { name } = file.source
  const header = file.columns.map((column) => column.name)
  const lists = file.columns.filter(
    ({ leaves }) => leaves.length === 1 && leaves[0]!.maxRepetition === 1 && dtypeOf(leaves[0]!) !== undefined,
  )
  const requested =
    options.key ??
    (options.dimensions?.length === 1 && lists.some((list) => list.name === options.dimensions![0])
      ? options.dimensions[0]
      : undefined)
  if (requested !== undefined) {
    const found = lists.find((list) => list.name === requested)
    if (!found)
      throw usageError(
        `${name}: there is no column ${quoted(requested)} of lists of float values; the columns are ` +
          `${columnList(header)}`,
      )
    return [found]
  }
  if (!options.dimensions && lists.length === 1) {
    refuseWider(file, lists[0]!, flatColumns(file, idColumn, options))
    return lists
  }
  if (!options.dimensions && lists.length > 1)
    throw usageError(
      `${name}: several columns could be the table: ${columnList(lists.map((list) => list.name))}; choose one ` +
        '(--table-key)',
    )
  const flat = flatColumns(file, idColumn, options)
  const names = dimensionColumns(
    flat.map((column) => column.name),
    options.dimensions,
    header,
    name,
  )
  if (!options.dimensions && (names.length < 2 || !/\d$/.test(names[0]!))) refuseUnread(file, idColumn, names)
  if (!options.dimensions && names.length > 1) refuseStray(file, names, [idColumn, ...(options.labels ?? [])])
  if (names.length === 0)
    throw usageError(
      `${name}: expected a column of lists of float values, or a column a dimension, got ${columnList(header)}; cast ` +
        'decimals and whole numbers to FLOAT',
    )
  const byName = new Map(flat.map((column) => [column.name, column]))
  const vectors = names.map((wanted) => byName.get(wanted)!)
  const other = vectors.find(({ leaves }) => dtypeOf(leaves[0]!) !== dtypeOf(vectors[0]!.leaves[0]!))
  if (other)
    throw badData(
      `${name}: expected dimensions of one type, got ${vectors[0]!.leaves[0]!.type} in ` +
        `${quoted(vectors[0]!.name)} and ${other.leaves[0]!.type} in ${quoted(other.name)}`,
    )
  return vectors
}

/** Columns that may be dimensions. */
function flatColumns(file: ParquetFile, idColumn: string | undefined, options: VectorOptions): ParquetColumn[] {
  return file.columns.filter(
    ({ leaves, name: column }) =>
      column !== idColumn &&
      (options.dimensions !== undefined || !options.labels?.includes(column)) &&
      leaves.length === 1 &&
      leaves[0]!.path.length === 1 &&
      leaves[0]!.maxRepetition === 0 &&
      dtypeOf(leaves[0]!) !== undefined,
  )
}

export function dtypeOf({ type, typeLength, meaning }: ParquetLeaf): Dtype | undefined {
  if (type === 'FLOAT') return 'f4'
  if (type === 'DOUBLE') return 'f8'
  return type === 'FIXED_LEN_BYTE_ARRAY' && typeLength === 2 && meaning === 'float16' ? 'f2' : undefined
}

/**
 * Lists of few numbers, such as places, are no table beside as many numbered columns or more.
 * @throws IndistinctError 'usage' with the flag for either.
 */
function refuseWider(file: ParquetFile, list: ParquetColumn, flat: readonly ParquetColumn[]): void {
  const numbered = flat.filter(({ name }) => /\d$/.test(name))
  const group = file.groups.find(({ rows }) => rows > 0)
  const length = group ? group.chunk(list.firstLeaf).slots / group.rows : 0
  if (!group || numbered.length < 2 || numbered.length < length) return
  throw usageError(
    `${file.source.name}: lists of ${length} in column ${quoted(list.name)} or ${numbered.length} numbered columns ` +
      `could be the table: choose the lists (--table-key ${shellWord(list.name)}), or the columns (--dimensions ` +
      `${shellWord(numbered[0]!.name.replace(/\d+$/, '*'))})`,
  )
}

/**
 * A column that is named as the dimensions are, and is not of floats, would stay in the table as it was.
 * @param known columns that have another meaning
 * @throws IndistinctError 'bad-data' naming it.
 */
function refuseStray(file: ParquetFile, names: readonly string[], known: readonly (string | undefined)[]): void {
  const prefixOf = (name: string): string | undefined => /^(.*?)\d+$/.exec(name)?.[1]
  const prefix = prefixOf(names[0]!)
  if (prefix === undefined) return
  const taken = new Set([...known, ...names])
  const stray = file.columns.find(({ name }) => !taken.has(name) && prefixOf(name) === prefix)
  if (!stray) return
  throw badData(
    `${file.source.name}: column ${quoted(stray.name)} is named as the ${names.length} dimensions are, and holds ` +
      `${stray.leaves[0]?.type ?? 'a group'} where they hold floats; cast it to their type, or name the dimensions ` +
      'without it (--dimensions), or give it another name',
  )
}

/**
 * Columns of numbers without a number in their names are no table beside what looks like vectors in a form that is not
 * read: they are a score, an age, a count.
 * @throws IndistinctError 'bad-data' naming that column, and how it is written as lists.
 */
function refuseUnread(file: ParquetFile, idColumn: string | undefined, names: readonly string[]): void {
  for (const column of file.columns) {
    const unread = column.name === idColumn ? undefined : unreadVectors(file, column)
    if (unread === undefined) continue
    const { what, asList } = unread
    const asked =
      names.length === 0 ? '' : `, or name the dimensions if they are it (--dimensions ${names.slice(0, 3).join(',')})`
    throw badData(
      `${file.source.name}: vectors look to be in column ${quoted(column.name)}, ${what}, which is not read` +
        `${names.length === 0 ? '' : `, and not in ${columnList(names)}`}; write it as lists of floats, in pandas by ` +
        `df[${quoted(column.name)}] = [${asList} for v in df[${quoted(column.name)}]]${asked}`,
    )
  }
}

/** Sparse vectors, of type 0, hold what is not zero. */
const ofSpark =
  'list(v["values"]) if v["type"] else ' +
  '[dict(zip(v["indices"], v["values"])).get(k, 0.0) for k in range(int(v["size"]))]'

/** What a column holds that looks like a vector a row and is not read as one, and the list of it in Python. */
function unreadVectors(file: ParquetFile, column: ParquetColumn): { what: string; asList: string } | undefined {
  const { leaves } = column
  const [leaf] = leaves
  const isNumber = (each: ParquetLeaf): boolean => dtypeOf(each) !== undefined
  if (!leaf) return undefined
  if (leaf.maxRepetition > 1 && isNumber(leaf)) return { what: 'lists of lists', asList: 'list(v[0])' }
  if (leaf.maxRepetition === 1 && leaves.length === 1 && leaf.type === 'INT32')
    return { what: 'lists of whole numbers', asList: '[float(x) for x in v]' }
  if (leaf.maxRepetition === 1 && leaves.length === 1 && leaf.meaning === 'other')
    return { what: 'lists of decimals or times', asList: '[float(x) for x in v]' }
  if (leaf.path.length > 1 && leaves.some((each) => each.path.at(-1) === 'value' && each.path.at(-2) === 'key_value'))
    return leaves.some(isNumber) ? { what: 'a map', asList: 'list(dict(v).values())' } : undefined
  if (leaves.length > 1 && leaves.some((each) => each.path.includes('indices')) && leaves.some(isNumber))
    return { what: 'vectors of Spark', asList: ofSpark }
  if (leaf.path.length > 1 && leaf.maxRepetition === 0 && leaves.every(isNumber))
    return { what: 'a group of numbers', asList: 'list(v.values())' }
  if (leaves.length > 1 || leaf.path.length > 1) return undefined
  if (leaf.type === 'FIXED_LEN_BYTE_ARRAY' && leaf.meaning === undefined && leaf.typeLength >= 8)
    return { what: 'bytes', asList: 'np.frombuffer(v, "float32").tolist()' }
  if (leaf.type !== 'BYTE_ARRAY') return undefined
  if (!readsAsText(file, column))
    return leaf.meaning === undefined ? { what: 'bytes', asList: 'np.frombuffer(v, "float32").tolist()' } : undefined
  const group = file.groups.find(({ rows }) => rows > 0)
  const text = group && groupTexts(group, column).find((each) => each !== '')
  return text !== undefined && vectorTextOf(text) ? { what: 'text', asList: 'json.loads(v)' } : undefined
}
