/** @file Figures of attacks and of evaluation in the form that the report takes. */

import { counted } from '@indistinct/core'
import { testsTogether } from '@indistinct/metrics'
import {
  exposureData,
  type AttackFigures,
  type AttackRow,
  type BeforeAfter,
  type Estimate,
  type ExposureData,
  type RocCurve,
  type ThreatModel,
  type UtilityRow,
} from '@indistinct/report'
import type { StoredAttack, UtilityFigure } from '../store/results.ts'

type Interval = { readonly value: number; readonly lower: number; readonly upper: number }

/**
 * A row for each attack, before beside after; p is corrected for all attacks of its side.
 * @param outside which of `before` are on what outsiders see
 */
export function attackRows(
  before: readonly StoredAttack[],
  after: readonly StoredAttack[],
  outside: readonly StoredAttack[] = [],
): AttackRow[] {
  const corrected = new Map(
    [before, after].flatMap((attacks) => {
      if (attacks.length === 0) return []
      const p = testsTogether(
        attacks.map(({ deviations, permutation }) => ({ ...deviations, refitted: permutation.refitRepeats > 0 })),
      ).correctedP
      return attacks.map((attack, a) => [attack, p[a]!] as const)
    }),
  )
  return before.map((attack) => {
    const other = counterpart(attack, after)
    const { table, attacker, protocol, input, scored } = attack
    return {
      table,
      attacker,
      protocol,
      input,
      ...(outside.includes(attack) && { outside: true }),
      ...(scored.length === 2 && { scored: [scored[0]!, scored[1]!] as const }),
      before: figuresOf(attack, corrected.get(attack)!),
      ...(other && { after: figuresOf(other, corrected.get(other)!) }),
    }
  })
}

/**
 * ROC curves of the protocol that gives the attacker the most labels; those of all would be one curve after another.
 */
export function rocCurves(before: readonly StoredAttack[], after: readonly StoredAttack[]): RocCurve[] {
  const most = Math.max(...before.map((attack) => attack.shadowUsers))
  return before
    .filter((attack) => attack.roc && attack.shadowUsers === most)
    .map((attack) => {
      const { table, attacker, protocol, input, roc } = attack
      const other = counterpart(attack, after)?.roc
      return { table, attacker, protocol, input, before: roc!, ...(other && { after: other }) }
    })
}

/**
 * What these attacks assume.
 * @param observed what the rows of each table are that is made from what outsiders see
 */
export function threatModel(
  attribute: string,
  attacks: readonly StoredAttack[],
  observed: readonly string[] = [],
): ThreatModel {
  const names = (of: (attack: StoredAttack) => string): string[] => [...new Set(attacks.map(of))]
  return {
    sees: [
      'the whole table of user embeddings, one row a user',
      ...observed.map((text) => `or, without any embedding, ${text}`),
      `the ${attribute} of the users whose labels it knows`,
    ],
    balance: 'classes drawn to equal size, in training and in scoring',
    attackers: names((attack) => attack.attacker).map((name) => ({ name })),
    protocols: names((attack) => attack.protocol).map((name) => {
      const { protocolDescription, repeats, shadowUsers } = attacks.find((attack) => attack.protocol === name)!
      return {
        name,
        description: `${protocolDescription}; ${shadowUsers} users known, ${counted(repeats, 'draw')} of ` + 'users',
      }
    }),
    inputs: names((attack) => attack.input),
    retrained: true,
  }
}

/** Who is most exposed by the strongest of the attacks on tables of users, before and after. */
export function exposures(
  before: readonly StoredAttack[],
  after: readonly StoredAttack[],
): BeforeAfter<ExposureData> | undefined {
  const strongest = (attacks: readonly StoredAttack[]): ExposureData | undefined => {
    if (attacks.length === 0) return undefined
    const attack = attacks.reduce((best, each) => (each.foldedAuc.value > best.foldedAuc.value ? each : best))
    return exposureData(attack, attack.exposure)
  }
  const [was, is] = [strongest(before), strongest(after)]
  return was && { before: was, ...(is && { after: is }) }
}

/** A row for each metric, cutoff, definition and group, before beside after. */
export function utilityRows(before: readonly UtilityFigure[], after: readonly UtilityFigure[]): UtilityRow[] {
  return before.map((figure) => {
    const { metric, k, definition, group, users } = figure
    const other = after.find(
      (each) => each.metric === metric && each.k === k && each.definition === definition && each.group === group,
    )
    return {
      metric,
      k,
      definition,
      users,
      ...(group !== undefined && { group }),
      before: estimateOf(figure),
      ...(other && { after: estimateOf(other) }),
      ...(other?.change && { change: estimateOf(other.change) }),
    }
  })
}

function counterpart(attack: StoredAttack, others: readonly StoredAttack[]): StoredAttack | undefined {
  return others.find(
    ({ table, attacker, protocol, input }) =>
      table === attack.table && attacker === attack.attacker && protocol === attack.protocol && input === attack.input,
  )
}

function figuresOf(attack: StoredAttack, correctedP: number): AttackFigures {
  const [atHundredth, atThousandth] = [0.01, 0.001].map((rate) =>
    attack.lowRates.find(({ falsePositiveRate, resolved }) => resolved && falsePositiveRate === rate),
  )
  return {
    auc: estimateOf(attack.auc),
    foldedAuc: estimateOf(attack.foldedAuc),
    balancedAccuracy: estimateOf(attack.balancedAccuracy),
    accuracy: estimateOf(attack.accuracy),
    precision: estimateOf(attack.precision),
    recall: estimateOf(attack.recall),
    ...(atHundredth?.resolved && { truePositivesAt1: estimateOf(atHundredth) }),
    ...(atThousandth?.resolved && { truePositivesAtTenth: estimateOf(atThousandth) }),
    control: { value: attack.permutation.chance, high: Math.min(1, attack.permutation.critical) },
    p: attack.permutation.p,
    correctedP,
  }
}

function estimateOf({ value, lower, upper }: Interval): Estimate {
  return { value, low: lower, high: upper }
}
