/** @file The result of `audit`: as JSON, and in words. */

import type { Json } from '@indistinct/core'
import { attributeSummary, labelLine } from '../inputs/table-inputs.ts'
import { versions } from '../outputs/provenance.ts'
import { attackVersions, partsJson } from './audit-report.ts'
import { auditText } from './audit-text.ts'
import type { Audited } from './audited.ts'
import { heldJson, heldText, scopeLine, withoutHeld } from './held-by-attacker.ts'

/** The result for --json. */
export function auditJson({ inputs, also, parts, joint, comparison, gate, files }: Audited): {
  readonly [name: string]: Json
} {
  return {
    schema: 'indistinct/audit/2',
    ...partsJson(parts, joint),
    attribute: attributeSummary(inputs) as unknown as Json,
    ...(also && { also: [...also.summaries] }),
    unmatched: inputs.unmatched,
    ...(inputs.sampledOf !== undefined && { sample: { users: inputs.table.matrix.rows, of: inputs.sampledOf } }),
    warnings: inputs.warnings,
    input: { ...files },
    versions: { ...versions(), ...attackVersions(parts) },
    ...(comparison && { with: heldJson(comparison) }),
    attackerHolds: comparison ? 'history' : 'tables',
    ...(gate && { gate: { ...gate } }),
  }
}

/** The result in words. */
export function auditResultText(audited: Audited): string {
  const { inputs, also, targets, held, comparison } = audited
  const scope = scopeLine(held, withoutHeld(inputs, targets))
  const labels = [labelLine(attributeSummary(inputs), inputs.unmatched), ...(also?.lines ?? []), scope]
  return `${auditText(audited, labels)}${comparison ? `\n${heldText(comparison)}` : ''}`
}
