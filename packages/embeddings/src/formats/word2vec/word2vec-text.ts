/**
 * @file The text format of word2vec and fastText, "N K" and then a line for each of N ids with its K numbers, and that
 * of GloVe, which is the same without the first line.
 */

import { badData, utf8Bytes } from '@indistinct/core'
import { createHash } from '@indistinct/core/platform'
import { fileChunks } from '../csv/csv-records.ts'
import { embeddingTable, type EmbeddingTable } from '../../embedding-table.ts'
import { quoted } from '../../quoted.ts'
import { numberRows, type NumberRows } from '../number-rows.ts'
import { float32Text, float64Text, parseDecimal } from '../csv/float-text.ts'
import { IdList } from '../../labels/ids.ts'
import { refuseMagic } from '../../refused-formats.ts'
import { encodingOf, toUtf8 } from '../../files/text-encoding.ts'

/** Characters of a line beyond which the file is taken for something else. */
const LONGEST = 1 << 24
/** Characters of text gathered before they are written. */
const CHUNK = 1 << 20

/**
 * Reads a table (N, K), streaming.
 * @param bytes of the file; default: those at `path`
 * @throws IndistinctError 'bad-data' naming line and number.
 */
export async function readWord2vec(
  path: string,
  bytes: AsyncIterable<Uint8Array> = fileChunks(path),
): Promise<EmbeddingTable> {
  const hash = createHash('sha256')
  const list = new IdList(path)
  let counted: { readonly rows: number; readonly cols: number } | undefined
  let rows: NumberRows | undefined
  let cols = 0
  for await (const { text, line } of lines(path, bytes, hash)) {
    const fields = text.trim().split(/[ \t]+/)
    if (line === 1 && fields.length === 2 && fields.every((field) => /^\d+$/.test(field))) {
      counted = { rows: Number(fields[0]), cols: Number(fields[1]) }
      continue
    }
    if (text.trim() === '') continue
    const [id, ...numbers] = fields as [string, ...string[]]
    if (!rows) {
      cols = counted?.cols ?? numbers.length
      if (counted === undefined) checkFirst(path, id, numbers, text)
    }
    if (numbers.length !== cols) {
      const as = counted ? `as line 1 says (${counted.rows} ${counted.cols})` : 'as in line 1'
      throw badData(
        `${path}: line ${line}: expected an id without blanks and ${cols} numbers, ${as}, got ${numbers.length} ` +
          'after the id',
      )
    }
    rows ??= numberRows(cols)
    list.add(id, line)
    const row = rows.add()
    numbers.forEach((number, j) => (row[j] = finite(number, `${path}: line ${line}, number ${j + 1}`)))
  }
  if (!rows) throw badData(`${path}: expected lines of an id and its numbers, got none`)
  if (counted && counted.rows !== rows.count())
    throw badData(`${path}: expected ${counted.rows} rows, as line 1 says, got ${rows.count()}; is the file cut short?`)
  return embeddingTable({
    ids: list.ids,
    idColumn: 'id',
    ...rows.done(),
    container: { format: 'word2vec', hasIds: true, counted: counted !== undefined },
    source: { path, format: 'word2vec', sha256: hash.digest('hex') },
  })
}

function finite(number: string, place: string): number {
  const value = parseDecimal(number)
  if (Number.isFinite(Math.fround(value))) return value
  const got = Number.isFinite(value) ? `${number}, beyond the range of float32` : quoted(number)
  throw badData(`${place}: expected a finite number, got ${got}; repair or remove the line`)
}

/** The text of a table, in pieces, with the line "N K" unless the file that it came from had none. */
export function* word2vecChunks(
  { ids, matrix, exact, container }: EmbeddingTable,
  path: string,
): Generator<Uint8Array> {
  const { rows, cols, data } = matrix
  let text = container?.format === 'word2vec' && !container.counted ? '' : `${rows} ${cols}\n`
  for (let i = 0; i < rows; i++) {
    const id = ids[i]!
    if (/\s/.test(id))
      throw badData(
        `${path}: id ${quoted(id)} has a blank in it, which ends an id in this format; write a .csv or .npz file`,
      )
    text += id
    for (let p = i * cols; p < (i + 1) * cols; p++) text += ` ${exact ? float64Text(exact[p]!) : float32Text(data[p]!)}`
    text += '\n'
    if (text.length > CHUNK) {
      yield utf8Bytes(text)
      text = ''
    }
  }
  yield utf8Bytes(text)
}

/** A number with a fraction that is not zero: the first value of a row without an id, which else would name it. */
const FRACTION = /^[-+]?\d*\.\d*[1-9]\d*(?:[eE][-+]?\d+)?$/

function checkFirst(path: string, id: string, numbers: readonly string[], text: string): void {
  if (FRACTION.test(id))
    throw badData(
      `${path}: line 1: expected an id and then its numbers, got the number ${quoted(id)} first; rows of numbers ` +
        'alone, as numpy.savetxt writes them, have no ids: write the table by numpy.save, or ids before its rows',
    )
  if (numbers.length > 0 && numbers.every((number) => !Number.isNaN(parseDecimal(number)))) return
  throw badData(
    `${path}: line 1: expected "N K", or an id and its numbers separated by blanks, as word2vec and GloVe write ` +
      `them, got ${quoted(text)}; ` +
      'name a file of columns with a header .csv',
  )
}

async function* lines(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  hash: { update(bytes: Uint8Array): unknown },
): AsyncGenerator<{ text: string; line: number }> {
  let transcoder: ReturnType<typeof toUtf8> | undefined
  const decoder = new TextDecoder()
  let rest = ''
  let line = 0
  for await (const chunk of bytes) {
    hash.update(chunk)
    if (!transcoder) {
      refuseMagic(chunk, path)
      transcoder = toUtf8(encodingOf(chunk.subarray(0, 1 << 16), path), path)
    }
    rest += decoder.decode(transcoder.next(chunk), { stream: true })
    let start = 0
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      yield { text: rest.slice(start, end), line: ++line }
      start = end + 1
    }
    rest = rest.slice(start)
    if (rest.length > LONGEST)
      throw badData(`${path}: line ${line + 1}: longer than ${LONGEST} characters; is it a text of word2vec?`)
  }
  if (transcoder) rest += decoder.decode(transcoder.end())
  if (rest !== '') yield { text: rest, line: line + 1 }
}
