/** @file The growth table as a figure: time and memory over the number of users, both axes logarithmic. */

import type { Extra } from './bench.ts'

const width = 860
const height = 396
const panel = { left: 56, top: 34, width: 340, height: 270 }
/** After Okabe and Ito, told apart by colour-blind readers; dashes tell them apart in grey. */
const styles = [
  ['#0072b2', ''],
  ['#3d3d8f', ''],
  ['#6b7280', ''],
  ['#d55e00', '5 4'],
  ['#008560', '5 4'],
  ['#d55e00', ''],
  ['#008560', ''],
] as const

/** Whether a table has what the figure shows. */
export function isDrawn({ columns }: Extra): boolean {
  return columns.includes('MB at peak')
}

/** A standalone SVG of the columns `work`, `N`, `seconds` and `MB at peak`. */
export function growthPlot({ columns, rows }: Extra): string {
  const column = (name: string): number => {
    const at = columns.indexOf(name)
    if (at < 0) throw new RangeError(`growthPlot: expected a column ${name}, got ${columns.join(', ')}`)
    return at
  }
  const [work, size] = [column('work'), column('N')]
  const works = [...new Set(rows.map((row) => String(row[work])))]
  const draw = (left: number, name: string, title: string): string => {
    const y = column(name)
    const series = works.map((each) =>
      rows.filter((row) => row[work] === each).map((row): [number, number] => [Number(row[size]), Number(row[y])]),
    )
    return logLogPanel(left, title, series)
  }
  const legend = works.map((name, w) => {
    const [x, y] = [panel.left + (w % 3) * 270, height - 46 + Math.floor(w / 3) * 18]
    const [colour, dash] = styles[w % styles.length]!
    return (
      `<path d="M${x} ${y - 4}h24" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/><text ` +
      `x="${x + 30}" y="${y}">${escape(name)}</text>`
    )
  })
  const font = 'font-family="system-ui, sans-serif" font-size="11"'
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" ${font}>
<title>Time and memory over the number of users</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${draw(panel.left, 'seconds', 'seconds')}
${draw(panel.left + panel.width + 90, 'MB at peak', 'peak memory, MB')}
<g fill="none">${legend.join('')}</g>
</svg>
`.replaceAll('<text', '<text fill="#1c2126"')
}

function logLogPanel(left: number, title: string, series: readonly (readonly [number, number])[][]): string {
  const points = series.flat()
  const decades = (values: number[]): [number, number] => {
    const from = Math.floor(Math.log10(Math.min(...values)))
    return [from, Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))))]
  }
  const [x0, x1] = decades(points.map(([x]) => x))
  const [y0, y1] = decades(points.map(([, y]) => y))
  const bottom = panel.top + panel.height
  const at = (x: number, y: number): string => {
    const px = left + ((Math.log10(x) - x0) / (x1 - x0)) * panel.width
    const py = bottom - ((Math.log10(y) - y0) / (y1 - y0)) * panel.height
    return `${px.toFixed(1)} ${py.toFixed(1)}`
  }
  const parts = [`<text x="${left}" y="${panel.top - 14}" font-weight="600">${escape(title)}</text>`]
  for (let d = x0; d <= x1; d++) {
    const [x] = at(10 ** d, 10 ** y0).split(' ')
    parts.push(
      `<path d="M${x} ${panel.top}V${bottom}" stroke="#d9dee3"/><text x="${x}" y="${bottom + 16}" ` +
        `text-anchor="middle">${power(d)}</text>`,
    )
  }
  for (let d = y0; d <= y1; d++) {
    const [, y] = at(10 ** x0, 10 ** d).split(' ')
    parts.push(
      `<path d="M${left} ${y}h${panel.width}" stroke="#d9dee3"/><text x="${left - 6}" y="${Number(y) + 4}" ` +
        `text-anchor="end">${power(d)}</text>`,
    )
  }
  parts.push(`<text x="${left + panel.width / 2}" y="${bottom + 32}" text-anchor="middle">users</text>`)
  series.forEach((line, s) => {
    const [colour, dash] = styles[s % styles.length]!
    if (line.length === 0) return
    parts.push(
      `<path d="M${line.map(([x, y]) => at(x, y)).join('L')}" fill="none" stroke="${colour}" stroke-width="2" ` +
        `stroke-dasharray="${dash}"/>`,
    )
    for (const [x, y] of line) parts.push(`<circle cx="${at(x, y).replace(' ', '" cy="')}" r="2.6" fill="${colour}"/>`)
  })
  return parts.join('\n')
}

function power(d: number): string {
  return Math.abs(d) <= 4
    ? (10 ** d).toLocaleString('en-GB', { maximumFractionDigits: 4 })
    : `10<tspan dy="-4" font-size="8">${d}</tspan>`
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
}
