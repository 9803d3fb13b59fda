/** @file The result of `certify` for --json. */

import { basename } from 'node:path'
import type { Certificate } from '@indistinct/attackers'
import type { Json, Labels, StagedFile } from '@indistinct/core'
import type { LayersData } from '@indistinct/report'
import { attackVersions, partsJson } from '../audit/audit-report.ts'
import type { JointVerdict, PartAudit } from '../audit/joint-verdict.ts'
import { attributeSummary, inputFiles, type TableInputs } from '../inputs/table-inputs.ts'
import { versions } from '../outputs/provenance.ts'
import type { CertifyArguments } from './certify-options.ts'
import type { MadeFrom } from './made-from.ts'

/** What --gate compared. */
export interface CertifyGate {
  readonly limit: number
  readonly bound?: number
  readonly passed: boolean
}

/** What was found, and what was written of it. */
export interface Certified {
  readonly layers: LayersData
  readonly written: readonly StagedFile[]
  readonly certificate?: Certificate
  readonly attacks?: { readonly audits: readonly PartAudit[]; readonly joint: JointVerdict }
  readonly gate?: CertifyGate
}

export function certifyRecord(
  args: CertifyArguments,
  inputs: TableInputs,
  made: MadeFrom,
  { layers, written, certificate, attacks, gate }: Certified,
): { readonly [name: string]: Json } {
  const labels: Labels = made.kind === 'drawn' ? inputs.labels : made.labels
  return {
    schema: 'indistinct/certify/1',
    attribute: attributeSummary({ ...inputs, labels }) as unknown as Json,
    madeFrom: made.kind === 'drawn' ? { kind: made.kind } : { kind: made.kind, left: made.left, words: made.words },
    layers: {
      boundedOrExact: {
        exact: made.kind === 'drawn',
        ...(certificate && {
          bounds: JSON.parse(JSON.stringify(certificate.bounds)) as Json,
          confidence: args.confidence,
          users: certificate.users,
          setAside: certificate.setAside,
          vectors: certificate.vectors,
        }),
        words: [...layers.bounded],
      },
      found: { ...(attacks ? partsJson(attacks.audits, attacks.joint) : { attacks: [] }), words: [...layers.found] },
      notTested: [...layers.notTested],
    },
    seed: args.seed,
    warnings: [...inputs.warnings],
    input: inputFiles(args, inputs),
    output: Object.fromEntries(written.map(({ path, sha256 }) => [basename(path), sha256])),
    versions: { ...versions(), ...(attacks && attackVersions(attacks.audits)) },
    ...(gate && { gate: { ...gate } }),
  }
}
