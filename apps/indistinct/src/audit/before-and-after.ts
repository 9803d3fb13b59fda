/**
 * @file The attacks of `unlearn --audit`: on tables as they were and as they are, for everything that is to be hidden.
 */

import type { Json, Matrix } from '@indistinct/core'
import type { SeededBattery } from './attack-battery.ts'
import type { AttackTarget } from './attack-target.ts'
import { attackParts, type Judged } from './attacked-parts.ts'
import { partsJson, type AuditedSection } from './audit-report.ts'
import { withInterval } from './attack-tables.ts'
import { partTitles } from './joint-verdict.ts'
import type { Log } from '../terminal/log.ts'
import { printable, textTable } from '../terminal/text-table.ts'

export interface BeforeAndAfter {
  readonly before: Judged
  readonly after: Judged
}

/** A table as it was and as it is, both (N, K), users in the order of the labels. */
export interface ChangedTable {
  readonly name: string
  readonly before: Matrix
  readonly after: Matrix
}

/** Attacks each of `tables` for each of `targets`, before and after. */
export async function attackBeforeAndAfter(
  tables: readonly ChangedTable[],
  targets: readonly AttackTarget[],
  battery: SeededBattery,
  log: Log,
): Promise<BeforeAndAfter> {
  const attacked = (phase: 'before' | 'after'): Promise<Judged> =>
    attackParts(
      tables.map((table) => ({ name: table.name, matrix: table[phase] })),
      targets,
      { battery, log, label: (part) => `audit ${phase}${part === undefined ? '' : `, ${part}`}` },
    )
  return { before: await attacked('before'), after: await attacked('after') }
}

/** The attacks of each part, for the report. */
export function sectionsOf({ before, after }: BeforeAndAfter): AuditedSection[] {
  return before.parts.map(({ result, ...part }, t) => ({
    ...part,
    audits: { before: result, after: after.parts[t]!.result },
    correctedP: { before: before.joint.correctedP[t]!, after: after.joint.correctedP[t]! },
  }))
}

export function beforeAndAfterJson({ before, after }: BeforeAndAfter): { readonly [name: string]: Json } {
  return { before: partsJson(before.parts, before.joint), after: partsJson(after.parts, after.joint) }
}

/** Both verdicts; of several parts a row each too. */
export function beforeAndAfterText({ before, after }: BeforeAndAfter): string {
  const verdicts = `Before: ${printable(before.joint.verdict)}\nAfter: ${printable(after.joint.verdict)}\n`
  if (before.parts.length === 1) return verdicts
  const { titles } = partTitles(before.parts)
  const cells = ({ parts, joint }: Judged, t: number): [string, string] => {
    const { result } = parts[t]!
    const { attacker, protocol, input } = result.strongest
    const attacks: readonly (typeof result.attacks)[number][] = result.attacks
    const strongest = attacks.find(
      (attack) => attack.attacker === attacker && attack.protocol === protocol && attack.input === input,
    )!
    return [
      `${withInterval(strongest.foldedAuc)} ${attacker}, ${protocol}`,
      Math.min(...joint.correctedP[t]!).toFixed(3),
    ]
  }
  const rows = titles.map((title, t) => {
    const [[was, pBefore], [is, pAfter]] = [cells(before, t), cells(after, t)]
    return [title, was, is, pBefore, pAfter]
  })
  const head = ['attacked', 'folded AUC before', 'after', 'least p corrected before', 'after']
  return `${verdicts}${textTable(head, rows)}`
}
