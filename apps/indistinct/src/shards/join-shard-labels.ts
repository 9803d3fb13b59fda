/** @file Labels of the users of all shards, by id or by position, table by table: with a file of labels for each, one is in memory. */

import { basename } from 'node:path'
import { badData } from '@indistinct/core'
import { readAttribute, type AttributeColumn, type TableReader } from '@indistinct/embeddings'
import type { FileRecord } from '../table-inputs.ts'
import type { PlannedShard } from './shard-plan.ts'

export interface JoinShardOptions {
  readonly attributes: readonly string[]
  readonly attribute: string
  readonly idColumn?: string | undefined
  /** Labels that mean "not known". */
  readonly missing?: readonly string[] | undefined
}

export interface JoinedShards {
  readonly classes: readonly { readonly name: string; readonly users: number }[]
  /** Class of each row, by shard; -1 for none. */
  readonly codes: readonly Int32Array[]
  readonly missing: number
  /** Users of the files of labels whom no table holds. */
  readonly unmatched: number
  readonly files: readonly FileRecord[]
}

/**
 * @param idsOf ids of the rows of a table; asked for only where labels have ids
 * @throws IndistinctError as `joinLabels`.
 */
export async function joinShardLabels(
  readers: readonly TableReader[], shards: readonly PlannedShard[], idsOf: (table: number) => readonly string[], options: JoinShardOptions,
): Promise<JoinedShards> {
  const { attributes, attribute, idColumn } = options
  const ignored = new Map((options.missing ?? []).map((label) => [label, false]))
  const codeOf = new Map<string, number>()
  const codes = shards.map(({ from, to }) => new Int32Array(to - from).fill(-1))
  const files: FileRecord[] = []
  let unmatched = 0
  for (const [f, path] of attributes.entries()) {
    const column = await readAttribute(path, attribute, { idColumn })
    files.push({ file: basename(path), sha256: column.sha256! })
    // All tables, or the one that this file is of.
    const tables = [...readers.keys()].filter((table) => attributes.length === 1 || table === f)
    const labelOf = labels(column, tables.map((table) => readers[table]!))
    let [row, matched] = [0, 0]
    for (const table of tables) {
      const ids = column.ids && idsOf(table)
      for (const [s, { input, from, to }] of shards.entries()) {
        if (input !== table) continue
        for (let i = from; i < to; i++) {
          const label = labelOf(row++, ids?.[i])
          if (label === undefined) continue
          matched++
          if (ignored.has(label)) ignored.set(label, true)
          else if (label !== '') codes[s]![i - from] = codeOf.get(label) ?? (codeOf.set(label, codeOf.size), codeOf.size - 1)
        }
      }
    }
    if (matched === 0) throw badData(`${path}: no id of this file is in ${tables.map((table) => readers[table]!.path).join(', ')}: it has ${JSON.stringify(column.ids?.[0])}, the table has ${JSON.stringify(idsOf(tables[0]!)[0])}`)
    unmatched += column.values.length - matched
  }
  for (const [label, seen] of ignored) if (!seen) throw badData(`${attributes.join(', ')}: no user has the label ${JSON.stringify(label)} that is to count as missing`)
  return { codes, files, unmatched, ...inOrder(codes, codeOf, `${attributes.join(', ')}: column ${JSON.stringify(attribute)}`) }
}

/** The label of the user in a row, counted through `tables`, or under an id; undefined where the column knows none. */
function labels({ ids, values, path }: AttributeColumn, tables: readonly TableReader[]): (row: number, id: string | undefined) => string | undefined {
  if (ids) {
    const labelOfId = new Map(ids.map((id, i) => [id, values[i]!]))
    return (_, id) => labelOfId.get(id!)
  }
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  if (values.length !== rows) {
    throw badData(`${path}: expected ${rows} lines, one for each row of ${tables.map((table) => table.path).join(', ')}, got ${values.length}; labels go by position only where the lengths agree, so add an id column`)
  }
  return (row) => values[row]
}

/** Renumbers codes so that classes are sorted by name, as they are for a table in memory, and counts them. */
function inOrder(codes: readonly Int32Array[], codeOf: ReadonlyMap<string, number>, place: string): Pick<JoinedShards, 'classes' | 'missing'> {
  const names = [...codeOf.keys()].sort()
  if (names.length < 2) throw badData(`${place}: expected at least two labels among the users of the tables, got ${names.length === 0 ? 'none' : `only ${JSON.stringify(names[0])}`}`)
  const newCode = new Int32Array(names.length)
  names.forEach((name, code) => (newCode[codeOf.get(name)!] = code))
  const counts = new Array<number>(names.length).fill(0)
  let missing = 0
  for (const shard of codes) {
    for (let i = 0; i < shard.length; i++) {
      if (shard[i]! < 0) missing++
      else counts[(shard[i] = newCode[shard[i]!]!)]!++
    }
  }
  const small = counts.findIndex((count) => count < 2)
  if (small >= 0) throw badData(`${place}: expected at least 2 users a label, got 1 user with ${JSON.stringify(names[small])}; merge it with another label, or leave these users out (--missing-label)`)
  return { classes: names.map((name, c) => ({ name, users: counts[c]! })), missing }
}
