/** @file Reader of small delimited text files without quoting: users and items with their attributes. */

import { badData, latin1Text } from '@indistinct/core'
import { quoted } from './integer-rows.ts'

export interface TextRowsLayout {
  readonly file: string
  readonly encoding: 'latin-1' | 'utf-8'
  readonly delimiter: string
  readonly columns: readonly string[]
  readonly advice: string
}

/**
 * Rows of fields, as text; LF or CR LF, and empty fields stay empty strings.
 * @throws IndistinctError 'bad-data' when the file is empty, a row is ragged, or the bytes are not UTF-8 where they
 * should be.
 */
export function readTextRows(bytes: Uint8Array, layout: TextRowsLayout): string[][] {
  const { file, columns, delimiter, advice } = layout
  const lines = decode(bytes, layout).split('\n')
  while (lines.length > 0 && (lines.at(-1) === '' || lines.at(-1) === '\r')) lines.pop()
  if (lines.length === 0) throw badData(`${file} is empty, expected rows of ${columns.join(', ')}; ${advice}`)
  const name = delimiter === '\t' ? 'a tab' : `"${delimiter}"`
  return lines.map((raw, row) => {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    const fields = line.split(delimiter)
    if (fields.length !== columns.length) {
      throw badData(
        `${file}, row ${row + 1}: expected ${columns.length} columns (${columns.join(', ')}) separated by ${name}, ` +
          `got ${fields.length} in ${quoted(line)}; ${advice}`,
      )
    }
    return fields
  })
}

/**
 * Text of `bytes`; a byte order mark is dropped.
 * @throws IndistinctError 'bad-data' when they are not UTF-8 although they should be.
 */
export function decode(
  bytes: Uint8Array,
  { file, encoding, advice }: Pick<TextRowsLayout, 'file' | 'encoding' | 'advice'>,
): string {
  const [, what] = notText.find(([magic]) => magic.every((byte, at) => bytes[at] === byte)) ?? []
  if (what !== undefined) throw badData(`${file}: expected text, got ${what}`)
  if (encoding === 'latin-1') return latin1Text(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw badData(`${file}: expected UTF-8 text, got bytes that are not; ${advice}`, { cause })
  }
}

/** First bytes of what is often given in the place of text, and what to do with it. */
const notText: readonly (readonly [readonly number[], string])[] = [
  [[0x1f, 0x8b], 'a file that gzip compressed; decompress it (gzip -d) first'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file; write it as CSV (in pandas: read_parquet(…).to_csv(…, index=False))'],
  [[0x50, 0x4b, 3, 4], 'a zip archive or a spreadsheet; take the file out of it, or save the sheet as CSV in UTF-8'],
  [[0xff, 0xfe], 'UTF-16; save it as UTF-8'],
  [[0xfe, 0xff], 'UTF-16; save it as UTF-8'],
]
