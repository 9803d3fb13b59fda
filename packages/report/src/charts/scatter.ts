/** @file Users as points in two dimensions, before and after unlearning, coloured by label or by prediction. */

import { counted } from '@indistinct/core'
import { classColour, classLegend, classMark, markStyle } from './class-colours.ts'
import { count } from './format-number.ts'
import { html, type Content, type Markup } from '../markup.ts'
import type { Scale } from './linear-scale.ts'
import { at, figure, panel } from './panel.ts'
import type { ScatterData } from '../report-data.ts'

/** Draws each colouring before and after, all panels in one frame that leaves far outliers out and counts them. */
export function scatterFigure(data: ScatterData): Markup {
  const { before, after } = data.points
  const all = [...(before ?? []), ...(after ?? [])]
  const frame = [spanOf(all.map((p) => p[0])), spanOf(all.map((p) => p[1]))] as const
  const inside = (p: readonly [number, number]): boolean =>
    p.every((v, axis) => v >= frame[axis]![0] && v <= frame[axis]![1])
  const outside = all.filter((p) => !inside(p)).length
  const phases = [
    ['before', before],
    ['after', after],
  ] as const
  const panels = data.colourings.flatMap((colouring, index) =>
    phases.flatMap(([phase, points]) => {
      const codes = colouring[phase]
      if (!points || !codes) return []
      const title = `${colouring.name}${before && after ? `, ${phase}` : ''}`
      const svg = panel(
        {
          id: `scatter-${index}-${phase}`,
          title: `Users by ${title}`,
          description:
            `${counted(points.length, 'user', count(points.length))} on a map (${data.projection}), coloured by ` +
            `${colouring.name}: ` +
            `${colouring.classes.join(', ')}.`,
          x: { domain: frame[0] },
          y: { domain: frame[1] },
          square: true,
          bare: true,
        },
        (x, y) => pointMarks(points, codes, inside, x, y),
      )
      return [{ heading: `by ${title}`, svg }]
    }),
  )
  const drawn = (before ?? after ?? []).length
  const sample = data.seed !== undefined && `, drawn by seed ${data.seed}`
  const tables =
    before && after
      ? 'of each table; the one after is turned to lie as near to the one before as it can'
      : 'of the table'
  const beyond = outside > 0 && ` ${outside === 1 ? '1 point lies' : `${count(outside)} points lie`} outside the frame.`
  const caption = html`${count(drawn)} of ${count(data.users)} labelled users${sample}, on a map (${data.projection}) \
${tables}. Users who are close on a map are close in the table; distances between far ones, and directions, mean \
nothing.${beyond} Classes that overlap on a map may be apart in other directions: the attacks, not this picture, say \
what can be found out.`
  return figure(panels, caption, classLegend(legendOf(data), 'mark'), before && after ? 'paired' : undefined)
}

/** Points as strokes, in slices of the classes by turns, so that no class hides another. */
export function pointMarks(
  points: readonly (readonly [number, number])[],
  codes: readonly number[],
  inside: (p: readonly [number, number]) => boolean,
  x: Scale,
  y: Scale,
): Content {
  const slices = 8
  const size = Math.ceil(points.length / slices)
  const out: Markup[] = []
  for (let from = 0; from < points.length; from += size) {
    const paths = new Map<number, string>()
    for (let i = from; i < Math.min(points.length, from + size); i++) {
      if (!inside(points[i]!)) continue
      const code = codes[i] ?? -1
      paths.set(code, (paths.get(code) ?? '') + classMark(code, at(x(points[i]![0])), at(y(points[i]![1]))))
    }
    for (const [code, path] of [...paths].sort(([a], [b]) => a - b))
      out.push(html`<path class="${markStyle(code)} ${classColour(code)}" d="${path}"/>`)
  }
  return out
}

function legendOf(data: ScatterData): { name: string; code: number }[] {
  const classes = data.colourings[0]?.classes ?? []
  const codes = data.colourings.flatMap((c) => [...(c.before ?? []), ...(c.after ?? [])])
  const missing = codes.some((code) => code < 0)
  return [...classes.map((name, code) => ({ name, code })), ...(missing ? [{ name: 'not scored', code: -1 }] : [])]
}

/** The middle 99 % of the values and a margin; a span of one value gets a width. */
function spanOf(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1]
  const sorted = Float64Array.from(values).sort()
  const low = sorted[Math.floor((sorted.length - 1) * 0.005)]!
  const high = sorted[Math.ceil((sorted.length - 1) * 0.995)]!
  const margin = (high - low) * 0.08 || 1
  return [low - margin, high + margin]
}
