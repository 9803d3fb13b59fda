/** @file Embedding tables as CSV: an id column, one column per dimension, and columns that travel along. */

import { badData } from '@indistinct/core'
import { columnList } from './column-list.ts'
import { delimiterName } from './csv-dialect.ts'
import { openCsv } from './csv-records.ts'
import { dimensionColumns } from './dimension-columns.ts'
import { embeddingTable, quoted, type EmbeddingTable } from './embedding-table.ts'
import { fitsFloat32, float32Text, float64Text, parseDecimal } from './float-text.ts'
import { idColumnOf } from './id-column.ts'
import { IdList } from './ids.ts'

/** Characters of CSV text gathered before they are written. */
const CHUNK = 1 << 20

/**
 * Reads a CSV table, streaming.
 * @param options.idColumn default: the one of a usual name, see {@link idColumnOf}
 * @param options.dimensions names of the dimension columns, or one prefix ending in `*`; default: the columns named
 * <prefix><number> (d0, d1, …), or every column but the id where no name ends in a number
 * @param options.bytes of the file; default: those at `path`
 * @throws IndistinctError 'bad-data' naming line and column, or 'usage' where columns cannot be told.
 */
export async function readCsvTable(path: string, options: { readonly idColumn?: string | undefined; readonly dimensions?: readonly string[] | undefined; readonly bytes?: AsyncIterable<Uint8Array> } = {}): Promise<EmbeddingTable> {
  const { header, records, delimiter, notes, sha256 } = await openCsv(path, options.bytes)
  if (header.every((name) => !Number.isNaN(parseDecimal(name))) && header.some((name) => !/^\d+$/.test(name))) {
    throw badData(`${path}: line 1: expected a header such as id,d0,d1, got numbers`)
  }
  const idColumn = idColumnOf(header, options.idColumn, path)
  if (idColumn === undefined) {
    throw badData(`${path}: expected a column of ids, such as "id" or "user_id", got ${columnList(header)}; name it (--table-id-column)`)
  }
  const dimensions = dimensionColumns(header.filter((name) => name !== idColumn), options.dimensions, header, path)
  const placeOf = new Map(header.map((name, j) => [name, j]))
  const idAt = placeOf.get(idColumn)!
  const dimensionAt = dimensions.map((name) => placeOf.get(name)!)
  const taken = new Set([idAt, ...dimensionAt])
  const columnAt = header.map((_, j) => j).filter((j) => !taken.has(j))
  const list = new IdList(path)
  const columns = columnAt.map((j) => ({ name: header[j]!, values: [] as string[] }))
  const cols = dimensions.length
  let values = new Float64Array(64 * cols)
  for await (const { line, cells } of records) {
    const start = list.ids.length * cols
    list.add(cells[idAt]!, line)
    if (start + cols > values.length) {
      const longer = new Float64Array(values.length * 2)
      longer.set(values)
      values = longer
    }
    for (let j = 0; j < cols; j++) {
      const text = cells[dimensionAt[j]!]!
      const value = parseDecimal(text)
      if (!Number.isFinite(Math.fround(value))) throw notFinite(path, line, dimensions[j]!, text, value)
      values[start + j] = value
    }
    columnAt.forEach((j, c) => columns[c]!.values.push(cells[j]!))
  }
  const rows = list.ids.length
  if (rows === 0) throw badData(`${path}: expected at least one row after the header, got none`)
  values = values.slice(0, rows * cols)
  // Text has no dtype. Digits beyond float32 make it f8, so that rows nobody moves are written as they were read.
  const exact = values.every(fitsFloat32) ? undefined : values
  const usual = delimiter === ',' || (delimiter === '\t' && path.toLowerCase().endsWith('.tsv'))
  return embeddingTable({
    ids: list.ids,
    notes: usual ? notes : [...notes, `${path} has ${delimiterName(delimiter)} between columns; what is written of it has commas, or tabs in .tsv`],
    matrix: { rows, cols, data: Float32Array.from(values) },
    idColumn,
    dimensions,
    columns,
    header,
    source: { path, format: 'csv', sha256: sha256() },
    ...(exact && { exact }),
  })
}

/** The CSV text of a table, in pieces; values are the shortest text that reads back as the same number of their dtype. */
export function* csvChunks(table: EmbeddingTable, delimiter: ',' | '\t' = ','): Generator<Uint8Array> {
  const { ids, matrix, exact, idColumn = 'id', dimensions, columns } = table
  const cellsOf = new Map<string, (i: number) => string>()
  cellsOf.set(idColumn, (i) => escaped(ids[i]!))
  dimensions.forEach((name, j) => {
    cellsOf.set(name, (i) => {
      const at = i * matrix.cols + j
      return exact ? float64Text(exact[at]!) : float32Text(matrix.data[at]!)
    })
  })
  for (const { name, values } of columns) cellsOf.set(name, (i) => escaped(values[i]!))
  const header = table.header ?? [idColumn, ...dimensions, ...columns.map(({ name }) => name)]
  const cells = header.map((name) => cellsOf.get(name)!)
  let text = `${header.map(escaped).join(delimiter)}\n`
  for (let i = 0; i < matrix.rows; i++) {
    text += `${cells.map((cell) => cell(i)).join(delimiter)}\n`
    if (text.length > CHUNK) {
      yield Buffer.from(text)
      text = ''
    }
  }
  yield Buffer.from(text)
}

/** Which columns are dimensions; nothing is guessed from values, so a stray number column never becomes one. */
function notFinite(path: string, line: number, column: string, text: string, value: number): Error {
  const got = text === '' ? 'an empty cell' : Number.isFinite(value) ? `${text}, beyond the range of float32` : quoted(text)
  const comma = /^[+-]?\d+,\d+$/.test(text) ? ', with a decimal comma; write decimal points' : undefined
  return badData(`${path}: line ${line}, column ${quoted(column)}: expected a finite number, got ${got}${comma ?? '; repair or remove the line'}`)
}

/**
 * A cell of text. One that a spreadsheet would take for a formula (first character = + - @) is quoted, so that it is
 * text by the rules of CSV, and otherwise left as it is: a prefix would make another user of it.
 */
function escaped(cell: string): string {
  return /[",\t\r\n]|^[\s=+\-@]|\s$|^\uFEFF/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
