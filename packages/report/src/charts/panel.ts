/** @file One small chart: a frame with axes, drawn in its own SVG so that a grid of panels reflows on a phone. */

import { fixed, significant } from './format-number.ts'
import { linearScale, ticks, type Scale } from './linear-scale.ts'
import { html, type Content, type Markup } from '../markup.ts'

export interface PanelOptions {
  /** Unique on the page; made by the program, never from data. */
  readonly id: string
  /** Accessible name and description. */
  readonly title: string
  readonly description: string
  /** `marks` are ticks with their texts, for axes that `ticks` round numbers do not suit. */
  readonly x: {
    readonly domain: readonly [number, number]
    readonly label?: string
    readonly ticks?: number
    readonly marks?: readonly { readonly value: number; readonly label: string }[]
  }
  readonly y: {
    readonly domain: readonly [number, number]
    readonly label?: string
    readonly ticks?: number
    readonly percent?: boolean
  }
  /** Width and height in drawing units (default 250 x 165, or 250 x 250 when square). */
  readonly size?: readonly [number, number]
  /** Whether one unit of width and height are drawn alike. */
  readonly square?: boolean
  /** Leaves tick labels out, for axes whose numbers mean nothing. */
  readonly bare?: boolean
}

/** Draws what `plot` returns inside axes; `plot` gets the scales of both directions. */
export function panel(options: PanelOptions, plot: (x: Scale, y: Scale) => Content): Markup {
  const [width, height] = options.size ?? [250, options.square ? 250 : 165]
  const left = options.bare ? 8 : 38
  const bottom = height - (options.x.label ? (options.bare ? 22 : 36) : options.bare ? 8 : 22)
  const x = linearScale(options.x.domain, [left, width - 8])
  const y = linearScale(options.y.domain, [bottom, 8])
  const xTicks = ticks(options.x.domain, options.x.ticks ?? 4)
  const yTicks = ticks(options.y.domain, options.y.ticks ?? 3)
  const label = (value: number, digits: number): string =>
    Math.abs(value) >= 1e5 || digits > 4 ? significant(value, 2) : fixed(value, digits)
  const xMarks = options.x.marks ?? xTicks.values.map((value) => ({ value, label: label(value, xTicks.digits) }))
  return html`<svg class="panel" viewBox="0 0 ${width} ${height}" role="img" \
aria-labelledby="${options.id}-t ${options.id}-d">
<title id="${options.id}-t">${options.title}</title><desc id="${options.id}-d">${options.description}</desc>
${
  !options.bare &&
  html`<g class="grid">${yTicks.values.map(
    (v) => html`<path d="M${left} ${at(y(v))}H${width - 8}"/>`,
  )}${xMarks.map((mark) => html`<path d="M${at(x(mark.value))} ${bottom}v4"/>`)}</g>
<g class="tick">${xMarks.map(
    (mark) => html`<text x="${at(x(mark.value))}" y="${bottom + 15}" text-anchor="middle">${mark.label}</text>`,
  )}${yTicks.values.map(
    (v) => html`<text x="${left - 5}" y="${at(y(v) + 4)}" text-anchor="end">\
${options.y.percent ? `${fixed(v * 100, Math.max(0, yTicks.digits - 2))}%` : label(v, yTicks.digits)}</text>`,
  )}</g>`
}
${options.bare && html`<rect class="frame" x="${left}" y="8" width="${width - 8 - left}" height="${bottom - 8}"/>`}
${plot(x, y)}
${!options.bare && html`<path class="axis" d="M${left} ${bottom}H${width - 8}"/>`}
${
  options.x.label !== undefined &&
  html`<text class="axis-label" x="${(left + width - 8) / 2}" y="${height - 4}" \
text-anchor="middle">${options.x.label}</text>`
}
${
  options.y.label !== undefined &&
  html`<text class="axis-label" x="11" y="${(8 + bottom) / 2}" text-anchor="middle" \
transform="rotate(-90 11 ${(8 + bottom) / 2})">${options.y.label}</text>`
}
</svg>`
}

/** A coordinate with one decimal: a tenth of a drawing unit cannot be seen. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10 + 0)
}

/**
 * How panels share the page: `paired` ones come in twos, `five` in rows of five, `large` ones in threes, `wide` ones
 * alone.
 */
export type FigureLayout = 'paired' | 'five' | 'large' | 'wide'

/** A figure: panels in a grid that reflows on narrow pages, a legend above, a caption below. */
export function figure(
  panels: readonly { heading?: Content; svg: Markup }[],
  caption: Content,
  legend?: Markup,
  layout?: FigureLayout,
): Markup {
  // One or two panels, a pair among them, get more room than a grid would give them.
  const kind = panels.length <= 2 && layout !== 'wide' && layout !== 'large' ? 'few' : layout
  return html`<figure>${legend}
<div class="panels${kind !== undefined && ` ${kind}`}">${panels.map(
    (p) => html`<div>${p.heading !== undefined && html`<p class="panel-heading">${p.heading}</p>`}${p.svg}</div>`,
  )}</div>
<figcaption>${caption}</figcaption></figure>
`
}
