/** @file Joining labels to a table in memory. */

import { badData, classCounts, counted, encodeLabels, spellingHint, type Labels } from '@indistinct/core'
import type { AttributeColumn } from './attribute-file.ts'
import type { EmbeddingTable } from '../embedding-table.ts'
import type { IdRange } from './id-range.ts'
import { quoted } from '../quoted.ts'
import {
  checkLengths,
  checkMatched,
  hardlyMatched,
  joinBy,
  rowNumberIds,
  type JoinBy,
  type TableSide,
} from './join-rule.ts'
import { countedLabels, type LabelNames } from './label-names.ts'
import { tableSide } from './table-side.ts'

export interface JoinedLabels {
  /** One code a row of the table (N); -1 where the label is missing. */
  readonly labels: Labels
  /** How labels found their rows. */
  readonly by: JoinBy
  /** Rows with a label. */
  readonly labelled: number
  /** Rows without: not in the attribute file, or with an empty label there. */
  readonly missing: number
  /** Users of the attribute file that the table does not hold. */
  readonly unmatched: number
  /** What a reader of the result should know of the join. */
  readonly warnings: readonly string[]
}

export interface JoinOptions extends LabelNames {
  /** Fewest users a label may have; default 2. */
  readonly minimumUsers?: number | undefined
  /** Fewest labels; default 2. With 0, a table may hold no user of the attribute file, which is a warning then. */
  readonly minimumLabels?: number | undefined
  /** Rows of the whole table, where this one is a sample whose ids are row numbers of the whole. */
  readonly rows?: number | undefined
  /** Of the ids of the whole table, where this one is a sample that has some. */
  readonly idRange?: IdRange | undefined
}

/**
 * The label of every row of `table`, by the rule of {@link joinBy}.
 * @throws IndistinctError 'bad-data' where there are ids and no join by them, hardly any id matches, lengths differ,
 * fewer than `minimumLabels` labels are left, or a label has too few users.
 */
export function joinLabels(table: EmbeddingTable, column: AttributeColumn, options: JoinOptions = {}): JoinedLabels {
  const side = tableSide(table)
  const by = joinBy(side, { ...column, hasIds: column.ids !== undefined })
  const { values, unmatched, warnings } =
    by === 'position' ? byPosition(side, column) : byId(side, table, column, column.ids!, options)
  const counted = countedLabels(options)
  for (const value of column.values) counted.of(value)
  counted.check(column.path)
  const labels = encodeLabels(values.map((value) => counted.of(value)))
  checkClasses(labels, column, options)
  let labelled = 0
  for (const code of labels.codes) if (code >= 0) labelled++
  const ofIndex = by === 'id' ? side.notes : []
  return {
    labels,
    by,
    labelled,
    missing: labels.codes.length - labelled,
    unmatched,
    warnings: [...ofIndex, ...warnings],
  }
}

interface Joined {
  readonly values: readonly string[]
  readonly unmatched: number
  readonly warnings: readonly string[]
}

function byPosition(side: TableSide, column: AttributeColumn): Joined {
  checkLengths(side, column.path, column.values.length)
  return { values: column.values, unmatched: 0, warnings: [positionWarning(side.name, column.path)] }
}

/** Said wherever labels go by position: lengths that agree prove nothing. */
export function positionWarning(table: string, path: string): string {
  return `labels joined by position: line i of ${path} is taken for row i of ${table}`
}

/** Said where row numbers are ids and the ids of the file start at 1: they may be one row off. */
export function startsAtOneWarning(table: string, path: string, naming = 'with --ids'): string {
  return (
    `no id of ${path} is 0, and rows of ${table} are numbered from 0: if its first row is number 1, all are joined ` +
    `one row off; name its rows ${naming} then`
  )
}

/** Said where ids of a file that the table does not hold are written otherwise than its own. */
export function strangeIdsWarning(table: string, path: string, hint: string): string {
  return `ids of ${path} that are not in ${table}${hint}`
}

function byId(
  side: TableSide,
  table: EmbeddingTable,
  { path, values: labels }: AttributeColumn,
  ids: readonly string[],
  { rows = table.ids.length, idRange, minimumLabels }: JoinOptions,
): Joined {
  const labelOfId = new Map(ids.map((id, i) => [id, labels[i]!]))
  const values: string[] = []
  let matched = 0
  for (const id of table.ids) {
    const label = labelOfId.get(id)
    if (label !== undefined) matched++
    values.push(label ?? '')
  }
  const unmatched = ids.length - matched
  if (side.ids) {
    const found = {
      path,
      table: side.name,
      cols: side.cols,
      fileIds: ids,
      tableIds: side.ids,
      tableRange: idRange,
      matched,
    }
    if (matched === 0 && minimumLabels === 0) return { values, unmatched, warnings: [hardlyMatched(found)] }
    const apart = checkMatched(found)
    const hint = unmatched > 0 && matched < table.ids.length ? spellingHint(ids, side.ids) : ''
    const strange = hint === '' ? [] : [strangeIdsWarning(side.name, path, hint)]
    return { values, unmatched, warnings: [...apart, ...strange] }
  }
  const numbers = rowNumberIds(rows)
  for (const id of ids) numbers.rowOf(id)
  numbers.check(path, { ...side, rows }, ids.length)
  return { values, unmatched, warnings: numbers.startsAtOne() ? [startsAtOneWarning(side.name, path)] : [] }
}

/**
 * @throws IndistinctError 'bad-data' unless there are `minimumLabels` labels or more with `minimumUsers` users each.
 */
export function checkClasses(
  labels: Labels,
  column: Pick<AttributeColumn, 'name' | 'path'>,
  { minimumUsers = 2, minimumLabels = 2 }: JoinOptions,
): void {
  const { classes } = labels
  const place = `${column.path}: column ${quoted(column.name)}`
  if (classes.length < minimumLabels) {
    const least = minimumLabels === 1 ? 'a label' : `at least ${minimumLabels === 2 ? 'two' : minimumLabels} labels`
    const got = classes.length === 0 ? 'none' : `only ${classes.map(quoted).join(', ')}`
    throw badData(`${place}: expected ${least} among the users of the table, got ${got}`)
  }
  const counts = classCounts(labels)
  for (let c = 0; c < classes.length; c++) {
    if (counts[c]! >= minimumUsers) continue
    throw badData(
      `${place}: expected at least ${minimumUsers} users a label, got ${counted(counts[c]!, 'user')} with ` +
        `${quoted(classes[c]!)}; ` +
        'merge it with another label (--merge-labels), or leave these users out (--missing-label)',
    )
  }
}
