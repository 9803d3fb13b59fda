/** @file Lists of a page: of points, of terms, of warnings. */

import { html, type Content, type Markup } from '../markup.ts'

/** A definition list of the items that have content. */
export function termList(items: readonly (readonly [Content, Content])[]): Markup {
  const filled = items.filter(([, content]) => content !== undefined && content !== false && content !== '')
  return html`<dl>${filled.map(
    ([term, content]) => html`<div><dt>${term}</dt><dd>${content}</dd></div>
`,
  )}</dl>
`
}

/** Points; nothing where there are none. */
export function list(items: readonly Content[]): Content {
  return items.length > 0 && html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`
}

/** What a reader should know before the figures; nothing where there is nothing. */
export function warningsSection(warnings: readonly string[] = []): Content {
  return (
    warnings.length > 0 && html`<section id="warnings" class="warnings"><h2>Warnings</h2>${list(warnings)}</section>`
  )
}
