/**
 * @file Reader of large files of non-negative integers in fixed columns, such as MovieLens' ratings. It walks the
 * bytes once and makes no strings: a general CSV parser is an order of magnitude slower on a million rows.
 */

import { badData, latin1Text } from '@indistinct/core'

export interface IntegerRowsLayout {
  /** How the file is called in errors. */
  readonly file: string
  /** `\t` or `::`, between any two columns. */
  readonly delimiter: string
  /** Names of the columns, in order. */
  readonly columns: readonly string[]
  /** What the user can do about a broken file; ends the error message. */
  readonly advice: string
}

const NEWLINE = 10
const RETURN = 13
const ZERO = 48

/**
 * The columns of `bytes`, each with one number a row; rows end in LF or CR LF, the last one possibly in nothing.
 * @throws IndistinctError 'bad-data' at the first row that is empty, ragged, not an integer or above 2^53 - 1.
 */
export function readIntegerRows(bytes: Uint8Array, layout: IntegerRowsLayout): Float64Array[] {
  const { columns } = layout
  const first = layout.delimiter.charCodeAt(0)
  const width = layout.delimiter.length
  let end = bytes.length
  while (end > 0 && (bytes[end - 1] === NEWLINE || bytes[end - 1] === RETURN)) end--
  if (end === 0) throw badData(`${layout.file} is empty, expected rows of ${columns.join(', ')}; ${layout.advice}`)
  let rows = 1
  for (let at = bytes.indexOf(NEWLINE); at >= 0 && at < end; at = bytes.indexOf(NEWLINE, at + 1)) rows++
  const out = columns.map(() => new Float64Array(rows))
  const last = columns.length - 1
  let at = 0
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column <= last; column++) {
      const start = at
      let value = 0
      let digit = at < end ? bytes[at]! - ZERO : -1
      while (digit >= 0 && digit <= 9) {
        value = value * 10 + digit
        digit = ++at < end ? bytes[at]! - ZERO : -1
      }
      // 16 digits and more can pass 2^53, past which doubles no longer tell integers apart.
      if (at === start || (at - start > 15 && value > Number.MAX_SAFE_INTEGER))
        throw fieldError(bytes, layout, row, column)
      out[column]![row] = value
      if (column === last) {
        if (at < end && bytes[at] === RETURN) at++
        if (at < end && bytes[at] !== NEWLINE) throw fieldError(bytes, layout, row, column)
        at++
      } else {
        if (at + width > end || bytes[at] !== first || (width === 2 && bytes[at + 1] !== first))
          throw fieldError(bytes, layout, row, column)
        at += width
      }
    }
  }
  return out
}

/** Reads the offending row again, as text, to say what is wrong with it. */
function fieldError(bytes: Uint8Array, layout: IntegerRowsLayout, row: number, column: number): Error {
  let start = 0
  for (let r = 0; r < row; r++) start = bytes.indexOf(NEWLINE, start) + 1
  const newline = bytes.indexOf(NEWLINE, start)
  const line = latin1Text(bytes.subarray(start, newline < 0 ? bytes.length : newline)).replace(/\r$/, '')
  const { file, columns, advice } = layout
  const place = `${file}, row ${row + 1}`
  const delimiter = layout.delimiter === '\t' ? 'a tab' : `"${layout.delimiter}"`
  const expected = `${columns.length} columns (${columns.join(', ')}) separated by ${delimiter}`
  if (line === '') return badData(`${place}: expected ${expected}, got an empty row; ${advice}`)
  const fields = line.split(layout.delimiter)
  if (fields.length === 1)
    return badData(`${place}: expected ${expected}, got ${quoted(line)}: is the delimiter another one? ${advice}`)
  if (fields.length !== columns.length) {
    const cut = newline < 0 ? ': the file ends in the middle of a row' : ''
    return badData(`${place}: expected ${expected}, got ${fields.length} in ${quoted(line)}${cut}; ${advice}`)
  }
  return badData(
    `${place}, column ${column + 1} (${columns[column]}): expected an integer from 0 to 2^53 - 1, got ` +
      `${quoted(fields[column]!)}; ${advice}`,
  )
}

/** The start of a value as JSON, so that control characters in a broken file show. */
export function quoted(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
}
