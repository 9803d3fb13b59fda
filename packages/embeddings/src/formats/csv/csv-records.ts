/**
 * @file Delimited text as a stream of records with line numbers: one header, one width, UTF-8 or UTF-16 that says so.
 */

import { CsvError, parsedRecords } from '#csv-parser'
import { badData, concatBytes, lineEnds } from '@indistinct/core'
import { createHash } from '@indistinct/core/platform'
import { delimiterName, dialectOf } from './csv-dialect.ts'
import { quoted } from '../../quoted.ts'
import { openForReading } from '../../files/open-file.ts'
import { refuseMagic } from '../../refused-formats.ts'
import { encodingOf, toUtf8, type TextEncoding, type Transcoder } from '../../files/text-encoding.ts'

export interface CsvRecord {
  /** Line of the file, from 1, on which the record ends. */
  readonly line: number
  readonly cells: readonly string[]
}

export interface CsvFile {
  readonly header: readonly string[]
  /** Records after the header, each as wide as it; to be consumed once. */
  readonly records: AsyncIterable<CsvRecord>
  readonly delimiter: string
  /** What a reader of the result should know of how the file was read. */
  readonly notes: readonly string[]
  /** SHA-256 of the file; known once the records are consumed. */
  readonly sha256: () => string
}

/**
 * Characters of one record beyond which the file is taken for something else: an unclosed quote must not fill memory.
 */
const MAX_RECORD = 1 << 24
/** Columns beyond which the file is no table of users. */
const MAX_COLUMNS = 1 << 18
/** Bytes from which encoding and delimiter are told. */
const HEAD = 1 << 16

/**
 * Opens a text file of columns, as {@link dialectOf} tells it, and reads its header.
 * @param bytes of the file; default: those at `path`
 * @throws IndistinctError 'bad-data' with line and column where the text is not UTF-8, quotes do not close, the header
 * repeats a name or is missing, or (while records are read) a record is longer or shorter than the header.
 */
export async function openCsv(path: string, bytes: AsyncIterable<Uint8Array> = fileChunks(path)): Promise<CsvFile> {
  const hash = createHash('sha256')
  const { head, chunks, close } = await headOf(bytes)
  refuseMagic(head, path)
  const encoding = encodingOf(head, path)
  const lines = linesOf(head, encoding)
  const { delimiter, columns, note, skipped = 0 } = dialectOf(lines, path)
  const text = checkedHeader(textChunks(chunks, toUtf8(encoding, path), hash), { delimiter, skipped, path })
  const { iterator, end } = parsedRecords(text, {
    bom: true,
    delimiter,
    from_line: skipped + 1,
    info: true,
    max_record_size: MAX_RECORD,
    record_delimiter: lineEnds(lines),
    relax_column_count: true,
    trim: true,
  })
  const next = async (): Promise<CsvRecord | undefined> => {
    try {
      const { done, value } = await iterator.next()
      return done ? undefined : { line: value.info.lines, cells: value.record }
    } catch (error) {
      throw error instanceof CsvError ? malformed(path, error) : error
    }
  }
  const header =
    columns ??
    (await readHeader(next, path).catch((error: unknown) => {
      end()
      throw error
    }))
  async function* records(): AsyncGenerator<CsvRecord> {
    try {
      for (let record = await next(); record; record = await next()) {
        // In a file of one column a blank line is a missing label, which counts for the position of the others.
        if (header.length > 1 && isBlank(record)) continue
        if (record.cells.length !== header.length) {
          throw badData(
            `${path}: line ${record.line}: expected ${header.length} columns as in the header, got ` +
              `${record.cells.length}`,
          )
        }
        yield record
      }
    } finally {
      end()
    }
  }
  const letGo = async (): Promise<void> => {
    end()
    await close()
  }
  return {
    header,
    records: endedBy(letGo, records()),
    delimiter,
    notes: note === undefined ? [] : [note],
    sha256: () => hash.copy().digest('hex'),
  }
}

/**
 * `records`, and `end` where they are left before their end. A generator that was not begun ends nothing by itself: who
 * wanted the header alone would leave the file open.
 */
function endedBy(end: () => Promise<void>, records: AsyncGenerator<CsvRecord>): AsyncIterable<CsvRecord> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => records.next(),
      async return() {
        await end()
        return records.return(undefined)
      },
    }),
  }
}

