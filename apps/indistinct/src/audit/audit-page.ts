/** @file The report of `audit`: all attacks; pictures of the table that gives most away. */

import { lengthFifths } from '@indistinct/attackers'
import { counted, writeFileAtomic, type Matrix } from '@indistinct/core'
import {
  mapUsers,
  reportHtml,
  tellingDimensions,
  verdictOf,
  type FilingData,
  type ReportData,
} from '@indistinct/report'
import { layersOf, unbounded } from '../certify/layers.ts'
import { exportedFiles } from '../filing/filing-options.ts'
import { attributeSummary, reportHashes } from '../inputs/table-inputs.ts'
import { writingFiles } from '#signals'
import { commandLine, versions } from '../outputs/provenance.ts'
import { attackVersions, predictions, severalSections } from './audit-report.ts'
import { exposed, labelGroups } from './exposed-users.ts'
import type { Audited } from './audited.ts'
import { scopeLine, withoutHeld } from './held-by-attacker.ts'

/** Writes the report, and what --export asks for, where they were asked for. */
export async function writeAuditReport(audited: Audited, filing: FilingData | undefined): Promise<void> {
  const { report, force, export: exports = [] } = audited.request
  if (report === undefined && exports.length === 0) return
  const data = { ...auditReport(audited), ...(filing && { filing }) }
  const files = [
    ...(report === undefined ? [] : [{ path: report, content: reportHtml(data) }]),
    ...exportedFiles(data, exports),
  ]
  await writingFiles(async () => {
    for (const { path, content } of files) writeFileAtomic(path, content, { replace: force })
  })
}

function auditReport(audited: Audited): ReportData {
  const { request, inputs, tables, also: alsoLabels, targets, parts, joint, held, comparison, files } = audited
  const { seed, attribute, also = [], gate } = request
  const matrixOf = (table: string): Matrix => tables.find(({ name }) => name === table)!.matrix
  const matrix = matrixOf(joint.strongest.table)
  const audits = parts.map(({ result, ...part }, t) => ({
    ...part,
    audits: { before: result },
    correctedP: { before: joint.correctedP[t]! },
  }))
  const sections = severalSections(audits)
  const asked = gate === undefined ? {} : { gate }
  const added = comparison ? [comparison.sentence] : []
  const several = tables.length > 1
  const sizes = several
    ? tables.map((each) => `${each.name} (K = ${each.matrix.cols})`).join(', ')
    : `K = ${matrix.cols}`
  return {
    title:
      `Audit of ${[attribute, ...also].join(', ')} in ` +
      `${several ? `${tables.length - 1} tables` : tables[0]!.name}`,
    subject: `${counted(matrix.rows, 'user')}, ${sizes}`,
    attribute: attributeSummary(inputs),
    ...(also.length > 0 && { also }),
    warnings: inputs.warnings,
    ...sections,
    ...exposed(audits, (table) => [...lengthFifths(matrixOf(table)), ...labelGroups(alsoLabels?.labels)]),
    layers: layersOf([unbounded], [verdictOf({ ...sections, ...asked }).sentence, ...added], [], held.length > 0),
    limits: [
      scopeLine(held, withoutHeld(inputs, targets)),
      ...added,
      ...(sections.limits ?? []),
      ...(several
        ? [`Figures of dimensions and users show ${joint.strongest.table}, where an attack was strongest.`]
        : []),
    ],
    histograms: tellingDimensions(matrix, undefined, inputs.labels),
    scatter: mapUsers(matrix, undefined, inputs.labels, {
      seed,
      ...predictions(audits, joint.strongest.table, inputs),
    }),
    provenance: {
      seed,
      command: commandLine(),
      hashes: reportHashes(files),
      versions: { ...versions(), ...attackVersions(parts) },
    },
    ...asked,
  }
}
