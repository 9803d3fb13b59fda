/** @file Labels of a table too large for its ids or labels to be held as text: a code a row, and nothing else. */

import { badData, classCounts, type Labels } from '@indistinct/core'
import { attributePositions, readAttribute } from './attribute-file.ts'
import { openCsv } from './csv-records.ts'
import { quoted } from './embedding-table.ts'
import { checkedId } from './ids.ts'
import { checkClasses, type JoinedLabels, type JoinOptions } from './join-labels.ts'

export interface LabelCodes extends JoinedLabels {
  /** Of the attribute file. */
  readonly sha256: string
}

export interface LabelCodesOptions extends JoinOptions {
  /** Id column of the attribute file; default: `id` or `user` where there is one. */
  readonly idColumn?: string | undefined
  /** Ids of the rows; default: row numbers from 0. */
  readonly ids?: readonly string[] | undefined
}

/** Rows that codes are kept for before their number is known. */
const firstRows = 1 << 16

/**
 * The label of every row of a table of `rows` rows, as `readAttribute` and `joinLabels` give it. A CSV file is read line
 * by line: 4 bytes a row are held, and the ids where the table has some of its own.
 * @throws IndistinctError as they do; a repeated id is found among the users of the table alone.
 */
export async function readLabelCodes(path: string, attribute: string, rows: number, options: LabelCodesOptions = {}): Promise<LabelCodes> {
  const { missing = [], minimumUsers = 2, ids } = options
  const { records, hasIds, sha256 } = await recordsOf(path, attribute, options.idColumn)
  const names: string[] = []
  const codeOfName = new Map<string, number>()
  const codeOf = (value: string): number => {
    if (value === '') return -1
    let code = codeOfName.get(value)
    if (code === undefined) {
      code = names.push(value) - 1
      codeOfName.set(value, code)
    }
    return code
  }
  const rowOf = hasIds ? rowNumbers(rows, ids) : undefined
  let found = new Int32Array(rowOf ? rows : firstRows).fill(-1)
  const seen = new Uint8Array(rowOf ? rows : 0)
  let count = 0
  let matched = 0
  for await (const { line, id, value } of records) {
    if (!rowOf) {
      if (count === found.length) {
        const longer = new Int32Array(2 * count).fill(-1)
        longer.set(found)
        found = longer
      }
      found[count] = codeOf(value)
    } else {
      const row = rowOf(checkedId(id!, path, `line ${line}`))
      if (row !== undefined) {
        if (seen[row]) throw badData(`${path}: line ${line}: id ${quoted(id!)} stands in an earlier line already; expected one line a user`)
        seen[row] = 1
        matched++
        found[row] = codeOf(value)
      } else codeOf(value)
    }
    count++
  }
  if (!rowOf && count !== rows) {
    throw badData(`${path}: expected ${rows} lines, one for each row of the table, got ${count}; labels go by position only where the lengths agree, so add an id column`)
  }
  if (rowOf && matched === 0) throw badData(`${path}: no id of this file is in the table: ${ids ? `the table has ${quoted(ids[0]!)}` : `its rows have the numbers 0 to ${rows - 1}`}`)
  for (const label of missing) if (!codeOfName.has(label)) throw badData(`${path}: no user has the label ${quoted(label)} that is to count as missing`)
  const labels = sortedLabels(found.subarray(0, rows), names, missing)
  checkClasses(labels, { name: attribute, path }, minimumUsers)
  const labelled = classCounts(labels).reduce((sum, users) => sum + users, 0)
  return { labels, labelled, missing: rows - labelled, unmatched: count - (rowOf ? matched : count), sha256: sha256() }
}

interface LabelRecord {
  readonly line: number
  readonly id?: string | undefined
  readonly value: string
}

/** Lines of a CSV file as they are read; of other files, which hold columns, all at once. */
async function recordsOf(path: string, attribute: string, idColumn: string | undefined): Promise<{ records: AsyncIterable<LabelRecord> | Iterable<LabelRecord>; hasIds: boolean; sha256: () => string }> {
  if (!/\.(parquet|npz)$/i.test(path)) {
    const { header, records, sha256 } = await openCsv(path)
    const { at, idAt } = attributePositions(header, attribute, idColumn, path)
    const cellsOf = async function* (): AsyncGenerator<LabelRecord> {
      for await (const { line, cells } of records) yield { line, value: cells[at]!, id: cells[idAt] }
    }
    return { records: cellsOf(), hasIds: idAt >= 0, sha256 }
  }
  const { values, ids, sha256 } = await readAttribute(path, attribute, { idColumn })
  const valuesOf = function* (): Generator<LabelRecord> {
    for (let i = 0; i < values.length; i++) yield { line: i + 1, value: values[i]!, id: ids?.[i] }
  }
  return { records: valuesOf(), hasIds: ids !== undefined, sha256: () => sha256! }
}

/** Row by id. Row numbers are written without leading zeros, as `readTable` writes them. */
function rowNumbers(rows: number, ids: readonly string[] | undefined): (id: string) => number | undefined {
  if (ids) {
    const rowOfId = new Map(ids.map((id, row) => [id, row]))
    return (id) => rowOfId.get(id)
  }
  return (id) => {
    const row = /^(0|[1-9]\d{0,15})$/.test(id) ? Number(id) : rows
    return row < rows ? row : undefined
  }
}

/** Labels as `encodeLabels` codes them: names that some row has, sorted, without those that mean "not known". */
function sortedLabels(found: Int32Array, names: readonly string[], missing: readonly string[]): Labels {
  const used = new Uint8Array(names.length)
  for (const code of found) if (code >= 0) used[code] = 1
  const classes = names.filter((name, code) => used[code] && !missing.includes(name)).sort()
  const places = new Map(classes.map((name, place) => [name, place]))
  const renumbered = Int32Array.from(names, (name) => places.get(name) ?? -1)
  for (let i = 0; i < found.length; i++) found[i] = found[i]! < 0 ? -1 : renumbered[found[i]!]!
  return { classes, codes: found }
}
