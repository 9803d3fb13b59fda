/** @file ROC curves, a panel for each attack, before and after unlearning. */

import { phaseLegend } from './class-colours.ts'
import { worstRows } from '../sections/folded-rows.ts'
import { attackName } from '../leak.ts'
import type { Scale } from './linear-scale.ts'
import { html, type Markup } from '../markup.ts'
import { at, figure, panel } from './panel.ts'
import type { AttackRow, RocCurve } from '../report-data.ts'

/** Curves shown without a click. */
const curvesShown = 8

/** Draws every curve: where they are many, those of the worst attacks among `rows`, and the others folded away. */
export function rocSection(curves: readonly RocCurve[], rows: readonly AttackRow[]): Markup {
  if (curves.length <= curvesShown) return rocFigure(curves)
  const ofRow = (row: AttackRow): RocCurve | undefined => curves.find((curve) => attackName(curve) === attackName(row))
  // Not every attack has a curve.
  const worst = worstRows(rows.filter((row) => ofRow(row) !== undefined)).map((row) => ofRow(row)!)
  const others = curves.filter((curve) => !worst.includes(curve))
  if (worst.length === 0 || others.length === 0) return rocFigure(curves)
  return html`${rocFigure(worst)}<details><summary>${others.length} more curves</summary>
${rocFigure(others, worst.length)}</details>
`
}

/** Draws `curves` in panels numbered from `first`; the diagonal is an attacker who guesses. */
function rocFigure(curves: readonly RocCurve[], first = 0): Markup {
  const unlearned = curves.some((curve) => curve.after)
  // What all curves share is said once, below: headings stay on one line.
  const details = new Set(
    curves.map((curve) => [curve.protocol, curve.input].filter((text) => text !== undefined).join(', ')),
  )
  const shared = details.size === 1 ? [...details][0]! : ''
  const panels = curves.map((curve, index) => ({
    heading: shared === '' ? attackName(curve) : attackName({ table: curve.table, attacker: curve.attacker }),
    svg: panel(
      {
        id: `roc-${first + index}`,
        title: `ROC curve of ${attackName(curve)}`,
        description:
          'True positive rate against false positive ' +
          `rate${curve.before && curve.after ? ', before and after unlearning' : ''}; the diagonal is chance.`,
        x: { domain: [0, 1], label: 'false positive rate', ticks: 4 },
        y: { domain: [0, 1], label: 'true positive rate', ticks: 4 },
        square: true,
      },
      (x, y) => [
        html`<path class="chance" d="M${at(x(0))} ${at(y(0))}L${at(x(1))} ${at(y(1))}"/>`,
        curve.before && html`<path class="line before" d="${stepPath(curve.before, x, y)}"/>`,
        curve.after && html`<path class="line after" d="${stepPath(curve.after, x, y)}"/>`,
      ],
    ),
  }))
  const caption = html`${shared !== '' && `All curves: ${shared}. `}A curve on the diagonal belongs to an attacker who \
does no better than guessing. One that stays clearly below it is a leak too: that attacker has only to turn the answer \
round.`
  return figure(panels, caption, unlearned ? phaseLegend() : undefined)
}

/** The curve as a path, without the points that lie on the straight line between their neighbours once rounded. */
export function stepPath(points: readonly (readonly [number, number])[], x: Scale, y: Scale): string {
  const kept: [number, number][] = []
  for (const [fpr, tpr] of points) {
    const point: [number, number] = [Math.round(x(fpr) * 10) / 10, Math.round(y(tpr) * 10) / 10]
    const last = kept.at(-1)
    const previous = kept.at(-2)
    if (last && last[0] === point[0] && last[1] === point[1]) continue
    const vertical = last && previous && last[0] === point[0] && previous[0] === point[0]
    const horizontal = last && previous && last[1] === point[1] && previous[1] === point[1]
    if (vertical || horizontal) kept.pop()
    kept.push(point)
  }
  return kept.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${px} ${py}`).join('')
}
