/** @file Recipients, criterion, residual risk and review: what turns figures into a record. */

import { notAssessed, residualRisk, reviewTriggers } from '../filing/filing.ts'
import { html, type Markup } from '../markup.ts'
import type { FilingData, ReportData } from '../report-data.ts'
import { list, termList } from './lists.ts'

export function filingSection(filing: FilingData, data: ReportData): Markup {
  const { recipients, criterion } = filing
  return html`${
    recipients.length > 0 &&
    html`<h3>Recipients</h3>
${termList(recipients.map(({ name, holds }) => [name, holds]))}<h3>Residual risk</h3>
${list(recipients.map((recipient) => residualRisk(data, recipient)))}
`
  }<h3>Criterion, fixed before the first attack</h3>
<p>${criterion.text}</p>
<p>SHA-256 of this criterion: <code>${criterion.sha256}</code></p>
<h3>Not assessed</h3>
${list(notAssessed)}
<h3>Review</h3>
<p>To be filled in: reviewed by, on, next review.</p>
<p>Look again, whatever the date, after</p>
${list(reviewTriggers)}
`
}
