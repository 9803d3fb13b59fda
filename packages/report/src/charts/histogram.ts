/** @file Histograms by class, as outlines that overlap: the dimensions that tell classes apart, before and after. */

import { classColour, classDash, classLegend } from './class-colours.ts'
import { fixed } from './format-number.ts'
import { html, type Content, type Markup } from '../markup.ts'
import { linearScale, type Scale } from './linear-scale.ts'
import { at, figure, panel } from './panel.ts'
import type { DimensionShape, HistogramData } from '../report-data.ts'

/** Draws each dimension before and after; both panels of a dimension share the height of their bars. */
export function histogramFigure(data: HistogramData): Markup {
  let rescaled = false
  const panels = data.dimensions.flatMap((dimension, index) => {
    const { before, after } = dimension
    const shapes = [before, after].flatMap((shape) => (shape ? [shape] : []))
    const sameRange = !before || !after || (before.from === after.from && before.to === after.to)
    if (!sameRange) rescaled = true
    // A narrower range has taller bars: heights are comparable only where ranges are.
    const top = (shape: DimensionShape): number =>
      Math.max(...(sameRange ? shapes : [shape]).flatMap((s) => s.shares.flat())) * 1.05
    return (
      [
        ['before', before],
        ['after', after],
      ] as const
    ).flatMap(([phase, shape]) =>
      shape
        ? [
            {
              heading: html`${dimension.name}${after && before && `, ${phase}`}\
<span class="measure"> KS ${fixed(shape.ks, 2)}, mean difference ${fixed(shape.meanDifference, 2)}</span>`,
              svg: shapePanel(
                `histogram-${index}-${phase}`,
                `${dimension.name}${after && before ? `, ${phase} unlearning` : ''}`,
                shape,
                top(shape),
                data,
              ),
            },
          ]
        : [],
    )
  })
  const ranges =
    rescaled &&
    ' Where a dimension spans a much wider or narrower range after unlearning, its two panels have different axes.'
  const caption = html`Share of each class in equal bins. The dimensions are those with the largest Kolmogorov-Smirnov \
distance (KS, 0 to 1) of one class against the rest; the mean difference is in standard deviations.${ranges} \
Dimensions that look alike one by one can still tell classes apart together.`
  return figure(
    panels,
    caption,
    classLegend(data.classes, 'line'),
    data.dimensions.some(({ after }) => after) ? 'paired' : undefined,
  )
}

function shapePanel(id: string, title: string, shape: DimensionShape, top: number, data: HistogramData): Markup {
  return panel(
    {
      id,
      title: `Histogram of ${title}`,
      description:
        `Distributions of ${data.classes.map((c) => c.name).join(', ')} from ${fixed(shape.from, 3)} to ` +
        `${fixed(shape.to, 3)}; Kolmogorov-Smirnov distance ${fixed(shape.ks, 3)}, standardised mean difference ` +
        `${fixed(shape.meanDifference, 3)}.`,
      x: { domain: [shape.from, shape.to] },
      y: { domain: [0, top || 1], percent: true },
    },
    (x, y) =>
      outlines(
        shape.shares.map((shares, code) => ({ shares, code })),
        [shape.from, shape.to],
        x,
        y,
      ),
  )
}

/** Step outlines of each class over equal bins of `range`, filled faintly. */
export function outlines(
  rows: readonly { shares: readonly number[]; code: number }[],
  range: readonly [number, number],
  x: Scale,
  y: Scale,
): Content {
  return rows.map(({ shares, code }) => {
    const edge = linearScale([0, shares.length], range[1] > range[0] ? range : [range[0] - 0.5, range[0] + 0.5])
    let path = `M${at(x(edge(0)))} ${at(y(0))}`
    shares.forEach((share, bin) => (path += `V${at(y(share))}H${at(x(edge(bin + 1)))}`))
    path += `V${at(y(0))}`
    return html`<path class="area ${classColour(code)}" d="${path}"/>\
<path class="line ${classColour(code)}" stroke-dasharray="${classDash(code)}" d="${path}"/>`
  })
}
