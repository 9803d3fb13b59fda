/** @file A table that scrolls sideways by itself on a narrow screen, instead of the page. */

import { html, type Content, type Markup } from '../markup.ts'

/**
 * Beyond six columns, intervals go below their figures.
 * @param caption read out, and printed above the table where it does not scroll away
 * @param head column names
 * @param rows cells; the first `names` of each row are its heading, the others are figures
 * @param layout `stacked` where cells have a line for each phase
 */
export function dataTable(
  caption: string,
  head: readonly Content[],
  rows: readonly (readonly Content[])[],
  names: number,
  layout?: 'stacked',
): Markup {
  const style = layout ?? (head.length > 6 ? 'dense' : undefined)
  return html`<p class="caption">${caption}</p>
<div class="scroll" tabindex="0" role="region" aria-label="${caption}">\
<table${style !== undefined && html` class="${style}"`} aria-label="${caption}">
<thead><tr>${head.map((name, i) => html`<th scope="col"${i >= names && html` class="figure"`}>${name}</th>`)}</tr>\
</thead>
<tbody>${rows.map(
    (
      row,
    ) => html`<tr>${row.map((cell, i) => (i < names ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}\
</tr>
`,
  )}</tbody></table></div>
`
}

/** The lines of a cell of a stacked table. */
export function phaseLines(before: Content, after: Content): Markup {
  return html`<span class="phase">${before}</span> <span class="phase">${after}</span>`
}

/** Columns whose cells are all empty say nothing: keeps those that hold something, in head and rows alike. */
export function dropEmptyColumns(
  head: readonly Content[],
  rows: readonly (readonly Content[])[],
  names: number,
): { head: Content[]; rows: Content[][]; names: number } {
  const kept = head.map((_, i) => rows.some((row) => row[i] !== undefined && row[i] !== ''))
  const keep = <T>(cells: readonly T[]): T[] => cells.filter((_, i) => kept[i])
  return { head: keep(head), rows: rows.map((row) => keep(row)), names: kept.slice(0, names).filter(Boolean).length }
}
