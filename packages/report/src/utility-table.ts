/** @file What unlearning costs in recommendation quality. */

import { estimateCell } from './attack-tables.ts'
import { dataTable, dropEmptyColumns } from './data-table.ts'
import { count, signed } from './format-number.ts'
import { html, type Markup } from './markup.ts'
import type { UtilityRow } from './report-data.ts'

/** Metrics by their defined name, before and after, with the change; a row for each group of users where given. */
export function utilityTable(rows: readonly UtilityRow[]): Markup {
  const unlearned = rows.some((row) => row.after)
  const grouped = rows.some((row) => row.group !== undefined)
  const { head, rows: cells, names } = dropEmptyColumns(
    ['Metric', 'Group', 'Users', unlearned ? 'Before' : 'Value', 'After', 'Change', 'Relative'],
    rows.map((row) => {
      const { before, after } = row
      const change = before && after ? after.value - before.value : undefined
      return [
        html`${row.metric}@${row.k} <span class="definition">${row.definition}</span>`,
        row.group ?? (grouped ? 'all users' : undefined),
        row.users === undefined ? undefined : count(row.users),
        before && estimateCell(before, 4),
        after && estimateCell(after, 4),
        change !== undefined && signed(change, 4),
        change !== undefined && before!.value !== 0 && `${signed((change / before!.value) * 100, 1)}\u00a0%`,
      ].map((cell) => (cell === false ? undefined : cell))
    }),
    2,
  )
  return html`${dataTable('Metrics by their definitions, with 95\u00a0% intervals', head, cells, names)}
<p class="note">Metrics with the same name have different definitions elsewhere; compare only figures of one definition.</p>`
}
