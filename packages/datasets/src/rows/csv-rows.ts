/** @file Reader of named columns of a CSV file with a header (RFC 4180 quoting, UTF-8), through csv-parse. */

import { badData, lineEnds } from '@indistinct/core'
import { CsvError, parse } from '#csv-parse-sync'
import { quoted } from './integer-rows.ts'
import { decode } from './text-rows.ts'

export interface CsvLayout {
  readonly file: string
  /** Columns to read, by their names in the header; others are ignored. */
  readonly columns: readonly string[]
  /** Default: a comma. */
  readonly delimiter?: string
  readonly advice: string
}

export interface CsvRows {
  /** Names of all columns. */
  readonly header: readonly string[]
  /** The wanted columns of every row below the header, in the order asked for. */
  readonly rows: readonly (readonly string[])[]
  /** `file, row n` of `rows[r]`, with n the line in the file (the last one, where a quoted field spans several). */
  place(r: number): string
}

/**
 * Reads the wanted columns of every row.
 * @throws IndistinctError 'bad-data' when the file is empty, not UTF-8, ragged, badly quoted, or lacks a column.
 */
export function readCsvRows(bytes: Uint8Array, layout: CsvLayout): CsvRows {
  const { file, columns, delimiter = ',', advice } = layout
  const text = decode(bytes, { file, encoding: 'utf-8', advice }).replace(/[\r\n]+$/, '')
  const records = parseRecords(text, layout, delimiter)
  const header = records[0]
  if (!header) throw badData(`${file} is empty, expected a header with ${columns.join(', ')}; ${advice}`)
  const repeated = header.find((name, i) => header.indexOf(name) !== i)
  if (repeated !== undefined)
    throw badData(`${file}, row 1: expected different column names, got ${quoted(repeated)} twice; ${advice}`)
  const positions = columns.map((name) => {
    const at = header.indexOf(name)
    if (at >= 0) return at
    const hint = header.every((each) => /^-?\d+(\.\d+)?$/.test(each))
      ? ': is there no header? Write one'
      : header.length === 1
        ? `: is the delimiter another one than ${quoted(delimiter)}?`
        : ''
    throw badData(
      `${file}, row 1: expected a column ${quoted(name)}, got ` +
        `${header.map((each) => quoted(each)).join(', ')}${hint}; ${advice}`,
    )
  })
  if (records.length === 1) throw badData(`${file}: expected rows below the header, got none; ${advice}`)
  return {
    header,
    rows: records.slice(1).map((record) => positions.map((at) => record[at]!)),
    place(r) {
      // Only an error needs the line, so only then is it worth the slower parse that counts lines.
      const options = { delimiter, record_delimiter: lineEnds(text), info: true, from: r + 2, to: r + 2 }
      const [record] = parse(text, options) as unknown as {
        info: { lines: number }
      }[]
      return `${file}, row ${record!.info.lines}`
    },
  }
}

function parseRecords(text: string, { file, advice }: CsvLayout, delimiter: string): string[][] {
  try {
    return parse(text, { delimiter, record_delimiter: lineEnds(text) })
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    throw badData(
      `${file}, row ${String(cause['lines'])}: expected rows with the columns of the header, got: ` +
        `${cause.message}; ${advice}`,
      { cause },
    )
  }
}
