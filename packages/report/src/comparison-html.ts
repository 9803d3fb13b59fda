/** @file Methods side by side on one page: what each still gives away, what it costs, and which no other betters. */

import { attributeLine } from './sections/attribute-line.ts'
import { dataTable, dropEmptyColumns } from './sections/data-table.ts'
import { estimateText, fixed } from './charts/format-number.ts'
import { html, type Content } from './markup.ts'
import { htmlPage } from './page.ts'
import { paretoFigure } from './figures/pareto-figure.ts'
import { provenanceSection } from './sections/provenance-section.ts'
import type { AttributeSummary, Estimate, Provenance } from './report-data.ts'
import { list, warningsSection } from './sections/lists.ts'

export interface ComparisonData {
  readonly title: string
  readonly subject?: string
  readonly attribute?: AttributeSummary
  readonly warnings?: readonly string[]
  readonly rows: readonly ComparisonRow[]
  /** Users among whose nearest `kept` is counted. */
  readonly neighbours: number
  readonly provenance?: Provenance
  readonly gate?: number
}

/** What one method did; a failed one has a reason in place of figures. */
export interface ComparisonRow {
  readonly name: string
  readonly failure?: string
  /** Folded AUC of the worst attack, up to the upper bound of all. */
  readonly leak?: Estimate
  /** The attack that it is of. */
  readonly attack?: string
  /** AUC of that attack before it is folded: below one half, the table was made more alike than chance makes it. */
  readonly auc?: number
  /** Share of each user's nearest that stayed, by distance. */
  readonly kept?: Estimate
  /** Mean distance moved, in spreads of the table. */
  readonly displacement?: number
  readonly ndcg?: Estimate
  readonly seconds?: number
  readonly passes?: number
}

/** Renders the comparison as a self-contained document; equal data give equal bytes. */
export function comparisonHtml(data: ComparisonData): string {
  const { title, subject, attribute, warnings, rows, provenance } = data
  const {
    head,
    rows: cells,
    names,
  } = dropEmptyColumns(
    [
      'Method',
      'Worst attack',
      'Folded AUC',
      'AUC',
      `Of ${data.neighbours} nearest users kept`,
      'Moved, in spreads',
      'NDCG@10',
      'Seconds',
      'Passes',
    ],
    rows
      .filter(({ failure }) => failure === undefined)
      .map((row): Content[] => [
        row.name,
        row.attack,
        row.leak && estimateText(row.leak, 3),
        row.auc === undefined ? undefined : fixed(row.auc, 3),
        row.kept && estimateText(row.kept, 3),
        row.displacement === undefined ? undefined : fixed(row.displacement, 3),
        row.ndcg && estimateText(row.ndcg, 4),
        row.seconds === undefined ? undefined : fixed(row.seconds, 2),
        row.passes === undefined ? undefined : String(row.passes),
      ]),
    2,
  )
  const failed = rows.filter(({ failure }) => failure !== undefined)
  return htmlPage(
    title,
    html`<header><h1>${title}</h1>
${subject !== undefined && html`<p class="subject">${subject}</p>`}${attribute && attributeLine(attribute)}</header>
<main>${warningsSection(warnings)}
<section id="methods"><h2>Methods</h2>
${dataTable('Methods, each fitted to the whole table and attacked anew', head, cells, names)}
${failed.length > 0 && html`<h3>Failed</h3>${list(failed.map(({ name, failure }) => `${name}: ${failure}`))}`}
<p class="note">A folded AUC of 0.5 is chance; the largest of several attacks lies above it even where there is \
nothing to find. Its upper end is the largest 95 % bound of all attacks. Seconds are of this run on this machine.</p>\
</section>
<section id="pareto"><h2>Leak against loss</h2>
${comparisonFigure(data).markup}</section>
${
  provenance &&
  html`<section id="provenance"><h2>How to repeat this</h2>
${provenanceSection(provenance)}</section>`
}</main>`,
  )
}

/** The figure of the page: NDCG lost where there are interactions, neighbours lost otherwise. */
export function comparisonFigure({ rows, gate, neighbours }: ComparisonData): ReturnType<typeof paretoFigure> {
  const original = rows.find(({ ndcg }) => ndcg)?.ndcg
  const points = rows.flatMap(({ name, leak, kept, ndcg }) => {
    const loss = original ? ndcg && { value: original.value - ndcg.value } : kept && lost(kept)
    return leak && loss ? [{ name, leak, loss }] : []
  })
  return paretoFigure({
    title: 'Leak against loss',
    points,
    lossAxis: original ? 'NDCG@10 lost' : `share of the ${neighbours} nearest users lost`,
    ...(gate !== undefined && { gate }),
  })
}

function lost({ value, low, high }: Estimate): Estimate {
  return { value: 1 - value, ...(high !== undefined && { low: 1 - high }), ...(low !== undefined && { high: 1 - low }) }
}
