/**
 * @file Main, control and naive attack beside each other, as in the terms of Anonymeter (Giomi et al. 2023): what the
 * table tells, against what the same attack reaches where nothing is to be told, and against guessing.
 */

import { dataTable, dropEmptyColumns } from './data-table.ts'
import { estimateText, fixed } from '../charts/format-number.ts'
import { attackName, foldedAuc } from '../leak.ts'
import { html, type Content, type Markup } from '../markup.ts'
import type { AttackFigures, AttackRow, Estimate } from '../report-data.ts'

export interface ThreeAttacks {
  readonly phase: 'before' | 'after'
  readonly row: AttackRow
  readonly main: Estimate
  /** Absent where the attack has no test of chance. */
  readonly control?: { readonly value: number; readonly high: number }
  readonly naive: number
  /** (main - control) / (1 - control): 0 where the table tells nothing, 1 where it tells all. */
  readonly excess?: Estimate
}

/** The strongest attack of each phase, with its control. */
export function threeAttacks(rows: readonly AttackRow[]): ThreeAttacks[] {
  return (['before', 'after'] as const).flatMap((phase) => {
    const scored = rows.filter((row) => row[phase])
    if (scored.length === 0) return []
    const leak = (row: AttackRow): number => foldedAuc(row[phase]!).value
    const row = scored.reduce((best, each) => (leak(each) > leak(best) ? each : best))
    const figures: AttackFigures = row[phase]!
    const main = foldedAuc(figures)
    const { control } = figures
    return [{ phase, row, main, naive: 0.5, ...(control && { control, excess: excessOf(main, control.value) }) }]
  })
}

function excessOf({ value, low, high }: Estimate, control: number): Estimate {
  const of = (auc: number): number => Math.max(0, (auc - control) / (1 - control))
  return { value: of(value), ...(low !== undefined && high !== undefined && { low: of(low), high: of(high) }) }
}

/** What each of the three is, in one sentence. */
export const threeMeanings: readonly (readonly [name: string, text: string])[] = [
  ['Main attack', 'the strongest attack: trained on users of the table whose labels are known, asked of the others.'],
  [
    'Control attack',
    'the same attack where labels were dealt to users at random, so that the table tells nothing of them, in as many ' +
      'draws of users as its permutation test has: its mean folded AUC, and in brackets what it stays below 95 times ' +
      'of 100. The strongest of many attacks lies above it by chance, which the verdict allows for.',
  ],
  ['Naive attack', 'guessing by the labels’ shares, without the table: 0.5, whatever the shares are.'],
  ['Excess', '(main − control) / (1 − control): 0 where the table tells nothing, 1 where it tells all.'],
]

/** A row for each attack, a column for each phase; nothing where no attack was scored. */
export function threeAttacksTable(rows: readonly AttackRow[]): Markup | undefined {
  const phases = threeAttacks(rows)
  if (phases.length === 0 || phases.every(({ control }) => control === undefined)) return undefined
  const named = (text: string): Content => html`${text}`
  const cells = (of: (each: ThreeAttacks) => Content): Content[] => phases.map(of)
  const { head, rows: body } = dropEmptyColumns(
    ['Attack', ...phases.map(({ phase }) => (phases.length > 1 ? `Folded AUC ${phase}` : 'Folded AUC'))],
    [
      [named('Main'), ...cells(({ main }) => estimateText(main, 3))],
      [
        named('Control'),
        ...cells(({ control }) => (control ? `${fixed(control.value, 3)} [to ${fixed(control.high, 3)}]` : '–')),
      ],
      [named('Naive'), ...cells(({ naive }) => fixed(naive, 3))],
      [named('Excess of main over control'), ...cells(({ excess }) => (excess ? estimateText(excess, 3) : '–'))],
    ],
    1,
  )
  return html`${dataTable('Folded AUC of the three, with 95\u00a0% intervals', head, body, 1)}
<dl>${threeMeanings.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}${phases.map(
    ({ phase, row }) => html`<div><dt>Strongest ${phases.length > 1 ? phase : ''}</dt>\
<dd>${attackName(row)}</dd></div>`,
  )}</dl>
`
}
