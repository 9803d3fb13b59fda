/** @file One small chart: a frame with axes, drawn in its own SVG so that a grid of panels reflows on a phone. */

import { fixed, significant } from './format-number.ts'
import { linearScale, ticks, type Scale } from './linear-scale.ts'
import { html, type Content, type Markup } from './markup.ts'

export interface PanelOptions {
  /** Unique on the page; made by the program, never from data. */
  readonly id: string
  /** Accessible name and description. */
  readonly title: string
  readonly description: string
  readonly x: { readonly domain: readonly [number, number]; readonly label?: string; readonly ticks?: number }
  readonly y: { readonly domain: readonly [number, number]; readonly label?: string; readonly ticks?: number; readonly percent?: boolean }
  /** Whether one unit of width and height are drawn alike. */
  readonly square?: boolean
  /** Leaves tick labels out, for axes whose numbers mean nothing. */
  readonly bare?: boolean
}

/** Draws what `plot` returns inside axes; `plot` gets the scales of both directions. */
export function panel(options: PanelOptions, plot: (x: Scale, y: Scale) => Content): Markup {
  const width = 250
  const height = options.square ? 250 : 165
  const left = options.bare ? 8 : 38
  const bottom = height - (options.bare ? 22 : options.x.label ? 36 : 22)
  const x = linearScale(options.x.domain, [left, width - 8])
  const y = linearScale(options.y.domain, [bottom, 8])
  const xTicks = ticks(options.x.domain, options.x.ticks ?? 4)
  const yTicks = ticks(options.y.domain, options.y.ticks ?? 3)
  const label = (value: number, digits: number): string => (Math.abs(value) >= 1e5 || digits > 4 ? significant(value, 2) : fixed(value, digits))
  return html`<svg class="panel" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${options.id}-t ${options.id}-d">
<title id="${options.id}-t">${options.title}</title><desc id="${options.id}-d">${options.description}</desc>
${!options.bare && html`<g class="grid">${yTicks.values.map((v) => html`<path d="M${left} ${at(y(v))}H${width - 8}"/>`)}${xTicks.values.map((v) => html`<path d="M${at(x(v))} ${bottom}v4"/>`)}</g>
<g class="tick">${xTicks.values.map((v) => html`<text x="${at(x(v))}" y="${bottom + 15}" text-anchor="middle">${label(v, xTicks.digits)}</text>`)}${yTicks.values.map((v) => html`<text x="${left - 5}" y="${at(y(v) + 4)}" text-anchor="end">${options.y.percent ? `${fixed(v * 100, Math.max(0, yTicks.digits - 2))}%` : label(v, yTicks.digits)}</text>`)}</g>`}
${options.bare && html`<rect class="frame" x="${left}" y="8" width="${width - 8 - left}" height="${bottom - 8}"/>`}
${plot(x, y)}
${!options.bare && html`<path class="axis" d="M${left} ${bottom}H${width - 8}"/>`}
${options.x.label !== undefined && html`<text class="axis-label" x="${(left + width - 8) / 2}" y="${height - 4}" text-anchor="middle">${options.x.label}</text>`}
${options.y.label !== undefined && html`<text class="axis-label" x="11" y="${(8 + bottom) / 2}" text-anchor="middle" transform="rotate(-90 11 ${(8 + bottom) / 2})">${options.y.label}</text>`}
</svg>`
}

/** A coordinate with one decimal: a tenth of a drawing unit cannot be seen. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10 + 0)
}

/**
 * A figure: panels in a reflowing grid, a legend above, a caption below. With `paired`, panels come in twos that stay
 * side by side wherever two fit.
 */
export function figure(panels: readonly { heading?: Content; svg: Markup }[], caption: Content, legend?: Markup, paired = false): Markup {
  return html`<figure>${legend}
<div class="panels${panels.length <= 2 ? ' few' : paired ? ' paired' : ''}">${panels.map((p) => html`<div>${p.heading !== undefined && html`<p class="panel-heading">${p.heading}</p>`}${p.svg}</div>`)}</div>
<figcaption>${caption}</figcaption></figure>
`
}
