/** @file The files of `certify`: the table of codes and the report. */

import { basename } from 'node:path'
import type { Certificate } from '@indistinct/attackers'
import { commitFiles, counted, stageFile, type Labels, type StagedFile } from '@indistinct/core'
import { stageTable, tableFiles, tableFor, withMatrix, type EmbeddingTable } from '@indistinct/embeddings'
import { reportHtml, type LayersData } from '@indistinct/report'
import { attackVersions, severalSections } from '../audit/audit-report.ts'
import type { PartAudit } from '../audit/joint-verdict.ts'
import { attributeSummary, inputFiles, reportHashes, type TableInputs } from '../inputs/table-inputs.ts'
import { writingFiles } from '../terminal/signals.ts'
import { checkOutputs } from '../outputs/output-files.ts'
import { commandLine, versions } from '../outputs/provenance.ts'
import type { CertifyArguments } from './certify-options.ts'

/** What is written: labels are those of the users certified. */
interface WrittenCertificate {
  readonly matrix: Certificate['table']
  readonly labels: Labels
  readonly layers: LayersData
  readonly audits?: readonly PartAudit[]
}

/** The table of codes and the report, both or neither. */
export async function writeCertified(
  args: CertifyArguments,
  inputs: TableInputs,
  { matrix, labels, layers, audits }: WrittenCertificate,
): Promise<StagedFile[]> {
  const { out, report, force } = args
  return writingFiles(async () => {
    const files: StagedFile[] = []
    try {
      if (out !== undefined) {
        // Digits beyond float32 are each user's own, and would tell users of one code apart.
        const source = Object.fromEntries(
          Object.entries(inputs.table).filter(([key]) => key !== 'exact'),
        ) as unknown as EmbeddingTable
        checkOutputs(tableFiles(out, source), [args.table], force)
        files.push(...stageTable(out, withMatrix(tableFor(out, source), matrix), { force }))
      }
      if (report !== undefined)
        files.push(stageFile(report, pageOf(args, { ...inputs, labels }, layers, audits), { replace: force }))
      commitFiles(files)
      return files
    } finally {
      for (const file of files) file.discard()
    }
  })
}

function pageOf(
  args: CertifyArguments,
  inputs: TableInputs,
  layers: LayersData,
  audits: readonly PartAudit[] | undefined,
): string {
  const sections =
    audits && severalSections(audits.map(({ result, ...part }) => ({ ...part, audits: { before: result } })))
  return reportHtml({
    title: `Certificate of ${args.attribute} in ${basename(args.table)}`,
    subject: `${counted(inputs.table.matrix.rows, 'user')}, K = ${inputs.table.matrix.cols}`,
    attribute: attributeSummary(inputs),
    warnings: inputs.warnings,
    layers,
    ...sections,
    provenance: {
      seed: args.seed,
      command: commandLine(),
      hashes: reportHashes(inputFiles(args, inputs)),
      versions: { ...versions(), ...(audits && attackVersions(audits)) },
    },
  })
}
