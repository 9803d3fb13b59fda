/** @file Attacks on each table for each target, judged together. */

import type { Matrix } from '@indistinct/core'
import type { AttackTarget } from './attack-target.ts'
import { attackTarget, type AttackRun } from './run-attacks.ts'
import { judgedParts, jointVerdict, partTitles, type JointVerdict, type PartAudit } from './joint-verdict.ts'

/** The audit of each part, and what they say together. */
export interface Judged {
  readonly parts: readonly PartAudit[]
  readonly joint: JointVerdict
}

export interface PartsRun extends Pick<AttackRun, 'battery' | 'log'> {
  /** Names an audit, of a part where there are several. */
  readonly label: (part?: string) => string
}

/** Attacks each of `tables` (N, K each) for each of `targets`. */
export async function attackParts(
  tables: readonly { readonly name: string; readonly matrix: Matrix }[],
  targets: readonly AttackTarget[],
  { battery, log, label }: PartsRun,
): Promise<Judged> {
  const places = tables.flatMap(({ name, matrix }) =>
    targets.map((target) => ({ table: name, attribute: target.attribute, matrix, target })),
  )
  const { titles } = partTitles(places)
  const each: PartAudit[] = []
  for (const [at, { table, attribute, matrix, target }] of places.entries()) {
    const named = label(places.length === 1 ? undefined : titles[at])
    const result = await attackTarget(matrix, target, { battery, log, label: named, parts: places.length })
    each.push({ table, attribute, result })
  }
  const parts = judgedParts(each)
  return { parts, joint: jointVerdict(parts) }
}
