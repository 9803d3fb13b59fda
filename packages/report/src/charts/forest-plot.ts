/**
 * @file Forest plot of folded AUC: one row an attack, with its interval before and after unlearning. A row is text and
 * a strip of SVG whose horizontal positions are percentages, so that it fits a phone without shrinking its text.
 */

import { phaseLegend } from './class-colours.ts'
import { estimateText, fixed } from './format-number.ts'
import { attackName, foldedAuc } from '../leak.ts'
import { linearScale, ticks } from './linear-scale.ts'
import { html, shorten, type Content, type Markup } from '../markup.ts'
import type { AttackRow, Estimate } from '../report-data.ts'

/**
 * Draws `rows` with a line at 0.5 and a dashed one at the gate: in groups by table and protocol, or, where their order
 * is by leak, each with its whole name.
 */
export function forestPlot(
  rows: readonly AttackRow[],
  gate?: number,
  naming: 'grouped' | 'whole' = 'grouped',
): Markup | undefined {
  const drawn = rows
    .map((row) => ({ row, before: row.before && foldedAuc(row.before), after: row.after && foldedAuc(row.after) }))
    .filter(({ before, after }) => before ?? after)
  if (drawn.length === 0) return undefined
  const both = drawn.some(({ before }) => before) && drawn.some(({ after }) => after)
  const values = drawn
    .flatMap(({ before, after }) => [before, after])
    .flatMap((e) => (e ? [e.value, e.low ?? e.value, e.high ?? e.value] : []))
  // Ends on multiples of 0.05, with some air; never narrower than 0.5 to 0.6, or noise would look like a leak.
  const low = Math.max(0, Math.floor(Math.min(0.5, ...values) * 20 - 0.2) / 20)
  const high = Math.min(1, Math.ceil(Math.max(0.6, gate ?? 0.5, ...values) * 20 + 0.2) / 20)
  const scale = linearScale([low, high], [2, 98])
  const x = (value: number): string => `${Math.round(scale(value) * 100) / 100}%`
  const marks = ticks([low, high], 5)
  const verticals = (height: number): Content => [
    marks.values.map((v) => html`<line class="grid" x1="${x(v)}" x2="${x(v)}" y1="0" y2="${height}"/>`),
    html`<line class="chance" x1="${x(0.5)}" x2="${x(0.5)}" y1="0" y2="${height}"/>`,
    gate !== undefined && html`<line class="gate" x1="${x(gate)}" x2="${x(gate)}" y1="0" y2="${height}"/>`,
  ]

  const lines: Markup[] = []
  let group = ''
  for (const { row, before, after } of drawn) {
    const heading = [row.table, row.protocol].filter((part) => part !== undefined).join(', ')
    if (naming === 'grouped' && heading !== group) lines.push(html`<p class="group">${shorten(heading, 80)}</p>`)
    group = heading
    const details = [row.table, row.protocol, row.input].filter((part) => part !== undefined).join(', ')
    const name =
      naming === 'grouped'
        ? shorten([row.attacker, row.input].filter((part) => part !== undefined).join(', '), 60)
        : html`${shorten(row.attacker, 40)}<span class="definition"> ${shorten(details, 80)}</span>`
    const estimates = [before, after].flatMap((e) => (e ? [e] : []))
    const height = both ? 30 : 24
    const whiskers = [
      before && whisker(before, 'before', both ? 10 : 12, x),
      after && whisker(after, 'after', both ? 20 : 12, x),
    ]
    lines.push(html`<div class="attack"><span>${name}</span><svg width="100%" height="${height}" role="img">\
<title>${attackName(row)}: ${estimates.map((e) => estimateText(e, 3)).join(' before, ')}${before && after && ' after'}\
</title>${verticals(height)}${whiskers}</svg>\
<span class="numbers">${estimates.map((e) => fixed(e.value, 3)).join(' → ')}</span></div>
`)
  }
  const tickMarks = marks.values.map(
    (v) => html`<line class="grid" x1="${x(v)}" x2="${x(v)}" y1="0" y2="5"/>\
<text class="tick" x="${x(v)}" y="17" text-anchor="middle">${fixed(v, marks.digits)}</text>`,
  )
  const axis = html`<div class="attack" aria-hidden="true"><span></span><svg width="100%" height="36">${tickMarks}\
<text class="axis-label" x="50%" y="33" text-anchor="middle">folded AUC</text></svg><span></span></div>`
  const limit = gate !== undefined && `, the dashed line the limit asked about, ${fixed(gate, 3)}`
  return html`<figure class="forest">${both && phaseLegend('point')}
${lines}${axis}
<figcaption>Folded AUC with its 95\u00a0% interval. The solid line at 0.5 is chance${limit}.</figcaption></figure>
`
}

function whisker(
  { value, low, high }: Estimate,
  phase: 'before' | 'after',
  y: number,
  x: (value: number) => string,
): Markup {
  const bar =
    low !== undefined &&
    high !== undefined &&
    html`<line class="whisker ${phase}" x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}"/>`
  return html`${bar}<circle class="point ${phase}" cx="${x(value)}" cy="${y}" r="4"/>`
}
