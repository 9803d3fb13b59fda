/** @file What the report does not show; stated in every report, for the data that it has. */

import { html, type Markup } from '../markup.ts'
import type { ReportData } from '../report-data.ts'
import { list } from './lists.ts'

export function limitsSection(data: ReportData): Markup {
  const attacks = data.attacks ?? []
  const tables = [...new Set(attacks.map((row) => row.table))]
  const limits: string[] = []
  if (attacks.length > 0) {
    limits.push(
      'Findings are those of the attacks listed here. Another attacker, more known labels or other knowledge ' +
        'about the users may find more.',
    )
    limits.push(
      `Only ${tables.length === 1 ? 'this table was' : 'these tables were'} attacked: ${tables.join(', ')}. ` +
        'Whatever else is published about the same users (other tables, recommendations, interactions) may still ' +
        'tell.',
    )
    limits.push(
      'Each 95\u00a0% interval stands for one attack by itself: among many attacks some miss their true value by ' +
        'chance.',
    )
  }
  if (data.attribute) {
    const { attribute, also = [] } = data
    const looked =
      also.length === 0
        ? `attribute ${attribute.name} was`
        : `attributes ${[attribute.name, ...also.slice(0, -1)].join(', ')} and ${also.at(-1)!} were`
    limits.push(`Only the ${looked} looked at; the report says nothing about any other.`)
  }
  if (data.scatter || data.histograms)
    limits.push(
      'Pictures show one or two dimensions at a time. They help to understand a leak; they neither prove nor ' +
        'exclude one.',
    )
  limits.push(...(data.limits ?? []))
  return html`${list(limits)}`
}
