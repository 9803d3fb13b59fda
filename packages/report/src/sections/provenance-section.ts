/** @file How the figures came about, to the byte: method, parameters, seed, digests, versions, command. */

import { canonicalJson } from '@indistinct/core'
import { html, type Content, type Markup } from '../markup.ts'
import type { Provenance } from '../report-data.ts'
import { termList } from './lists.ts'

/** Names are sorted, so that the order in which the caller filled its records does not show. */
export function provenanceSection(provenance: Provenance): Markup {
  const { method, parameters, seed, command, hashes, versions, facts } = provenance
  const pairs = (
    record: { readonly [name: string]: unknown } | undefined,
    value: (entry: unknown) => Content,
  ): Content =>
    record &&
    Object.keys(record).length > 0 &&
    html`<ul class="pairs">${Object.keys(record)
      .sort()
      .map((name) => html`<li>${name}: ${value(record[name])}</li>`)}</ul>`
  const code = (entry: unknown): Content => html`<code>${String(entry)}</code>`
  return html`${termList([
    ['Method', method],
    ['Parameters', parameters && pairs(parameters, (entry) => code(canonicalJson(entry as null)))],
    ['Seed', seed === undefined ? undefined : String(seed)],
    ['Run', pairs(facts, (entry) => String(entry))],
    ['Digests', pairs(hashes, code)],
    ['Versions', pairs(versions, (entry) => String(entry))],
  ])}${
    command !== undefined &&
    html`<p>This command repeats the run:</p>
<pre tabindex="0"><code>${command}</code></pre>
`
  }`
}
