/**
 * @file What is known of a table, in three layers: bounded or exact, found, not tested. A proof is no finding, and a
 * finding no proof.
 */

import { html, type Markup } from '../markup.ts'
import type { LayersData } from '../report-data.ts'
import { list } from './lists.ts'

/** Titles of the layers, in their order. */
export const layerTitles = { bounded: 'Bounded or exact', found: 'Found', notTested: 'Not tested' } as const

export function layersSection(layers: LayersData): Markup {
  const names = Object.keys(layerTitles) as (keyof LayersData)[]
  return html`${names.map(
    (name) => html`<h3>${layerTitles[name]}</h3>
${layers[name].length === 0 ? html`<p>Nothing.</p>` : list(layers[name])}
`,
  )}`
}
