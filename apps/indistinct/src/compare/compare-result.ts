/** @file The result of `compare`: as JSON, as a report, and in words. */

import { jsonText, writeFiles, type Json } from '@indistinct/core'
import { comparisonFigure, comparisonHtml } from '@indistinct/report'
import { attributeSummary, labelLine } from '../inputs/table-inputs.ts'
import { writingFiles } from '../terminal/signals.ts'
import { printable } from '../terminal/text-table.ts'
import { versions } from '../outputs/provenance.ts'
import { comparisonTable } from './comparison-table.ts'
import type { Compared } from './compared.ts'

/** Writes the files that were asked for. */
export async function writeCompared(compared: Compared): Promise<void> {
  const { request, data } = compared
  const { out, report, force } = request
  await writingFiles(async () => {
    const page = report === undefined ? '' : /\.svg$/i.test(report) ? comparisonFigure(data).svg : comparisonHtml(data)
    writeFiles(
      [
        [out, comparedJson(compared)],
        [report, page],
      ],
      { replace: force },
    )
  })
}

/** The result for --json and --out. */
export function comparedJson({ request, inputs, files, data }: Compared): string {
  const record = {
    schema: 'indistinct/compare/1',
    attribute: attributeSummary(inputs) as unknown as Json,
    unmatched: inputs.unmatched,
    neighbours: data.neighbours,
    methods: JSON.parse(JSON.stringify(data.rows)) as Json,
    seed: request.seed,
    warnings: inputs.warnings,
    input: { ...files },
    versions: versions(),
  }
  return jsonText(record, 2)
}

/** The result in words. */
export function comparedText({ inputs, data }: Compared): string {
  return `${printable(labelLine(attributeSummary(inputs), inputs.unmatched))}\n\n${comparisonTable(data)}`
}
