/** @file Labels of a table too large for its ids or labels to be held as text: a code a row, and nothing else. */

import { badData, classCounts, type Labels, spellingHint } from '@indistinct/core'
import {
  attributePositions,
  indexNotes,
  maybeIdColumns,
  readAttribute,
  type AttributeOptions,
} from './attribute-file.ts'
import { openCsv } from '../formats/csv/csv-records.ts'
import { quoted } from '../quoted.ts'
import { isIndexName } from './id-column.ts'
import { idRange, type IdRange } from './id-range.ts'
import { checkedId } from './ids.ts'
import {
  checkClasses,
  positionWarning,
  startsAtOneWarning,
  strangeIdsWarning,
  type JoinedLabels,
  type JoinOptions,
} from './join-labels.ts'
import { checkLengths, checkMatched, joinBy, rowNumberIds } from './join-rule.ts'
import { countedLabels } from './label-names.ts'
import { isFolder } from '../files/is-folder.ts'

export interface LabelCodes extends JoinedLabels {
  /** Of the attribute file. */
  readonly sha256: string
}

export interface LabelCodesOptions extends JoinOptions, AttributeOptions {
  /** Ids of the rows; default: row numbers from 0. */
  readonly ids?: readonly string[] | undefined
  /** Arrays of the table that look like ids, where it has none. */
  readonly maybeIds?: readonly string[] | undefined
  /** Dimensions of the table. */
  readonly cols?: number | undefined
  /** How messages name the table. */
  readonly table?: string | undefined
}

/** Rows that codes are kept for before their number is known. */
const firstRows = 1 << 16
/** Ids of the file that are kept to be shown. */
const shownIds = 1000

/**
 * The label of every row of a table of `rows` rows, as `readAttribute` and `joinLabels` give it. A CSV file is read
 * line by line: 4 bytes a row are held, and the ids where the table has some of its own.
 * @throws IndistinctError as they do; a repeated id is found among the users of the table alone.
 */
export async function readLabelCodes(
  path: string,
  attribute: string,
  rows: number,
  options: LabelCodesOptions = {},
): Promise<LabelCodes> {
  const { ids, maybeIds, cols, byPosition, table: name = 'the table' } = options
  const side = { name, rows, cols, ids, maybeIds }
  const { records, idColumn, maybe, notes, sha256 } = await recordsOf(path, attribute, options)
  const counted = countedLabels(options)
  const names: string[] = []
  const codeOfName = new Map<string, number>()
  const codeOf = (value: string): number => {
    const label = counted.of(value)
    if (label === '') return -1
    let code = codeOfName.get(label)
    if (code === undefined) {
      code = names.push(label) - 1
      codeOfName.set(label, code)
    }
    return code
  }
  const read = await foundCodes(path, records, rows, { ids, codeOf, byId: idColumn !== undefined })
  const counting = idColumn !== undefined && options.idColumn === undefined && isIndexName(idColumn) && read.counting
  const hasIds = idColumn !== undefined && !counting
  const by = joinBy(side, {
    path,
    hasIds,
    byPosition,
    maybeIds: hasIds ? [] : maybe(),
    ...(counting && { counting: idColumn! }),
  })
  const ofIndex = hasIds ? indexNotes(path, { idColumn, maybeIds: maybe() }, options) : []
  const warnings = [...notes, ...ofIndex, ...joinWarnings(path, side, by, read)]
  counted.check(path)
  const labels = sortedLabels(read.found.subarray(0, rows), names)
  checkClasses(labels, { name: attribute, path }, options)
  const labelled = classCounts(labels).reduce((sum, users) => sum + users, 0)
  return {
    labels,
    by,
    labelled,
    missing: rows - labelled,
    unmatched: by === 'position' ? 0 : read.count - read.matched,
    warnings,
    sha256: sha256(),
  }
}

/** The codes of rows, as far as the records have them. */
interface FoundCodes {
  /** By row; longer than the table where the records go by position. */
  readonly found: Int32Array
  /** Records. */
  readonly count: number
  /** Records that are of some row, by id. */
  readonly matched: number
  /** Whether ids are 0, 1, 2, … */
  readonly counting: boolean
  /** Some ids of no row. */
  readonly firstIds: readonly string[]
  /** Of all ids of the records, where the table has some of its own. */
  readonly range: IdRange
  /** Where ids are numbers of rows. */
  readonly numbers?: ReturnType<typeof rowNumberIds> | undefined
}

