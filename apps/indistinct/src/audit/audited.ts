/** @file The attacks of `audit`, what the tables add to what is held, and whether the gate lets them pass. */

import type { Log } from '../terminal/log.ts'
import { attackParts, type Judged } from './attacked-parts.ts'
import { labelsTarget } from './attack-targets.ts'
import type { AuditInputs } from './audit-inputs.ts'
import { compareWithHeld, type HeldComparison } from './held-by-attacker.ts'

/** What --gate compared. */
export interface GateOutcome {
  readonly limit: number
  readonly upperBound: number
  readonly passed: boolean
  /** Whether the table adds to what the attacker holds beside it. */
  readonly adds: boolean
}

export interface Audited extends AuditInputs, Judged {
  /** Where the attacker holds more than the tables. */
  readonly comparison?: HeldComparison | undefined
  readonly gate?: GateOutcome | undefined
}

export async function attackedInputs(read: AuditInputs, log: Log): Promise<Audited> {
  const { request, inputs, tables, targets, held } = read
  const label = (part?: string): string => (part === undefined ? 'audit' : `audit of ${part}`)
  const judged = await attackParts(tables, targets, { battery: request, log, label })
  const own = tables.filter(({ source }) => source).map(({ matrix }) => matrix)
  const comparison =
    held.length === 0 ? undefined : await compareWithHeld(held, own, labelsTarget(inputs), inputs.labels, request.seed)
  return { ...read, ...judged, comparison, gate: gateOf(request.gate, judged, comparison) }
}

function gateOf(
  limit: number | undefined,
  { joint: { upperBound } }: Judged,
  comparison: HeldComparison | undefined,
): GateOutcome | undefined {
  if (limit === undefined) return undefined
  const adds = comparison?.check.worse === true
  return { limit, upperBound, adds, passed: upperBound <= limit && !adds }
}
