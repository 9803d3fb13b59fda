/**
 * @file How classes are told apart: a colour-blind safe hue (Okabe and Ito), and beside it a dash or a mark, so that
 * nothing depends on colour alone.
 */

import { count } from './format-number.ts'
import { html, shorten, type Markup } from '../markup.ts'

/** Classes drawn by themselves; the others are drawn together. The style sheet defines k0 to k6. */
export const drawnClasses = 6

/** CSS class for class `code`; -1 is "no class". */
export function classColour(code: number): string {
  return code < 0 ? 'k-none' : `k${Math.min(code, drawnClasses)}`
}

const dashes = ['none', '5 3', '1.5 2.5', '8 3 2 3', '10 4', '3 3', '1 4']

export function classDash(code: number): string {
  return dashes[Math.min(Math.max(code, 0), drawnClasses)]!
}

/** A mark centred on the pen position: a dot, a cross, a bar, … in path commands relative to (x, y). */
export function classMark(code: number, x: string, y: string): string {
  switch (code < 0 ? 0 : code % 4) {
    case 0:
      return `M${x} ${y}h0`
    case 1:
      return `M${x} ${y}m-2.4-2.4l4.8 4.8m0-4.8l-4.8 4.8`
    case 2:
      return `M${x} ${y}m-3 0h6`
    default:
      return `M${x} ${y}m0-3v6`
  }
}

/** CSS class of a mark: dots are wide round strokes, the other marks thin ones. */
export function markStyle(code: number): string {
  return code < 0 || code % 4 === 0 ? 'dot' : 'mark'
}

/** Names the classes beside a sample of their line or mark. */
export function classLegend(
  classes: readonly { name: string; users?: number; code?: number }[],
  sample: 'line' | 'mark',
): Markup {
  return html`<p class="legend">${classes.map(({ name, users, code: given }, index) => {
    const code = given ?? index
    const drawn =
      sample === 'line'
        ? html`<path class="line ${classColour(code)}" stroke-dasharray="${classDash(code)}" d="M1 6h24"/>`
        : html`<path class="${markStyle(code)} ${classColour(code)}" d="${classMark(code, '13', '6')}"/>`
    return html`<span><svg class="key" width="26" height="12" aria-hidden="true">${drawn}\
</svg> ${shorten(name, 40)}${users !== undefined && ` (${count(users)})`}</span> `
  })}</p>`
}

/** Names before and after beside a sample of what the figure draws: lines, or points on their intervals. */
export function phaseLegend(sample: 'line' | 'point' = 'line'): Markup {
  const drawn = (phase: string): Markup =>
    sample === 'line'
      ? html`<path class="line ${phase}" d="M1 6h24"/>`
      : html`<line class="whisker ${phase}" x1="1" x2="25" y1="6" y2="6"/>\
<circle class="point ${phase}" cx="13" cy="6" r="4"/>`
  const key = (phase: string, name: string): Markup =>
    html`<span><svg class="key" width="26" height="12" aria-hidden="true">${drawn(phase)}</svg> ${name}</span> `
  return html`<p class="legend">${key('before', 'before unlearning')}${key('after', 'after unlearning')}</p>`
}