async function foundCodes(
  path: string,
  records: LabelRecords['records'],
  rows: number,
  {
    ids,
    codeOf,
    byId,
  }: {
    readonly ids: readonly string[] | undefined
    readonly codeOf: (value: string) => number
    readonly byId: boolean
  },
): Promise<FoundCodes> {
  // Without ids of its own, a table has its rows counted: by an id that is the number of its row, or by position.
  const join = byId ? rowFinder(rows, ids) : undefined
  let found = new Int32Array(join ? rows : firstRows).fill(-1)
  const seen = new Uint8Array(join ? rows : 0)
  const firstIds: string[] = []
  const range = idRange()
  let counting = true
  let count = 0
  let matched = 0
  for await (const { line, id, value } of records) {
    const code = codeOf(value)
    if (!join) {
      if (count === found.length) {
        const longer = new Int32Array(2 * count).fill(-1)
        longer.set(found)
        found = longer
      }
      found[count] = code
    } else {
      counting &&= id === String(count)
      const row = join.rowOf(checkedId(id!, path, `line ${line}`))
      if (ids) range.add(id!)
      if (row !== undefined) {
        if (seen[row])
          throw badData(
            `${path}: line ${line}: id ${quoted(id!)} stands in an earlier line already; expected one line a user`,
          )
        seen[row] = 1
        matched++
        found[row] = code
      } else if (ids && firstIds.length < shownIds) firstIds.push(id!)
    }
    count++
  }
  return { found, count, matched, counting, firstIds, range: range.seen(), numbers: join?.numbers }
}

/** What a reader should know of the join. @throws IndistinctError 'bad-data' where it does not fit. */
function joinWarnings(
  path: string,
  side: Parameters<typeof joinBy>[0],
  by: ReturnType<typeof joinBy>,
  { count, matched, firstIds, range, numbers }: FoundCodes,
): string[] {
  const { name, rows, ids } = side
  if (by === 'position') {
    checkLengths(side, path, count)
    return [positionWarning(name, path)]
  }
  if (numbers) {
    numbers.check(path, side, count)
    return numbers.startsAtOne() ? [startsAtOneWarning(name, path)] : []
  }
  const apart = checkMatched({
    path,
    table: name,
    cols: side.cols,
    fileIds: firstIds.length > 0 ? firstIds : ids!,
    tableIds: ids!,
    lines: count,
    rows,
    fileRange: range,
    matched,
  })
  const hint = firstIds.length > 0 && matched < rows ? spellingHint(firstIds, ids!) : ''
  return [...apart, ...(hint === '' ? [] : [strangeIdsWarning(name, path, hint)])]
}

interface LabelRecord {
  readonly line: number
  readonly id?: string | undefined
  readonly value: string
}

interface LabelRecords {
  readonly records: AsyncIterable<LabelRecord> | Iterable<LabelRecord>
  /** Name of the id column, which may be an index that only counts the lines. */
  readonly idColumn?: string | undefined
  /** Columns that look like ids, once all lines are read. */
  maybe(): readonly string[]
  readonly notes: readonly string[]
  sha256(): string
}

/** Lines of a CSV file as they are read; of other files, which hold columns, all at once. */
async function recordsOf(path: string, attribute: string, options: AttributeOptions): Promise<LabelRecords> {
  if (!/\.(parquet|npz)$/i.test(path) && !isFolder(path)) {
    const { header, records, notes, sha256 } = await openCsv(path)
    const { at, idAt } = attributePositions(header, attribute, options, path)
    const maybe = maybeIdColumns(header, at, idAt, options)
    const cellsOf = async function* (): AsyncGenerator<LabelRecord> {
      for await (const { line, cells } of records) {
        maybe.add(cells)
        yield { line, value: cells[at]!, id: cells[idAt] }
      }
    }
    return { records: cellsOf(), idColumn: header[idAt], maybe: maybe.names, notes, sha256 }
  }
  const { values, ids, counting, maybeIds = [], notes = [], sha256 } = await readAttribute(path, attribute, options)
  const valuesOf = function* (): Generator<LabelRecord> {
    for (let i = 0; i < values.length; i++) yield { line: i + 1, value: values[i]!, id: ids?.[i] ?? String(i) }
  }
  return {
    records: valuesOf(),
    idColumn: ids ? 'id' : counting,
    maybe: () => maybeIds,
    notes,
    sha256: () => sha256!,
  }
}

/** Row by id; row numbers are written without leading zeros, as `readTable` writes them. */
function rowFinder(
  rows: number,
  ids: readonly string[] | undefined,
): { rowOf(id: string): number | undefined; numbers?: ReturnType<typeof rowNumberIds> } {
  if (!ids) {
    const numbers = rowNumberIds(rows)
    return { rowOf: numbers.rowOf, numbers }
  }
  const rowOfId = new Map(ids.map((id, row) => [id, row]))
  return { rowOf: (id) => rowOfId.get(id) }
}

/** Labels as `encodeLabels` codes them: names that some row has, sorted. */
function sortedLabels(found: Int32Array, names: readonly string[]): Labels {
  const used = new Uint8Array(names.length)
  for (const code of found) if (code >= 0) used[code] = 1
  const classes = names.filter((_, code) => used[code]).sort()
  const places = new Map(classes.map((name, place) => [name, place]))
  const renumbered = Int32Array.from(names, (name) => places.get(name) ?? -1)
  for (let i = 0; i < found.length; i++) found[i] = found[i]! < 0 ? -1 : renumbered[found[i]!]!
  return { classes, codes: found }
}
