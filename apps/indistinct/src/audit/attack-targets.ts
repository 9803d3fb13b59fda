/**
 * @file What an audit attacks of the users of one table: labels, a number and its quarters, further attributes and
 * where they meet.
 */

import { classCounts, counted, usageError, type Labels } from '@indistinct/core'
import { namedAttackers, regressionBattery } from '@indistinct/attackers'
import { intersection } from '@indistinct/unlearners'
import { attackersOf } from './attack-battery.ts'
import type { TableInputs } from '../inputs/table-inputs.ts'
import type { AttackTarget } from './attack-target.ts'

export interface AttackTargets {
  readonly targets: readonly AttackTarget[]
  /** What a reader of the result should know. */
  readonly warnings: readonly string[]
}

/** Fewest users of a label: what the protocol `paper` needs, and of a cell as `calibratedFlowJoint` merges them. */
const leastUsers = 20

/**
 * The attribute of `inputs`, as a number too where it is one; each of `also`; and the cells of all of them.
 * @throws IndistinctError 'usage' where the attackers that were asked for fit nothing of it.
 */
export function attackTargets(
  inputs: TableInputs,
  attackers: readonly string[] | undefined,
  also: Readonly<Record<string, Labels>> = {},
): AttackTargets {
  const {
    values,
    labels,
    column: { name },
  } = inputs
  const asked = (known: object): boolean =>
    attackers === undefined || attackersOf(attackers).some((attacker) => Object.hasOwn(known, attacker))
  const ofNumbers = attackers?.find((attacker) => Object.hasOwn(regressionBattery, attacker))
  if (!values && ofNumbers !== undefined)
    throw usageError(
      `--attackers: ${ofNumbers} attacks a number, and ${name} has labels; add --continuous where it is one, or ` +
        `leave ${ofNumbers} out`,
    )
  if (Object.keys(also).length > 0 && !asked(namedAttackers))
    throw usageError(`--attackers: expected one for labels beside ${attackers!.join(', ')}, since --also has labels`)
  const targets: AttackTarget[] = []
  const warnings: string[] = []
  if (values && asked(regressionBattery)) targets.push({ attribute: name, values })
  if (!asked(namedAttackers)) return { targets, warnings }
  targets.push({ attribute: labelsTarget(inputs), labels })
  for (const [attribute, further] of Object.entries(also)) {
    const small = classCounts(further).filter((count) => count > 0 && count < leastUsers).length
    const merged = small > 0 ? intersection({ [attribute]: further }, leastUsers) : further
    if (merged.classes.length > 1) targets.push({ attribute, labels: merged })
    if (small > 0)
      warnings.push(
        `${attribute}: ${counted(small, 'label')} with fewer than ${leastUsers} users ` +
          `${merged.classes.length > 1 ? 'attacked as one' : 'leaving nothing to attack'}`,
      )
  }
  if (Object.keys(also).length === 0) return { targets, warnings }
  const cells = intersection({ [name]: labels, ...also }, leastUsers)
  if (cells.classes.length > 1) targets.push({ attribute: [name, ...Object.keys(also)].join(' & '), labels: cells })
  return { targets, warnings }
}

/** Name of the target that has the labels of `inputs`. */
export function labelsTarget({ values, column: { name } }: TableInputs): string {
  return values ? `quarters of ${name}` : name
}
