/**
 * @file Figures of several panels in two forms: a file of its own for papers and documents, and markup for a page that
 * has the report's style sheet, where panels reflow.
 */

import { chartColours, standaloneRules } from '../charts/chart-style.ts'
import { html, Markup, shorten, type Content } from '../markup.ts'
import { figure, type FigureLayout } from '../charts/panel.ts'

export interface PaperFigure {
  /** A complete SVG document: no script, nothing fetched, its style confined to itself. */
  readonly svg: string
  /** The same panels as an HTML figure with its caption; needs `styleSheet` on the page. */
  readonly markup: Markup
  /** What is drawn and how to read it, as text. */
  readonly caption: string
}

export interface FigureParts {
  /** Prefix of ids, unique on the page; made by the program, never from data. */
  readonly id: string
  readonly title: string
  readonly caption: string
  readonly legend: readonly LegendEntry[]
  readonly panels: readonly FigurePanel[]
  /** Panels side by side in the SVG document. */
  readonly columns: number
  /** Width and height of every panel in the SVG document. */
  readonly size: readonly [number, number]
  /** How panels share a page. */
  readonly layout?: FigureLayout
}

export interface FigurePanel {
  readonly heading: string
  /** A second line under the heading. */
  readonly note?: string
  /** Made by `panel`. */
  readonly svg: Markup
}

export interface LegendEntry {
  readonly name: string
  /** Drawn in 26 x 12 units. */
  readonly sample: Markup
}

const scope = 'indistinct-figure'
const gap = 16
const margin = 10
// Of an average character at 12 units, on the wide side: fonts differ from machine to machine.
const characterWidth = 6.5

/** Lays out `parts` in both forms. Equal parts give equal bytes. */
export function paperFigure(parts: FigureParts): PaperFigure {
  const legend =
    parts.legend.length > 0
      ? html`<p class="legend">${parts.legend.map(
          ({ name, sample }) => html`<span>\
<svg class="key" width="26" height="12" aria-hidden="true">${sample}</svg> ${shorten(name, 40)}</span> `,
        )}</p>`
      : undefined
  const panels = parts.panels.map(({ heading, note, svg }) => ({
    heading: html`${heading}${note !== undefined && html`<span class="measure"> ${note}</span>`}`,
    svg,
  }))
  return { svg: standalone(parts), markup: figure(panels, parts.caption, legend, parts.layout), caption: parts.caption }
}

function standalone({ id, title, caption, legend, panels, columns, size: [width, height] }: FigureParts): string {
  const across = Math.max(1, Math.min(columns, panels.length))
  const total = Math.max(360, 2 * margin + across * width + (across - 1) * gap)
  const entries = legendPlaces(legend, total - 2 * margin)
  const legendHeight = entries.length > 0 ? entries.at(-1)!.y + 28 : 0
  const noted = panels.some(({ note }) => note !== undefined)
  const heading = noted ? 34 : 20
  const top = margin + legendHeight
  const rows = Math.ceil(panels.length / across)
  const bottom = top + rows * (heading + height) + Math.max(0, rows - 1) * gap + margin
  const text = (value: string): string => shorten(value, Math.floor(width / characterWidth))
  const drawn: Content = panels.map(({ heading: name, note, svg }, index) => {
    const x = margin + (index % across) * (width + gap)
    const y = top + Math.floor(index / across) * (heading + height + gap)
    return html`<text class="heading" x="${x + 8}" y="${y + 12}">${text(name)}</text>\
${note !== undefined && html`<text class="note" x="${x + 8}" y="${y + 27}">${text(note)}</text>`}\
<svg x="${x}" y="${y + heading}" width="${width}" height="${height}">${svg}</svg>
`
  })
  return html`<svg xmlns="http://www.w3.org/2000/svg" class="${scope}" width="${total}" height="${bottom}" \
viewBox="0 0 ${total} ${bottom}" role="group" aria-labelledby="${id}-title" aria-describedby="${id}-caption">
<title id="${id}-title">${title}</title><desc id="${id}-caption">${caption}</desc>
<style>${new Markup(standaloneStyle)}</style>
<rect class="sheet" width="${total}" height="${bottom}"/>
<g aria-hidden="true">${entries.map(
    ({ entry, x, y }) => html`<svg x="${margin + 8 + x}" y="${margin + y}" width="26" height="12">${entry.sample}</svg>\
<text class="key-name" x="${margin + 40 + x}" y="${margin + y + 10}">${shorten(entry.name, 40)}</text>`,
  )}</g>
${drawn}</svg>
`.text
}

const standaloneStyle = `
.${scope}{max-width:100%;height:auto;font-family:system-ui,-apple-system,"Segoe UI",Roboto,\
"Helvetica Neue",Arial,sans-serif}
.${scope} svg{overflow:visible}
.${scope} text{fill:${chartColours.text};font-size:12px}
.${scope} .heading{font-weight:600}
.${scope} text.note{fill:${chartColours.soft}}
.${scope} .sheet{fill:${chartColours.page}}
${standaloneRules(`.${scope}`)}
`

/** Legend entries in lines no wider than `width`, by estimated widths. */
function legendPlaces(legend: readonly LegendEntry[], width: number): { entry: LegendEntry; x: number; y: number }[] {
  let x = 0
  let y = 0
  return legend.map((entry) => {
    const own = 32 + [...shorten(entry.name, 40)].length * characterWidth + 22
    if (x > 0 && x + own > width) {
      x = 0
      y += 20
    }
    const place = { entry, x: Math.round(x), y }
    x += own
    return place
  })
}
