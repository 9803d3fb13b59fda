/** @file Who is most exposed by the strongest attack on labels, before and after: groups of users for the report. */

import { exposureOf, type AttackResult, type GroupExposure, type UserGroup } from '@indistinct/attackers'
import type { Labels } from '@indistinct/core'
import type { BeforeAfter, ExposedGroup, ExposureData } from '@indistinct/report'
import { isRegression } from './attack-target.ts'
import type { AuditedSection } from './audit-report.ts'
import { partTitles } from './joint-verdict.ts'

/** A group for each label of each further attribute. */
export function labelGroups(also: Readonly<Record<string, Labels>> = {}): UserGroup[] {
  return Object.entries(also).flatMap(([attribute, { classes, codes }]) =>
    classes.map((label, code) => ({
      name: `${attribute}: ${label}`,
      rows: Array.from(codes.keys()).filter((row) => codes[row] === code),
    })),
  )
}

/** Of the attack with the largest folded AUC of each phase; nothing where labels were not attacked. */
export function exposed(
  sections: readonly AuditedSection[],
  groups: readonly UserGroup[],
): { exposure?: BeforeAfter<ExposureData> } {
  const { several } = partTitles(sections)
  const strongestIn = (phase: 'before' | 'after'): ExposureData | undefined => {
    let most: { attack: AttackResult; table: string } | undefined
    for (const { table, attribute, audits } of sections) {
      const result = audits[phase]
      if (!result || isRegression(result)) continue
      for (const attack of result.attacks)
        if (!most || attack.foldedAuc.value > most.attack.foldedAuc.value)
          most = { attack, table: several.attributes ? `${table}: ${attribute}` : table }
    }
    return most && exposureData(most.attack, most.table, groups)
  }
  const [before, after] = [strongestIn('before'), strongestIn('after')]
  if (!before) return {}
  return { exposure: { before, ...(after && { after }) } }
}

function exposureData(attack: AttackResult, table: string, groups: readonly UserGroup[]): ExposureData {
  const { attacker, protocol, input } = attack
  const { largest, all, labels, groups: others, turned } = exposureOf(attack, groups)
  return {
    table,
    attacker,
    protocol,
    input,
    turned,
    largest,
    groups: [all, ...labels, ...others].map(exposedGroup),
  }
}

/** With intervals as the report has them. */
function exposedGroup({ name, users, risk, surest, auc }: GroupExposure): ExposedGroup {
  const interval = ({ value, lower, upper }: GroupExposure['risk']): ExposedGroup['risk'] => ({
    value,
    low: lower,
    high: upper,
  })
  return {
    name,
    users,
    risk: interval(risk),
    surest: { ...surest, right: interval(surest.right) },
    ...(auc && { auc: interval(auc) }),
  }
}
