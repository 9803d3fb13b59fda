/** @file Who is most exposed, as an attack tells it, in the form that a report has. */

import type { ExposedGroup, ExposureData } from '../report-data.ts'

/** An estimate as statistics have it. */
interface Bounded {
  readonly value: number
  readonly lower: number
  readonly upper: number
}

interface MeasuredGroup {
  readonly name: string
  readonly users: number
  readonly risk: Bounded
  readonly surest: { readonly users: number; readonly right: Bounded; readonly guess: number }
  readonly auc?: Bounded
}

/** What `exposureOf` of @indistinct/attackers gives. */
interface MeasuredExposure {
  readonly largest: number
  readonly turned: boolean
  readonly all: MeasuredGroup
  readonly labels: readonly MeasuredGroup[]
  readonly groups: readonly MeasuredGroup[]
}

/** @param attack which one it is, by the names of its table, attacker, protocol and input */
export function exposureData(
  attack: { readonly table: string; readonly attacker: string; readonly protocol: string; readonly input: string },
  { largest, turned, all, labels, groups }: MeasuredExposure,
): ExposureData {
  const { table, attacker, protocol, input } = attack
  return {
    table,
    attacker,
    protocol,
    input,
    turned,
    largest,
    groups: [all, ...labels, ...groups].map(exposedGroup),
  }
}

function exposedGroup({ name, users, risk, surest, auc }: MeasuredGroup): ExposedGroup {
  const interval = ({ value, lower, upper }: Bounded): ExposedGroup['risk'] => ({ value, low: lower, high: upper })
  return {
    name,
    users,
    risk: interval(risk),
    surest: { ...surest, right: interval(surest.right) },
    ...(auc && { auc: interval(auc) }),
  }
}
