/** @file Joining labels to a table, by id where the attribute file has ids. */

import { badData, classCounts, encodeLabels, type Labels } from '@indistinct/core'
import type { AttributeColumn } from './attribute-file.ts'
import { quoted, type EmbeddingTable } from './embedding-table.ts'

export interface JoinedLabels {
  /** One code a row of the table (N); -1 where the label is missing. */
  readonly labels: Labels
  /** Rows with a label. */
  readonly labelled: number
  /** Rows without: not in the attribute file, or with an empty label there. */
  readonly missing: number
  /** Users of the attribute file that the table does not hold. */
  readonly unmatched: number
}

export interface JoinOptions {
  /** Labels that mean "not known", beside the empty one; such users count as missing. */
  readonly missing?: readonly string[] | undefined
  /** Fewest users a label may have; default 2. */
  readonly minimumUsers?: number | undefined
}

/**
 * The label of every row of `table`.
 * @throws IndistinctError 'bad-data' where lengths differ and there are no ids, no id matches, fewer than two labels
 * are left, or a label has too few users.
 */
export function joinLabels(table: EmbeddingTable, column: AttributeColumn, options: JoinOptions = {}): JoinedLabels {
  const { missing: missingLabels = [], minimumUsers = 2 } = options
  const { values, unmatched } = column.ids ? byId(table, column, column.ids) : byPosition(table, column)
  for (const label of missingLabels) {
    if (!column.values.includes(label)) throw badData(`${column.path}: no user has the label ${quoted(label)} that is to count as missing`)
  }
  const labels = encodeLabels(values.map((value) => (missingLabels.includes(value) ? '' : value)))
  checkClasses(labels, column, minimumUsers)
  let labelled = 0
  for (const code of labels.codes) if (code >= 0) labelled++
  return { labels, labelled, missing: labels.codes.length - labelled, unmatched }
}

function byPosition(table: EmbeddingTable, column: AttributeColumn): { values: readonly string[]; unmatched: number } {
  if (column.values.length !== table.ids.length) {
    throw badData(
      `${column.path}: expected ${table.ids.length} lines, one for each row of the table, got ${column.values.length}; ` +
        'labels go by position only where the lengths agree, so add an id column',
    )
  }
  return { values: column.values, unmatched: 0 }
}

function byId(table: EmbeddingTable, column: AttributeColumn, ids: readonly string[]): { values: readonly string[]; unmatched: number } {
  const labelOfId = new Map(ids.map((id, i) => [id, column.values[i]!]))
  const values: string[] = []
  let matched = 0
  for (const id of table.ids) {
    const label = labelOfId.get(id)
    if (label !== undefined) matched++
    values.push(label ?? '')
  }
  if (matched === 0) {
    const tableName = table.source?.path ?? 'the table'
    const rowNumbers = table.idColumn === undefined && table.ids[0] === '0' ? ' (row numbers; name the ids of an npy table with --ids)' : ''
    throw badData(
      `${column.path}: no id of this file is in ${tableName}: ` +
        `it has ${examples(ids)}, the table has ${examples(table.ids)}${rowNumbers}`,
    )
  }
  return { values, unmatched: ids.length - matched }
}

/** @throws IndistinctError 'bad-data' unless there are two labels or more with `minimumUsers` users each. */
export function checkClasses(labels: Labels, column: Pick<AttributeColumn, 'name' | 'path'>, minimumUsers: number): void {
  const { classes } = labels
  const place = `${column.path}: column ${quoted(column.name)}`
  if (classes.length === 0) throw badData(`${place}: expected at least two labels among the users of the table, got none`)
  if (classes.length === 1) throw badData(`${place}: expected at least two labels among the users of the table, got only ${quoted(classes[0]!)}`)
  const counts = classCounts(labels)
  for (let c = 0; c < classes.length; c++) {
    if (counts[c]! >= minimumUsers) continue
    const users = counts[c] === 1 ? '1 user' : `${counts[c]} users`
    throw badData(
      `${place}: expected at least ${minimumUsers} users a label, got ${users} with ${quoted(classes[c]!)}; ` +
        'merge it with another label, or leave these users out (--missing-label)',
    )
  }
}

function examples(ids: readonly string[]): string {
  return ids.slice(0, 3).map(quoted).join(', ') + (ids.length > 3 ? ', …' : '')
}
