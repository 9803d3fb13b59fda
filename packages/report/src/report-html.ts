/** @file The whole report as one HTML file that fetches nothing and runs nothing. */

import { attributeLine } from './sections/attribute-line.ts'
import { inWords } from './attacker-names.ts'
import { aucTable, otherMeasuresTable, truePositivesTable } from './sections/attack-tables.ts'
import { checkReport } from './check-report.ts'
import { displacementFigure } from './sections/displacement.ts'
import { exposureSection } from './sections/exposure-section.ts'
import { forestPlot } from './charts/forest-plot.ts'
import { foldedByAttacker } from './sections/folded-rows.ts'
import { fixed } from './charts/format-number.ts'
import { histogramFigure } from './charts/histogram.ts'
import { layersSection } from './sections/layers-section.ts'
import { filingSection } from './sections/filing-section.ts'
import { limitsSection } from './sections/limits-section.ts'
import { html, Markup, type Content } from './markup.ts'
import { neighbourTable } from './sections/neighbour-table.ts'
import { htmlPage } from './page.ts'
import { priceByGroupTable } from './sections/price-by-group.ts'
import { provenanceSection } from './sections/provenance-section.ts'
import type { AttackRow, ReportData } from './report-data.ts'
import { rocSection } from './charts/roc.ts'
import { scatterFigure } from './charts/scatter.ts'
import { list, warningsSection } from './sections/lists.ts'
import { threatModelSection } from './sections/threat-model-section.ts'
import { threeAttacksTable } from './sections/three-attacks.ts'
import { utilityTable } from './sections/utility-table.ts'
import { limitOf, verdictOf } from './verdict.ts'

/**
 * Renders `given` as a self-contained HTML document. Equal data gives equal bytes; a section without data is left out.
 * The content security policy of the page allows its own style sheet, by digest, and nothing else.
 * @throws RangeError naming the field, when a number is not finite or out of its range.
 */
export function reportHtml(given: ReportData): string {
  checkReport(given)
  const data = inWords(given)
  const attacks = data.attacks ?? []
  const attacked = attacks.length > 0
  const sections: [id: string, title: string, content: Content][] = [
    ['layers', 'What is known, and how', data.layers && layersSection(data.layers)],
    ['threat-model', 'Threat model', data.threatModel && threatModelSection(data.threatModel)],
    ['attacks', 'Attacks', attacked && attacksSection(data, attacks)],
    ['three-attacks', 'Main, control and naive attack', threeAttacksTable(attacks)],
    ['exposure', 'Who is most exposed', data.exposure && exposureSection(data.exposure)],
    ['true-positives', 'True positives at few false positives', truePositivesTable(attacks)],
    ['roc', 'ROC curves', data.roc && data.roc.length > 0 && rocSection(data.roc, attacks)],
    ['other-measures', 'Other measures', otherMeasuresTable(attacks)],
    [
      'dimensions',
      'Most telling dimensions',
      data.histograms && data.histograms.dimensions.length > 0 && histogramFigure(data.histograms),
    ],
    [
      'scatter',
      `Users in two dimensions${data.scatter ? ` (${data.scatter.projection})` : ''}`,
      data.scatter && scatterFigure(data.scatter),
    ],
    [
      'displacement',
      'How far users moved',
      data.displacement && data.displacement.groups.length > 0 && displacementFigure(data.displacement),
    ],
    [
      'neighbours',
      'Neighbours kept',
      data.neighbours && data.neighbours.groups.length > 0 && neighbourTable(data.neighbours),
    ],
    ['utility', 'Recommendation quality', data.utility && data.utility.length > 0 && utilityTable(data.utility)],
    ['price', 'Price by group', priceByGroupTable(data)],
    ['filing', 'For the record', data.filing && filingSection(data.filing, data)],
    ['provenance', 'How to repeat this', data.provenance && provenanceSection(data.provenance)],
    ['limits', 'Limits', limitsSection(data)],
  ]
  const present = sections.filter(
    ([, , content]) =>
      content !== undefined && content !== false && !(content instanceof Markup && content.text.trim() === ''),
  )
  const subject = data.subject !== undefined && html`<p class="subject">${data.subject}</p>`
  const body = html`<header><h1>${data.title}</h1>
${subject}${data.attribute && attributeLine(data.attribute)}</header>
<main>${attacked && verdictSection(data)}
${warningsSection(data.warnings)}
<nav aria-label="Contents"><ul>${present.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
${present.map(
  ([id, title, content]) => html`<section id="${id}"><h2>${title}</h2>
${content}</section>
`,
)}</main>`
  return htmlPage(data.title, body)
}

function attacksSection(data: ReportData, attacks: readonly AttackRow[]): Markup {
  const shown = foldedByAttacker(attacks, (rows, kind) => {
    const plot = forestPlot(rows, limitOf(data), kind === 'all' ? 'grouped' : 'whole')
    return html`${plot}${aucTable(rows)}`
  })
  return html`${shown}${foldedNote}`
}

const foldedNote = html`<p class="note">An AUC of 0.5 is chance, 1 is certainty. Below 0.5 an attacker who turns the \
answer round does better than chance, so leaks are judged by the folded AUC. A large p is no evidence of safety.</p>`

const statusNames = { leak: 'Leak found', undecided: 'Undecided', 'not-measured': 'Not measured' } as const

/** Attacks on tables of users, which unlearning changed, are judged apart from those on what outsiders see. */
function verdictSection(data: ReportData): Markup {
  const { attacks = [], gate, margin } = data
  const outside = attacks.filter((row) => row.outside)
  const inside = attacks.filter((row) => !row.outside)
  const parts =
    outside.length === 0 || inside.length === 0
      ? [{ place: '', verdict: verdictOf(data) }]
      : [
          { place: ' in the tables of users', verdict: verdictOf({ ...data, attacks: inside }) },
          {
            place: ' in what outsiders see',
            verdict: verdictOf({
              attacks: outside,
              ...(gate !== undefined && { gate }),
              ...(margin !== undefined && { margin }),
            }),
          },
        ]
  const leak = parts.some(({ verdict: { status } }) => status === 'leak')
  return html`<section id="verdict" class="verdict ${leak ? 'leak' : parts[0]!.verdict.status}"><h2>Verdict</h2>
${parts.map(
  ({ place, verdict: { status, sentence, details } }) => html`<p class="status">\
${status === 'bounded' ? `No leak above ${fixed(limitOf(data)!, 3)}` : statusNames[status]}${place}</p>
<p class="finding">${sentence}</p>
${list(details)}`,
)}</section>`
}
