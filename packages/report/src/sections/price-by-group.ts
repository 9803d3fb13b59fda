/** @file What unlearning cost each group of users, in one table: moved, neighbours kept, recommendation quality. */

import { estimateCell } from './attack-tables.ts'
import { dataTable, dropEmptyColumns } from './data-table.ts'
import { count, signed, significant } from '../charts/format-number.ts'
import { html, shorten, type Content, type Markup } from '../markup.ts'
import type { Estimate, ReportData, UtilityRow } from '../report-data.ts'

export interface GroupPrice {
  /** Absent for everyone. */
  readonly name?: string
  readonly users: number
  /** Mean distance moved, in spreads of the table. */
  readonly moved?: number
  /** Share of the nearest users kept, by distance. */
  readonly kept?: Estimate
  /** Change of the first metric that was measured by group. */
  readonly change?: Estimate
}

/** Everyone first, then each group that any of the three was measured for. */
export function pricesByGroup({ displacement, neighbours, utility = [] }: ReportData): GroupPrice[] {
  const measured = utility.filter((row) => row.after && sameMetric(row, pricedMetric(utility)))
  const names = new Set<string | undefined>([
    undefined,
    ...(displacement?.groups ?? []).map(({ name }) => name),
    ...(neighbours?.groups ?? []).map(({ name }) => name),
    ...measured.map(({ group }) => group),
  ])
  return [...names].flatMap((name) => {
    const moved = name === undefined ? displacement?.all : displacement?.groups.find((group) => group.name === name)
    const near = neighbours?.groups.find((group) => group.name === name)
    const row = measured.find(({ group }) => group === name)
    const users = moved?.users ?? near?.users ?? row?.users
    if (users === undefined) return []
    const change = row && changeOf(row)
    return [
      {
        ...(name !== undefined && { name }),
        users,
        ...(moved && { moved: moved.mean }),
        ...(near && { kept: near.euclidean }),
        ...(change && { change }),
      },
    ]
  })
}

/** Nothing where there are no groups to compare. */
export function priceByGroupTable(data: ReportData): Markup | undefined {
  const prices = pricesByGroup(data)
  if (prices.length < 3) return undefined
  const metric = pricedMetric(data.utility ?? [])
  const table = dropEmptyColumns(
    [
      'Group',
      'Users',
      data.displacement && data.displacement.spread === 0 ? 'Moved' : 'Moved, in spreads',
      `Of ${data.neighbours?.k ?? ''} nearest users kept`,
      metric ? `Change of ${metric.metric}@${metric.k}` : '',
    ],
    prices.map(({ name, users, moved, kept, change }) => [
      name === undefined ? 'all users' : shorten(name, 60),
      count(users),
      moved === undefined ? undefined : significant(moved),
      kept && estimateCell(kept),
      change && changeCell(change),
    ]),
    1,
  )
  return html`${dataTable('What unlearning cost each group', table.head, table.rows, table.names)}
<p class="note">A group that pays much more than the others bears the price of hiding.${
    metric && ` ${metric.metric}@${metric.k} is by the definition “${metric.definition}”.`
  }</p>`
}

/** A metric that was measured for a group before and after: of the first ten items, else the first. */
function pricedMetric(rows: readonly UtilityRow[]): UtilityRow | undefined {
  const measured = rows.filter((row) => row.group !== undefined && row.before && row.after)
  return measured.find(({ k }) => k === 10) ?? measured[0]
}

function sameMetric(row: UtilityRow, other: UtilityRow | undefined): boolean {
  return row.metric === other?.metric && row.k === other.k && row.definition === other.definition
}

function changeOf({ change, before, after }: UtilityRow): Estimate | undefined {
  return change ?? (before && after ? { value: after.value - before.value } : undefined)
}

function changeCell({ value, low, high }: Estimate): Content {
  return low === undefined || high === undefined
    ? signed(value, 4)
    : html`${signed(value, 4)} <span class="interval">[${signed(low, 4)}, ${signed(high, 4)}]</span>`
}
