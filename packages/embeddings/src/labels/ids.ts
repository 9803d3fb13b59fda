/**
 * @file User ids. They are text from end to end: a number would lose ids above 2^53, and two users would become one.
 */

import { extname, readFile } from '@indistinct/core/platform'
import { badData, isRoundedId } from '@indistinct/core'
import { columnList } from './column-list.ts'
import { openCsv } from '../formats/csv/csv-records.ts'
import { quoted } from '../quoted.ts'
import { idColumnOf } from './id-column.ts'
import { openForReading, requireRereadable } from '../files/open-file.ts'
import { refuseExtension, refuseMagic } from '../refused-formats.ts'
import { decodedText } from '../files/text-encoding.ts'

/**
 * The id of one line, checked.
 * @throws IndistinctError 'bad-data' where it is empty or has been through a float.
 */
export function checkedId(id: string, path: string, place: string): string {
  if (id === '') throw badData(`${path}: ${place}: expected an id, got an empty cell`)
  if (isRoundedId(id)) {
    throw badData(
      `${path}: ${place}: id ${quoted(id)} went through a floating-point column, which merges ids above 2^53; ` +
        'write ids as text or integers',
    )
  }
  return id
}

/** Ids in the order of a file, and the line of each; repeated ids are refused as they come. */
export class IdList {
  readonly ids: string[] = []
  readonly #lineOf = new Map<string, number>()
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** @throws IndistinctError 'bad-data' on an empty, rounded or repeated id. */
  add(id: string, line: number): void {
    const first = this.#lineOf.get(checkedId(id, this.#path, `line ${line}`))
    if (first !== undefined)
      throw badData(
        `${this.#path}: line ${line}: id ${quoted(id)} stands in line ${first} already; expected one line a user`,
      )
    this.#lineOf.set(id, line)
    this.ids.push(id)
  }
}

/** What writes the ids of a binary file as text, in Python. */
const AS_TEXT: Readonly<Record<string, string>> = {
  '.npy': 'import numpy; numpy.savetxt("ids.txt", numpy.load("FILE"), fmt="%s", encoding="utf-8")',
  '.npz': 'import numpy; numpy.savetxt("ids.txt", numpy.load("FILE")["NAME"], fmt="%s", encoding="utf-8")',
  '.parquet': 'import pandas; pandas.read_parquet("FILE")[["NAME"]].to_csv("ids.csv", index=False)',
}

/** @throws IndistinctError 'bad-data' where the name is of a table, with what makes a file of ids of it. */
function refuseBinary(path: string): void {
  const convert = AS_TEXT[extname(path).toLowerCase()]
  if (convert === undefined) return
  throw badData(
    `${path}: expected ids as CSV, or one a line; write them so, in Python, and pass the new file:\n  ` +
      convert.replace('FILE', () => JSON.stringify(path).slice(1, -1)),
  )
}

/**
 * Reads the ids that name the rows of an npy table: a CSV with an id column, or a text file of one id a line.
 * @throws IndistinctError 'bad-data' or 'file'.
 */
export async function readIds(path: string, idColumn?: string): Promise<string[]> {
  refuseExtension(path)
  refuseBinary(path)
  requireRereadable(path)
  const list = new IdList(path)
  if (/\.[ct]sv$/i.test(path)) {
    const { header, records } = await openCsv(path)
    const column = idColumnOf(header, idColumn, path) ?? (header.length === 1 ? header[0] : undefined)
    if (column === undefined)
      throw badData(
        `${path}: expected a column of ids, such as "id" or "user_id", got ${columnList(header)}; name it ` +
          '(--table-id-column)',
      )
    const at = header.indexOf(column)
    for await (const { line, cells } of records) list.add(cells[at]!, line)
    return list.ids
  }
  await (await openForReading(path)).close()
  const bytes = await readFile(path)
  refuseMagic(bytes, path)
  const lines = decodedText(bytes, path).split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  lines.forEach((id, i) => list.add(id.trim(), i + 1))
  return list.ids
}
