/**
 * @file What a long list of attacks shows at first: the strongest attack of each attacker and on each table, worst
 * first. Eight attackers on three inputs of three tables are more rows than anyone reads; the others are a click away.
 */

import { fixed } from '../charts/format-number.ts'
import { foldedAuc } from '../leak.ts'
import { html, shorten, type Content, type Markup } from '../markup.ts'
import type { AttackRow } from '../report-data.ts'

/** Lists up to this length are shown whole. */
const rowsShown = 12

export interface AttackerRows {
  readonly attacker: string
  /** Worst first. */
  readonly rows: readonly AttackRow[]
}

/**
 * Rows by attacker, the attacker with the worst attack first and each attacker's worst attack first: by folded AUC
 * after unlearning where any row has it, else before. Rows that were not scored come last; equal ones keep their order.
 */
export function byAttacker(rows: readonly AttackRow[]): AttackerRows[] {
  const leak = leakOf(rows)
  const groups = new Map<string, AttackRow[]>()
  for (const row of rows) groups.set(row.attacker, [...(groups.get(row.attacker) ?? []), row])
  const sorted = [...groups].map(([attacker, members]) => ({
    attacker,
    rows: members.sort((a, b) => leak(b) - leak(a)),
  }))
  return sorted.sort((a, b) => leak(b.rows[0]!) - leak(a.rows[0]!))
}

/** The worst attack of each attacker and the worst on each table, each once, worst first. */
export function worstRows(rows: readonly AttackRow[]): AttackRow[] {
  const leak = leakOf(rows)
  const worst = new Map<string, AttackRow>()
  for (const row of rows) {
    for (const key of [`attacker ${row.attacker}`, `table ${row.table}`]) {
      const known = worst.get(key)
      if (known === undefined || leak(row) > leak(known)) worst.set(key, row)
    }
  }
  return [...new Set(worst.values())].sort((a, b) => leak(b) - leak(a))
}

/** Folded AUC after unlearning where any of `rows` has it, else before; -1 for rows that were not scored. */
function leakOf(rows: readonly AttackRow[]): (row: AttackRow) => number {
  const phase = rows.some((row) => row.after) ? 'after' : 'before'
  return (row) => (row[phase] ? foldedAuc(row[phase]).value : -1)
}

/**
 * Draws `rows` whole where they are few; else the worst of them, and below it, folded away, all rows of each
 * attacker. `draw` makes one list of rows; it is called for each.
 */
export function foldedByAttacker(
  rows: readonly AttackRow[],
  draw: (rows: readonly AttackRow[], kind: 'all' | 'worst' | 'attacker') => Content,
): Markup {
  const worst = worstRows(rows)
  if (rows.length <= rowsShown || worst.length === rows.length) return html`${draw(rows, 'all')}`
  return html`<p>The strongest attack of each attacker and on each table, worst first; all ${rows.length} are below.</p>
${draw(worst, 'worst')}${byAttacker(rows)
    .filter(({ rows: own }) => !own.every((row) => worst.includes(row)))
    .map(
      ({
        attacker,
        rows: own,
      }) => html`<details><summary>${shorten(attacker, 60)}: all ${own.length} attacks${rangeText(own)}</summary>
${draw(own, 'attacker')}</details>
`,
    )}`
}

function rangeText(rows: readonly AttackRow[]): string {
  const values = rows.map(leakOf(rows)).filter((value) => value >= 0)
  if (values.length === 0) return ''
  return `, folded AUC ${fixed(Math.min(...values), 3)} to ${fixed(Math.max(...values), 3)}`
}
