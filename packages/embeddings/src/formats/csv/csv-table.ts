/** @file Embedding tables as CSV: an id column, one column per dimension, and columns that travel along. */

import { badData, usageError, utf8Bytes } from '@indistinct/core'
import { columnList } from '../../labels/column-list.ts'
import { delimiterName } from './csv-dialect.ts'
import { openCsv } from './csv-records.ts'
import { dimensionColumns } from './dimension-columns.ts'
import { embeddingTable, type EmbeddingTable } from '../../embedding-table.ts'
import { freeDimensions, freeIdName } from '../../free-names.ts'
import { numberRows } from '../number-rows.ts'
import { quoted } from '../../quoted.ts'
import { float32Text, float64Text, parseDecimal } from './float-text.ts'
import { idColumnOf } from '../../labels/id-column.ts'
import { IdList } from '../../labels/ids.ts'
import type { CsvContainer } from '../../table-container.ts'
import { DECIMAL_COMMA, vectorCells, vectorText, vectorTextOf } from './vector-text.ts'

/** Characters of CSV text gathered before they are written. */
const CHUNK = 1 << 20

export interface CsvTableOptions {
  readonly idColumn?: string | undefined
  readonly dimensions?: readonly string[] | undefined
  readonly labels?: readonly string[] | undefined
  readonly bytes?: AsyncIterable<Uint8Array>
}

/**
 * Reads a CSV table, streaming.
 * @param options.idColumn default: the one of a usual name, see {@link idColumnOf}
 * @param options.dimensions names of the dimension columns, or one prefix ending in `*`; default: the columns named
 * <prefix><number> (d0, d1, …), or every column but the id where no name ends in a number
 * @param options.labels columns that hold labels, and are no dimensions unless they are asked for
 * @param options.bytes of the file; default: those at `path`
 * @throws IndistinctError 'bad-data' naming line and column, or 'usage' where columns cannot be told.
 */
export async function readCsvTable(path: string, options: CsvTableOptions = {}): Promise<EmbeddingTable> {
  const { header, records, delimiter, notes, sha256 } = await openCsv(path, options.bytes)
  const idColumn = checkedHeader(path, header, options.idColumn)
  const iterator = records[Symbol.asyncIterator]()
  let next = await iterator.next()
  const places = placesOf(path, {
    header,
    idColumn,
    first: next.done ? undefined : next.value,
    asked: options.dimensions,
    labels: options.labels ?? [],
  })
  const list = new IdList(path)
  const rows = numberRows(places.cols)
  const columns = places.columnAt.map((j) => ({ name: header[j]!, values: [] as string[] }))
  for (; !next.done; next = await iterator.next()) {
    const { line, cells } = next.value
    const texts = places.textsOf(cells, line)
    list.add(cells[places.idAt]!, line)
    const row = rows.add()
    for (let j = 0; j < row.length; j++) {
      const value = parseDecimal(texts[j]!)
      if (!Number.isFinite(Math.fround(value))) throw notFinite(path, line, places.nameOf(j), texts[j]!, value)
      row[j] = value
    }
    places.columnAt.forEach((j, c) => columns[c]!.values.push(cells[j]!))
  }
  if (rows.count() === 0) throw badData(`${path}: expected at least one row after the header, got none`)
  const usual = delimiter === ',' || (delimiter === '\t' && path.toLowerCase().endsWith('.tsv'))
  const { vector, dimensions } = places
  return embeddingTable({
    ids: list.ids,
    notes: usual
      ? notes
      : [
          ...notes,
          `${path} has ${delimiterName(delimiter)} between columns; what is written of it has commas, or tabs in .tsv`,
        ],
    ...rows.done(),
    idColumn,
    dimensions,
    columns,
    header,
    ...(vector && { container: vector }),
    source: { path, format: 'csv', sha256: sha256() },
  })
}

/** The id column. @throws IndistinctError 'bad-data' where there is none, or no header. */
function checkedHeader(path: string, header: readonly string[], asked: string | undefined): string {
  if (header.every((name) => !Number.isNaN(parseDecimal(name))) && header.some((name) => !/^\d+$/.test(name))) {
    throw badData(`${path}: line 1: expected a header such as id,d0,d1, got numbers`)
  }
  const idColumn = idColumnOf(header, asked, path)
  if (idColumn === undefined) {
    throw badData(
      `${path}: expected a column of ids, such as "id" or "user_id", got ${columnList(header)}; name it ` +
        '(--table-id-column)',
    )
  }
  return idColumn
}

interface CsvLine {
  readonly line: number
  readonly cells: readonly string[]
}

/** What stands where in a line. */
interface CsvPlaces {
  readonly idAt: number
  /** Of columns that travel along. */
  readonly columnAt: readonly number[]
  readonly cols: number
  readonly dimensions: readonly string[]
  /** The one column that holds whole vectors, where there is one. */
  readonly vector: CsvContainer | undefined
  /** The numbers of a line, as text (cols). @throws IndistinctError 'bad-data' where there are more or fewer. */
  textsOf(cells: readonly string[], line: number): readonly string[]
  /** Number j for people. */
  nameOf(j: number): string
}