/** The bytes of a file, in pieces. @throws IndistinctError 'file' where it cannot be read. */
export async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = await openForReading(path)
  try {
    yield* file.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>
  } finally {
    await file.close()
  }
}

/** The first bytes, and all pieces with them in front. */
async function headOf(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ head: Uint8Array; chunks: AsyncIterable<Uint8Array>; close: () => Promise<void> }> {
  const iterator = bytes[Symbol.asyncIterator]()
  const first: Uint8Array[] = []
  let read = 0
  while (read < HEAD) {
    const { done, value } = await iterator.next()
    if (done) break
    first.push(value)
    read += value.length
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* first
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  const close = async (): Promise<void> => void (await iterator.return?.())
  return { head: concatBytes(first).subarray(0, HEAD), chunks: chunks(), close }
}

/**
 * The whole lines of the first bytes, or what is there of one line that is longer; bytes that are no text are refused
 * where they are read.
 */
function linesOf(head: Uint8Array, encoding: TextEncoding): string {
  const text = new TextDecoder(encoding).decode(head)
  const end = text.lastIndexOf('\n') + 1
  return head.length < HEAD || end === 0 ? text : text.slice(0, end)
}

async function* textChunks(
  chunks: AsyncIterable<Uint8Array>,
  transcoder: Transcoder,
  hash: { update(bytes: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield transcoder.next(chunk)
  }
  yield transcoder.end()
}

/**
 * The same pieces, refused where the first line has more columns than any table: its cells would fill memory before
 * they could be counted. Delimiters within quotes are counted too.
 */
async function* checkedHeader(
  pieces: AsyncIterable<Uint8Array>,
  { delimiter, skipped, path }: { readonly delimiter: string; readonly skipped: number; readonly path: string },
): AsyncGenerator<Uint8Array> {
  const mark = delimiter.charCodeAt(0)
  let before = skipped
  let [marks, line] = [0, true]
  for await (const piece of pieces) {
    for (let at = 0; line && at < piece.length; at++) {
      if (piece[at] === 0x0a && before > 0) {
        before--
        marks = 0
      } else if (piece[at] === mark) marks++
      else if (piece[at] === 0x0a && marks > 0) line = false
    }
    if (marks / delimiter.length >= MAX_COLUMNS) {
      throw badData(
        `${path}: line 1: expected at most ${MAX_COLUMNS} columns, got more; write one line a user, and a column ` +
          'for each dimension',
      )
    }
    yield piece
  }
}

async function readHeader(next: () => Promise<CsvRecord | undefined>, path: string): Promise<readonly string[]> {
  let first = await next()
  while (first && isBlank(first)) first = await next()
  if (!first) throw badData(`${path}: expected a header line, got an empty file`)
  const header = first.cells
  const [only] = header
  const other = header.length === 1 && [';', '\t', '::', '|'].find((delimiter) => only!.includes(delimiter))
  if (other) {
    throw badData(
      `${path}: line 1: expected columns separated by commas, got ${quoted(only!)}, and other lines with more or ` +
        `fewer ${delimiterName(other)}; write as many columns in each line, or quotes around cells that hold the ` +
        'delimiter',
    )
  }
  const seen = new Set<string>()
  for (const name of header) {
    if (seen.has(name)) {
      const advice = name === '' ? '; name every column, or remove those that are empty' : ''
      throw badData(`${path}: line 1: column ${quoted(name)} stands twice in the header${advice}`)
    }
    seen.add(name)
  }
  return header
}

function isBlank({ cells }: CsvRecord): boolean {
  return cells.length === 1 && cells[0] === ''
}

function malformed(path: string, error: CsvError): Error {
  const line = typeof error['lines'] === 'number' ? `line ${error['lines']}: ` : ''
  const what: Partial<Record<string, string>> = {
    CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
    INVALID_OPENING_QUOTE: 'a quote stands inside an unquoted cell; write it twice inside quotes, as in "a ""b"""',
    CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote; write quotes inside quotes twice, as in "a ""b"""',
    CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE:
      'text follows a closing quote; write quotes inside quotes twice, as in "a ""b"""',
    CSV_MAX_RECORD_SIZE: `a record is longer than ${MAX_RECORD} characters; is a quote never closed, or is it no CSV?`,
  }
  return badData(`${path}: ${line}${what[error.code] ?? error.message}`, { cause: error })
}
