/**
 * @file Records of delimited text where there are no streams of Node: the whole text at once, by csv-parse's form for
 * browsers.
 */

import { concatBytes, utf8Text } from '@indistinct/core'
import { parse, type Options } from 'csv-parse/browser/esm/sync'
import type { ParsedRecords } from './csv-parser.ts'

export { CsvError } from 'csv-parse/browser/esm/sync'

export function parsedRecords(pieces: AsyncIterable<Uint8Array>, options: Options): ParsedRecords {
  return { iterator: recordsOf(pieces, options), end() {} }
}

type ParsedRecord = Awaited<ReturnType<ParsedRecords['iterator']['next']>>['value']

async function* recordsOf(pieces: AsyncIterable<Uint8Array>, options: Options): AsyncGenerator<ParsedRecord> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  yield* parse(utf8Text(concatBytes(all)), options) as unknown as Iterable<ParsedRecord>
}
