/** @file Who is most exposed by the strongest attack on labels, before and after: groups of users for the report. */

import { exposureOf, type AttackResult, type UserGroup } from '@indistinct/attackers'
import type { Labels } from '@indistinct/core'
import { exposureData, type BeforeAfter, type ExposureData } from '@indistinct/report'
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

/**
 * Of the attack with the largest folded AUC of each phase; nothing where labels were not attacked.
 * @param groupsOf groups of users by the table that the attack was on
 */
export function exposed(
  sections: readonly AuditedSection[],
  groupsOf: (table: string) => readonly UserGroup[],
): { exposure?: BeforeAfter<ExposureData> } {
  const { several } = partTitles(sections)
  const strongestIn = (phase: 'before' | 'after'): ExposureData | undefined => {
    let most: { attack: AttackResult; table: string; title: string } | undefined
    for (const { table, attribute, audits } of sections) {
      const result = audits[phase]
      if (!result || isRegression(result)) continue
      for (const attack of result.attacks)
        if (!most || attack.foldedAuc.value > most.attack.foldedAuc.value)
          most = { attack, table, title: several.attributes ? `${table}: ${attribute}` : table }
    }
    return most && exposureData({ ...most.attack, table: most.title }, exposureOf(most.attack, groupsOf(most.table)))
  }
  const [before, after] = [strongestIn('before'), strongestIn('after')]
  if (!before) return {}
  return { exposure: { before, ...(after && { after }) } }
}
