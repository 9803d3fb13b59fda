/**
 * @file The relabellings of an audit: attacks that are to be fitted again are repeated under one relabelling after the
 * other, until further ones could not change what is found (Besag and Clifford 1991). That is so
 *
 * - once so many relabellings reached the attack that stands out most that even with none among those left its
 *   corrected p would be above the level: nothing in this family can be found any more. A finding is only ever made
 *   from all relabellings, so that its error rate is that of the full number;
 * - or once attacks with scores held fixed have found the leak already. The first look is late enough for each attack
 *   to reach the level by itself. When it takes place does not depend on what is refitted. Where nothing leaks, a false
 *   finding takes an error of what was held fixed, or one from all relabellings: half of the 5 % each.
 */

import { maxStatistic } from '@indistinct/metrics'
import { refitted, type PlannedAttack, type TaskRunner } from '../attack.ts'
import type { AttackSettings } from '../attack-result.ts'

export interface RelabelledAttack {
  readonly plan: PlannedAttack
  readonly settings: Required<AttackSettings>
  /** Deviation for the true labels, of the repeats that are refitted; asked for at the first look. */
  readonly observed: () => Promise<number>
  /** Attacks of one protocol that are run by the same share what is done with the rows of each split. */
  readonly run: TaskRunner
}

export interface RelabellingOptions<A extends RelabelledAttack = RelabelledAttack> {
  /** Most relabellings. */
  readonly most: number
  /** Share of false findings allowed to this family of attacks. */
  readonly level: number
  /** Whether relabelling ends once nothing can change; else all are run. */
  readonly sequential: boolean
  /** Whether other attacks have found a leak: asked for at the first look. */
  readonly found: () => Promise<boolean>
  /** Called with an attack's number of relabellings as they are done. */
  readonly onStep: (attack: A, relabellings: number) => void
}

/**
 * The unit of each attack's deviation still moves as relabellings are added, and p with it. With twice what is needed,
 * all of 2,000 simulated audits end as they do with all relabellings (relabelled-attacks.test.ts).
 */
const margin = 2

/** Relabellings between two looks; the first look is after twice as many, where a p of 1/40 can be reached. */
const between = 20

/** Deviations of each attack (A) under relabellings 1 to as many as were run, the same number for all. */
export async function relabelledAttacks<A extends RelabelledAttack>(
  attacks: readonly A[],
  options: RelabellingOptions<A>,
): Promise<Float64Array[]> {
  const { most, sequential, onStep } = options
  const runs = [...new Set(attacks.map(({ run }) => run))]
  const groups = new Map<string, A[]>()
  for (const attack of attacks) {
    const key = `${attack.plan.protocol} ${runs.indexOf(attack.run)}`
    groups.set(key, [...(groups.get(key) ?? []), attack])
  }
  let permuted = attacks.map(() => new Float64Array(0))
  while (permuted[0]!.length < most) {
    const before = permuted[0]!.length
    const to = sequential ? Math.min(most, before === 0 ? 2 * between : before + between) : most
    const added = new Map<A, Float64Array>()
    await Promise.all(
      [...groups.values()].map(async (group) => {
        const deviations = await refitted(group, before + 1, to + 1, group[0]!.run, (count) =>
          group.forEach((attack) => onStep(attack, count)),
        )
        group.forEach((attack, at) => added.set(attack, deviations[at]!))
      }),
    )
    permuted = permuted.map((values, a) => Float64Array.from([...values, ...added.get(attacks[a]!)!]))
    if (!sequential) continue
    const observed = await Promise.all(attacks.map((attack) => attack.observed()))
    if (settled(observed, permuted, { ...options, found: await options.found() })) break
  }
  return permuted
}

/** Whether relabellings beyond those of `permuted` (A arrays) could still change whether a leak is found. */
export function settled(
  observed: readonly number[],
  permuted: readonly Float64Array[],
  { most, level, found }: Pick<RelabellingOptions, 'most' | 'level'> & { readonly found: boolean },
): boolean {
  const m = permuted[0]!.length
  if (found) return 1 / (m + 1) <= level
  const smallest = Math.min(
    ...maxStatistic(
      observed,
      Array.from({ length: m }, (_, b) => permuted.map((values) => values[b]!)),
      level,
    ).adjusted,
  )
  // Relabellings that reached the most telling attack, the true labels counted as one.
  const reached = Math.round(smallest * (m + 1))
  return reached / (most + 1) > margin * level
}
