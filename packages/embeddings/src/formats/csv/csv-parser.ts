/** @file Records of delimited text, by csv-parse as a stream of Node. */

import { Readable } from 'node:stream'
import { parse, type Options } from 'csv-parse'

export { CsvError } from 'csv-parse'

export interface ParsedRecords {
  readonly iterator: AsyncIterator<{ readonly info: { readonly lines: number }; readonly record: string[] }>
  /** Lets go of what is left. */
  end(): void
}

export function parsedRecords(pieces: AsyncIterable<Uint8Array>, options: Options): ParsedRecords {
  const parser = parse(options)
  // Errors reach the reader through the parser. stream.pipeline would do, at three times the cost of a small file.
  const source = Readable.from(pieces)
  source.on('error', (error) => parser.destroy(error))
  parser.on('close', () => source.destroy())
  source.pipe(parser)
  return {
    iterator: parser[Symbol.asyncIterator]() as ParsedRecords['iterator'],
    end: () => void parser.destroy(),
  }
}
