/** @file What the audits of several tables say together. */

import type { AttackName, AuditResult } from '@indistinct/attackers'

export interface TableAudit {
  readonly table: string
  readonly result: AuditResult
}

export interface JointVerdict {
  /** Whether an attack on any of the tables stands out after correction for all attacks on all of them. */
  readonly leak: boolean
  /** The largest upper bound of the folded AUC, which a gate compares, and its attack. */
  readonly upperBound: number
  readonly worst: AttackName & { readonly table: string }
  /** The table that gives most away: the largest folded AUC among attacks that stand out, among all where none does. */
  readonly strongest: AttackName & { readonly table: string }
  /** Corrected p of each attack of each table, as given, times the number of tables (Bonferroni). */
  readonly correctedP: readonly (readonly number[])[]
  readonly smallestDetectable: number
  readonly verdict: string
}

/** One table's verdict is its own; of several the worst is named, and what stands out is corrected for their number. */
export function jointVerdict(audits: readonly TableAudit[]): JointVerdict {
  const correctedP = audits.map(({ result }) => result.correctedP.map((p) => Math.min(1, p * audits.length)))
  const strengths = audits.map(({ result }, t) => {
    const standsOut = result.attacks.filter((_, a) => correctedP[t]![a]! <= 0.05)
    const attacks = standsOut.length > 0 ? standsOut : result.attacks
    const most = attacks.reduce((best, attack) => (attack.foldedAuc.value > best.foldedAuc.value ? attack : best))
    return { leak: standsOut.length > 0, attack: most }
  })
  const leak = strengths.some((each) => each.leak)
  const candidates = strengths.map((each, t) => ({ ...each, t })).filter((each) => each.leak === leak)
  const { attack, t } = candidates.reduce((best, each) => (each.attack.foldedAuc.value > best.attack.foldedAuc.value ? each : best))
  const widest = audits.reduce((best, each) => (each.result.upperBound > best.result.upperBound ? each : best))
  const smallestDetectable = Math.min(...audits.map(({ result }) => result.smallestDetectable))
  const strongest = { table: audits[t]!.table, attacker: attack.attacker, protocol: attack.protocol, input: attack.input }
  const common = { leak, upperBound: widest.result.upperBound, worst: { table: widest.table, ...widest.result.worst }, strongest, correctedP, smallestDetectable }
  if (audits.length === 1) return { ...common, verdict: audits[0]!.result.verdict }
  const figure = `${attack.foldedAuc.value.toFixed(3)} (95 % interval ${attack.foldedAuc.lower.toFixed(3)} to ${attack.foldedAuc.upper.toFixed(3)})`
  const by = `${strongest.attacker} on ${strongest.input} input (${strongest.protocol})`
  const verdict = leak
    ? `The attacks we ran found a leak, and ${strongest.table} gives most away: ${by} reaches a folded AUC of ${figure}.`
    : `The attacks we ran found no leak that stands out on any of ${audits.length - 1} tables or on all of them joined; the largest folded AUC is ${figure}, by ${by} on ${strongest.table}, ` +
      `and the largest upper 95 % bound ${common.upperBound.toFixed(3)}, on ${widest.table}. A folded AUC below ${smallestDetectable.toFixed(3)} may well have gone unseen.`
  return { ...common, verdict }
}
