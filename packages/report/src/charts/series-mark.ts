/** @file Closed shapes that tell the series of a line chart apart where colours cannot. */

import { classColour, drawnClasses } from './class-colours.ts'
import { html, type Markup } from '../markup.ts'
import { at } from './panel.ts'

const shapes = [
  'm-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0z',
  'm-3 -3h6v6h-6z',
  'm0 -4.2l3.9 6.8h-7.8z',
  'm0 -4.4l4.4 4.4l-4.4 4.4l-4.4 -4.4z',
  'm0 4.2l3.9 -6.8h-7.8z',
  'm-1.4 -4h2.8v2.6h2.6v2.8h-2.6v2.6h-2.8v-2.6h-2.6v-2.8h2.6z',
  'm-4 -2h8v4h-8z',
]

/** The mark of series `code` at (x, y) in drawing units: a hollow circle, square, triangle, … in the series' colour. */
export function seriesMark(code: number, x: number, y: number): Markup {
  const shape = shapes[Math.min(Math.max(code, 0), drawnClasses)]!
  return html`<path class="hollow ${classColour(code)}" d="M${at(x)} ${at(y)}${shape}"/>`
}
