/**
 * @file What a long list of attacks shows at first: the strongest attack of each attacker, worst first. Eight attackers on
 * three inputs of three tables are more rows than anyone reads; the others are a click away.
 */

import { fixed } from './format-number.ts'
import { foldedAuc } from './leak.ts'
import { html, shorten, type Content, type Markup } from './markup.ts'
import type { AttackRow } from './report-data.ts'

/** Lists up to this length are shown whole. */
export const rowsShown = 12

export interface AttackerRows {
  readonly attacker: string
  /** Worst first. */
  readonly rows: readonly AttackRow[]
}

/**
 * Rows by attacker, the attacker with the worst attack first and each attacker's worst attack first: by folded AUC after
 * unlearning where any row has it, else before. Rows that were not scored come last; equal ones keep their order.
 */
export function byAttacker(rows: readonly AttackRow[]): AttackerRows[] {
  const phase = rows.some((row) => row.after) ? 'after' : 'before'
  const leak = (row: AttackRow): number => (row[phase] ? foldedAuc(row[phase]).value : -1)
  const groups = new Map<string, AttackRow[]>()
  for (const row of rows) groups.set(row.attacker, [...(groups.get(row.attacker) ?? []), row])
  const sorted = [...groups].map(([attacker, members]) => ({ attacker, rows: members.sort((a, b) => leak(b) - leak(a)) }))
  return sorted.sort((a, b) => leak(b.rows[0]!) - leak(a.rows[0]!))
}

/**
 * Draws `rows` whole where they are few; else the worst of each attacker, and below it, folded away, all rows of each
 * attacker. `draw` makes one list of rows; it is called for each.
 */
export function foldedByAttacker(rows: readonly AttackRow[], draw: (rows: readonly AttackRow[], kind: 'all' | 'worst' | 'attacker') => Content): Markup {
  const groups = byAttacker(rows)
  if (rows.length <= rowsShown || groups.length === rows.length) return html`${draw(rows, 'all')}`
  return html`<p>The strongest attack of each attacker, worst first; all ${rows.length} are below.</p>
${draw(groups.map((group) => group.rows[0]!), 'worst')}${groups.map(({ attacker, rows: own }) => html`<details><summary>${shorten(attacker, 60)}: all ${own.length} attacks${rangeText(own)}</summary>
${draw(own, 'attacker')}</details>
`)}`
}

function rangeText(rows: readonly AttackRow[]): string {
  const phase = rows.some((row) => row.after) ? 'after' : 'before'
  const values = rows.flatMap((row) => (row[phase] ? [foldedAuc(row[phase]).value] : []))
  if (values.length === 0) return ''
  return `, folded AUC ${fixed(Math.min(...values), 3)} to ${fixed(Math.max(...values), 3)}`
}
