/** @file Sections of docs/reproduction.md on Figures 2 to 4. */

import { markdownTable } from '../markdown-table.ts'
import { dash } from '../reproduce/cells.ts'
import { methodTitle } from '../reproduce/method-titles.ts'
import type { Pictured } from './picture-claims.ts'

export function sweepSection(pictured: readonly Pictured[]): string[] {
  const swept = pictured.filter((each) => each.swept.length > 0)
  return [
    '## Figure 2',
    `One seed, from the committed pictures: ${links('trade-off', swept)}.`,
    ...swept.map(sweepTable),
  ]
}

export function dimensionsSection(pictured: readonly Pictured[]): string[] {
  return [
    '## Figures 3 and 4',
    'Maps of single users (Figure 3) are committed of the twin alone, whose users are made up: ' +
      `${links(
        't-sne',
        pictured.filter(({ mapped }) => mapped),
      )}. The other data may not be handed on. Claims are ` +
      'judged by the attackers’ answers. Figure 4 is judged by its dimensions’ KS distances; a KS distance is the ' +
      `largest difference of two cumulative distributions, 0 to 1. Pictures: ${links('histograms-u2u-r', pictured)} ` +
      `after U2U-R, ${links('histograms-d2d-r', pictured)} after D2D-R.`,
  ]
}

function links(figure: string, pictured: readonly Pictured[]): string {
  const folder = '../apps/experiments/results/paper/figures'
  return pictured
    .map(({ model, title }) => `[${title.replace(': ', ' ')}](${folder}/${model}-${figure}.svg)`)
    .join(', ')
}

function sweepTable({ title, swept }: Pictured): string {
  const alphas = [...new Set(swept.flatMap(({ points }) => points.map(({ alpha }) => alpha)))].sort((a, b) => a - b)
  return markdownTable(
    [`${title}, alpha`, ...alphas.map((alpha) => alpha.toExponential(0))],
    swept.map(({ method, measure, points }) => [
      `${methodTitle(method)}, ${measure}`,
      ...alphas.map((alpha) => points.find((point) => point.alpha === alpha)?.value.toFixed(3) ?? dash),
    ]),
  )
}