function placesOf(
  path: string,
  {
    header,
    idColumn,
    first,
    asked,
    labels,
  }: {
    readonly header: readonly string[]
    readonly idColumn: string
    readonly first: CsvLine | undefined
    readonly asked: readonly string[] | undefined
    readonly labels: readonly string[]
  },
): CsvPlaces {
  const others = header.filter((name) => name !== idColumn && (asked !== undefined || !labels.includes(name)))
  const vector = first && vectorColumnOf(header, first.cells, others, asked, path)
  const named = vector ? [vector.vectorColumn] : dimensionColumns(others, asked, header, path)
  const placeOf = new Map(header.map((name, j) => [name, j]))
  const idAt = placeOf.get(idColumn)!
  const dimensionAt = named.map((name) => placeOf.get(name)!)
  const taken = new Set([idAt, ...dimensionAt])
  const columnAt = header.map((_, j) => j).filter((j) => !taken.has(j))
  if (!vector) {
    const textsOf = (cells: readonly string[]): string[] => dimensionAt.map((at) => cells[at]!)
    return { idAt, columnAt, cols: named.length, dimensions: named, vector, textsOf, nameOf: (j) => named[j]! }
  }
  const { vectorColumn, vectorText: form } = vector
  const vectorOf = (cells: readonly string[], line: number): string[] =>
    vectorCells(cells[dimensionAt[0]!]!, form, `${path}: line ${line}, column ${quoted(vectorColumn)}`)
  const cols = vectorOf(first.cells, first.line).length
  return {
    idAt,
    columnAt,
    cols,
    dimensions: Array.from({ length: cols }, (_, j) => `d${j}`),
    vector,
    textsOf(cells, line) {
      const texts = vectorOf(cells, line)
      if (texts.length === cols) return texts
      throw badData(
        `${path}: line ${line}, column ${quoted(vectorColumn)}: expected ${cols} numbers, as in the first row, got ` +
          `${texts.length}`,
      )
    },
    nameOf: (j) => `${vectorColumn}, number ${j + 1}`,
  }
}

/**
 * The CSV text of a table, in pieces; values are the shortest text that reads back as the same number of their dtype.
 */
export function* csvChunks(table: EmbeddingTable, delimiter: ',' | '\t' = ','): Generator<Uint8Array> {
  const { ids, matrix, exact, columns, container } = table
  const { idColumn, dimensions, header } = namesOf(table)
  const cellsOf = new Map<string, (i: number) => string>()
  cellsOf.set(idColumn, (i) => escaped(ids[i]!))
  const number = (at: number): string => (exact ? float64Text(exact[at]!) : float32Text(matrix.data[at]!))
  if (container?.format === 'csv') {
    const whole = (i: number): string[] => dimensions.map((_, j) => number(i * matrix.cols + j))
    cellsOf.set(container.vectorColumn, (i) => escaped(vectorText(whole(i), container.vectorText)))
  } else dimensions.forEach((name, j) => cellsOf.set(name, (i) => number(i * matrix.cols + j)))
  for (const { name, values } of columns) cellsOf.set(name, (i) => escaped(values[i]!))
  const cells = header.map((name) => cellsOf.get(name)!)
  let text = `${header.map(escaped).join(delimiter)}\n`
  for (let i = 0; i < matrix.rows; i++) {
    text += `${cells.map((cell) => cell(i)).join(delimiter)}\n`
    if (text.length > CHUNK) {
      yield utf8Bytes(text)
      text = ''
    }
  }
  yield utf8Bytes(text)
}

/** Names of the columns of a file to write: those of the table, and others where names that were made up are taken. */
function namesOf({ idColumn = 'id', dimensions, columns, header }: EmbeddingTable): {
  readonly idColumn: string
  readonly dimensions: readonly string[]
  readonly header: readonly string[]
} {
  const taken = new Set(columns.map(({ name }) => name))
  const own = freeIdName(idColumn, taken)
  // Ids that came from elsewhere have no place in the header yet.
  if (header) return { idColumn: own, dimensions, header: header.includes(own) ? header : [own, ...header] }
  const free = freeDimensions(dimensions, taken)
  return { idColumn: own, dimensions: free, header: [own, ...free, ...taken] }
}

/**
 * The column whose cells hold whole vectors, as the first row shows: the one asked for, or the only one where no
 * columns are numbered.
 * @throws IndistinctError 'usage' where there are several.
 */
function vectorColumnOf(
  header: readonly string[],
  first: readonly string[],
  others: readonly string[],
  asked: readonly string[] | undefined,
  path: string,
): CsvContainer | undefined {
  if (asked && (asked.length !== 1 || asked[0]!.endsWith('*'))) return undefined
  if (!asked && others.filter((name) => /\d$/.test(name)).length > 1) return undefined
  const found = (asked ?? others).flatMap((name): CsvContainer[] => {
    const form = vectorTextOf(first[header.indexOf(name)] ?? '')
    return form ? [{ format: 'csv', hasIds: true, vectorColumn: name, vectorText: form }] : []
  })
  if (found.length > 1) {
    const names = found.map(({ vectorColumn }) => vectorColumn)
    throw usageError(`${path}: ${columnList(names)} each hold vectors; choose one (--dimensions)`)
  }
  return found[0]
}

function notFinite(path: string, line: number, column: string, text: string, value: number): Error {
  const got =
    text === '' ? 'an empty cell' : Number.isFinite(value) ? `${text}, beyond the range of float32` : quoted(text)
  const advice = DECIMAL_COMMA.test(text)
    ? ', with a decimal comma; write decimal points'
    : /^\[?(?:np\.|array\(|tensor\()/.test(text)
      ? `, as Python prints it; write lists of plain numbers, in pandas by df[${quoted(column)}] = [[float(x) for x ` +
        `in v] for v in df[${quoted(column)}]]`
      : '; repair or remove the line'
  return badData(`${path}: line ${line}, column ${quoted(column)}: expected a finite number, got ${got}${advice}`)
}

/**
 * A cell of text. One that a spreadsheet would take for a formula (first character = + - @) is quoted, so that it is
 * text by the rules of CSV, and otherwise left as it is: a prefix would make another user of it.
 */
function escaped(cell: string): string {
  return /[",\t\r\n]|^[\s=+\-@]|\s$|^\uFEFF/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
