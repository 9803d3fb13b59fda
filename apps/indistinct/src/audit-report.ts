/** @file An audit, or one before and one after unlearning, as the report and JSON results have it. */

import type { Json } from '@indistinct/core'
import { meanPredictions, protocols, type AttackResult, type AuditResult, type Estimate, type SplitScores } from '@indistinct/attackers'
import { rocCurve, truePositiveRateAt } from '@indistinct/metrics'
import { xgbEngine } from '@indistinct/xgboost'
import type { AttackFigures, AttackRow, ReportData, RocCurve, ThreatModel, UserMapOptions } from '@indistinct/report'
import { attackers } from './attack-battery.ts'

/** Versions that the figures of an audit depend on, beyond those of this program. */
export function attackVersions(result: AuditResult): { readonly xgboost?: string } {
  if (!result.attacks.some(({ attacker }) => attacker === 'xgb')) return {}
  const { engine, version } = xgbEngine()
  return { xgboost: `${version} (${engine})` }
}

export interface Audits {
  readonly before: AuditResult
  readonly after?: AuditResult
}

/** A table with its audits, and p of each of its attacks corrected for all tables, where they are several. */
export interface AuditedSection {
  readonly table: string
  readonly audits: Audits
  readonly correctedP?: readonly number[]
}

type Sections = Pick<ReportData, 'attacks' | 'roc' | 'threatModel' | 'smallestLeak' | 'limits' | 'margin'>

/** The sections of a report that attacks on one table fill. `table` names it, `attribute` what was asked. */
export function attackSections(audits: Audits, table: string, attribute: string): Sections {
  return severalSections([{ table, audits }], attribute)
}

/** The same for several tables of the same users. */
export function severalSections(sections: readonly AuditedSection[], attribute: string): Sections {
  const { audits } = sections[0]!
  const judged = audits.after ?? audits.before
  const attacks = sections.flatMap(({ table, audits, correctedP = audits.before.correctedP }) =>
    audits.before.attacks.map((before, a): AttackRow => {
      const after = audits.after?.attacks[a]
      const scored = scoredUsers(before)
      return {
        ...nameOf(before, table),
        before: figures(before, correctedP[a]!, audits.before.q[a]!),
        ...(audits.after && after && { after: figures(after, audits.after.correctedP[a]!, audits.after.q[a]!) }),
        ...(scored && { scored }),
      }
    }),
  )
  const several = judged.classes.length > 2
  const roc = sections.flatMap(({ table, audits }) =>
    several ? [] : audits.before.attacks.map((before, a): RocCurve => {
      const after = audits.after?.attacks[a]
      return { ...nameOf(before, table), before: meanRoc(before.splits), ...(after && { after: meanRoc(after.splits) }) }
    }),
  )
  return {
    attacks,
    roc,
    margin: judged.margin,
    threatModel: threatModel(audits, attribute, sections.length),
    smallestLeak: Math.min(...sections.map(({ audits }) => (audits.after ?? audits.before).smallestDetectable)),
    limits: [
      ...(several ? ['With more than two labels an AUC is the mean over labels, each against the others; ROC curves are left out.'] : []),
      ...(sections.length > 1 ? ['p corrected is multiplied by the number of tables; q is of each table by itself.'] : []),
    ],
  }
}

/** What the strongest attack takes each user for, as a second way to colour users; -1 where it scored nobody. */
export function predictions(audits: Audits, users: number): NonNullable<UserMapOptions['predictions']> {
  const { attacker, protocol, input } = audits.before.strongest
  const codesIn = (result: AuditResult): Int32Array => {
    const attack = result.attacks.find((each) => each.attacker === attacker && each.protocol === protocol && each.input === input)!
    return meanPredictions(attack.splits, attack.classes.length, users)
  }
  return { name: `prediction of ${attacker} (${protocol}, ${input})`, before: codesIn(audits.before), ...(audits.after && { after: codesIn(audits.after) }) }
}

/** An audit as plain JSON: everything but the scores of each user. */
export function auditJson(result: AuditResult): { readonly [name: string]: Json } {
  const { attacks, ...rest } = result
  return JSON.parse(JSON.stringify({ ...rest, attacks: attacks.map(({ splits: _, ...attack }) => attack) })) as { [name: string]: Json }
}

function nameOf({ attacker, protocol, input }: AttackResult, table: string): Pick<AttackRow, 'table' | 'attacker' | 'protocol' | 'input'> {
  return { table, attacker, protocol, input }
}

function figures(attack: AttackResult, correctedP: number, q: number): AttackFigures {
  const [atHundredth, atThousandth] = [0.01, 0.001].map((rate) => attack.lowRates.find(({ falsePositiveRate, resolved }) => resolved && falsePositiveRate === rate))
  return {
    auc: interval(attack.auc),
    foldedAuc: interval(attack.foldedAuc),
    balancedAccuracy: interval(attack.balancedAccuracy),
    accuracy: interval(attack.accuracy),
    precision: interval(attack.precision),
    recall: interval(attack.recall),
    p: attack.permutation.p,
    correctedP,
    q,
    ...(atHundredth?.resolved && { truePositivesAt1: interval(atHundredth) }),
    ...(atThousandth?.resolved && { truePositivesAtTenth: interval(atThousandth) }),
  }
}

function interval({ value, lower, upper }: Estimate): { value: number; low: number; high: number } {
  return { value, low: lower, high: upper }
}

/** Different users of each of two classes that were scored. */
function scoredUsers({ splits, classes }: AttackResult): [number, number] | undefined {
  if (classes.length !== 2) return undefined
  const seen = [new Set<number>(), new Set<number>()] as const
  for (const { users, codes } of splits) users.forEach((user, i) => seen[codes[i] as 0 | 1].add(user))
  return [seen[0].size, seen[1].size]
}

/** The curve of one split, the second label being the positive one. */
function curveOf({ probabilities, codes }: SplitScores): ReturnType<typeof rocCurve> {
  return rocCurve(Float32Array.from({ length: codes.length }, (_, i) => probabilities.data[2 * i + 1]!), codes)
}

/** The mean over splits of the true positive rate at each percent of false positives: their scores have no common scale. */
function meanRoc(splits: readonly SplitScores[]): [number, number][] {
  const curves = splits.map(curveOf)
  const points = Array.from({ length: 101 }, (_, percent): [number, number] => [percent / 100, mean(curves.map((curve) => truePositiveRateAt(curve, percent / 100)))])
  return [[0, 0], ...points]
}

function threatModel({ before, after }: Audits, attribute: string, tables: number): ThreatModel {
  const names = <Key extends 'attacker' | 'protocol' | 'input'>(key: Key): AttackResult[Key][] => [...new Set(before.attacks.map((attack) => attack[key]))]
  const paper = before.attacks.find(({ protocol }) => protocol === 'paper') ?? before.attacks[0]!
  return {
    sees: [tables === 1 ? 'the table of user embeddings, one row a user' : 'each of the tables of user embeddings, one row a user, and all of them joined', `the ${attribute} of the users in the shadow set`],
    shadow: { users: paper.shadowUsers, share: paper.shadowUsers / paper.labelled },
    balance: 'every label drawn to equal size, in training and in scoring',
    attackers: names('attacker').map((name) => ({ name, ...(attackers[name] && { description: attackers[name].description }) })),
    protocols: names('protocol').map((name) => ({ name, description: protocols[name].description })),
    inputs: names('input'),
    retrained: after !== undefined,
    repeats: paper.repeats,
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
