/** @file An audit, or one before and one after unlearning, as the report and JSON results have it. */

import type { Json } from '@indistinct/core'
import {
  meanPredictions,
  protocols,
  type AttackResult,
  type AuditResult,
  type Estimate,
  type RegressionAttackResult,
  type SplitScores,
} from '@indistinct/attackers'
import { rocCurve, truePositiveRateAt } from '@indistinct/metrics'
import { xgbEngine } from '@indistinct/xgboost'
import {
  attackerName,
  protocolName,
  type AttackFigures,
  type AttackRow,
  type ReportData,
  type RocCurve,
  type ThreatModel,
  type UserMapOptions,
} from '@indistinct/report'
import { attackers } from './attack-battery.ts'
import { labelsTarget } from './attack-targets.ts'
import { isRegression, type TargetAudit } from './attack-target.ts'
import { partTitles, type JointVerdict, type PartAudit } from './joint-verdict.ts'
import type { TableInputs } from '../inputs/table-inputs.ts'

/** Versions that the figures of audits depend on, beyond those of this program. */
export function attackVersions(audits: readonly Pick<PartAudit, 'result'>[]): { readonly xgboost?: string } {
  const attackers = audits.flatMap(({ result }) => result.attacks.map(({ attacker }) => attacker))
  if (!attackers.some((attacker) => attacker === 'forest' || attacker.startsWith('xgb'))) return {}
  const { engine, version } = xgbEngine()
  return { xgboost: `${version} (${engine})` }
}

export interface Audits {
  readonly before: TargetAudit
  readonly after?: TargetAudit
}

/** What was attacked with its audits, and p of each of its attacks corrected for all parts, where they are several. */
export interface AuditedSection {
  readonly table: string
  readonly attribute: string
  readonly audits: Audits
  readonly correctedP?: { readonly before: readonly number[]; readonly after?: readonly number[] }
}

type Sections = Pick<ReportData, 'attacks' | 'roc' | 'threatModel' | 'smallestLeak' | 'limits' | 'margin'>

/** The sections of a report that attacks fill: on several tables of the same users, or for several attributes. */
export function severalSections(sections: readonly AuditedSection[]): Sections {
  const { several } = partTitles(sections)
  // The report has a column for the table, and none for the attribute.
  const titles = sections.map(({ table, attribute }) => (several.attributes ? `${table}: ${attribute}` : table))
  const judged = sections.map(({ audits }) => audits.after ?? audits.before)
  const attacks = sections.flatMap(({ audits: { before, after }, correctedP }, t) =>
    before.attacks.map((attack, a): AttackRow => {
      const again = after?.attacks[a]
      const scored = scoredUsers(attack)
      return {
        ...nameOf(attack, titles[t]!),
        before: figures(attack, (correctedP?.before ?? before.correctedP)[a]!, before.q[a]!),
        ...(after && again && { after: figures(again, (correctedP?.after ?? after.correctedP)[a]!, after.q[a]!) }),
        ...(scored && { scored }),
      }
    }),
  )
  const roc = sections.flatMap(({ audits: { before, after } }, t) =>
    isRegression(before) || before.classes.length > 2
      ? []
      : before.attacks.map((attack, a): RocCurve => {
          const again = (after as AuditResult | undefined)?.attacks[a]
          return {
            ...nameOf(attack, titles[t]!),
            before: meanRoc(attack.splits),
            ...(again && { after: meanRoc(again.splits) }),
          }
        }),
  )
  return {
    attacks,
    roc,
    margin: judged[0]!.margin,
    threatModel: threatModel(sections),
    smallestLeak: Math.min(...judged.map(({ smallestDetectable }) => smallestDetectable)),
    limits: [
      ...(judged.some((audit) => !isRegression(audit) && audit.classes.length > 2)
        ? [
            'With more than two labels an AUC is the mean over labels, each against the others; ROC curves are ' +
              'left out.',
          ]
        : []),
      ...(judged.some(isRegression)
        ? [
            'The AUC of a number is the share of pairs of users with different values whose predictions are in ' +
              'the order of the values.',
          ]
        : []),
      ...(sections.length > 1
        ? [
            `p corrected is corrected for the attacks on all ${several.attributes ? 'parts' : 'tables'}; q is of ` +
              `each ${several.attributes ? 'part' : 'table'} by itself.`,
          ]
        : []),
    ],
  }
}

/**
 * What the strongest attack on the labels of `inputs` takes each user of `table` for, as a second way to colour users,
 * -1 where it scored nobody; nothing where those labels were not attacked.
 */
export function predictions(
  sections: readonly AuditedSection[],
  table: string,
  inputs: TableInputs,
): Pick<UserMapOptions, 'predictions'> {
  const section = sections.find((each) => each.table === table && each.attribute === labelsTarget(inputs))
  if (!section || isRegression(section.audits.before)) return {}
  const { before, after } = section.audits
  const { attacker, protocol, input } = before.strongest
  const codesIn = (result: AuditResult): Int32Array => {
    const attack = result.attacks.find(
      (each) => each.attacker === attacker && each.protocol === protocol && each.input === input,
    )!
    return meanPredictions(attack.splits, attack.classes.length, inputs.table.matrix.rows)
  }
  return {
    predictions: {
      name: `prediction of ${attackerName(attacker)} (${protocolName(protocol)}, ${input})`,
      before: codesIn(before),
      ...(after && { after: codesIn(after as AuditResult) }),
    },
  }
}

/**
 * Audits as plain JSON, without the scores of each user: one alone as it is, several by table and attribute with what
 * they say together.
 */
export function partsJson(audits: readonly PartAudit[], joint: JointVerdict): { readonly [name: string]: Json } {
  if (audits.length === 1) return auditJson(audits[0]!.result)
  const tables = audits.map(({ table, attribute, result }, t) => ({
    table,
    attribute,
    ...auditJson(result),
    correctedP: [...joint.correctedP[t]!],
  }))
  const { leak, upperBound, worst, strongest, smallestDetectable, verdict } = joint
  return { leak, upperBound, worst: { ...worst }, strongest: { ...strongest }, smallestDetectable, verdict, tables }
}

function auditJson({ attacks, deviations: _, ...rest }: TargetAudit): { readonly [name: string]: Json } {
  const plain = attacks.map(({ splits: _splits, ...attack }) => attack)
  return JSON.parse(JSON.stringify({ ...rest, attacks: plain })) as { [name: string]: Json }
}

type AnyAttack = AttackResult | RegressionAttackResult

function nameOf(
  { attacker, protocol, input }: AnyAttack,
  table: string,
): Pick<AttackRow, 'table' | 'attacker' | 'protocol' | 'input'> {
  return { table, attacker, protocol, input }
}

function figures(attack: AnyAttack, correctedP: number, q: number): AttackFigures {
  const {
    auc,
    foldedAuc,
    permutation: { p, chance, critical },
  } = attack
  const control = { value: chance, high: Math.min(1, critical) }
  const common = { auc: interval(auc), foldedAuc: interval(foldedAuc), control, p, correctedP, q }
  if (!('perClass' in attack)) return common
  const [atHundredth, atThousandth] = [0.01, 0.001].map((rate) =>
    attack.lowRates.find(({ falsePositiveRate, resolved }) => resolved && falsePositiveRate === rate),
  )
  return {
    ...common,
    balancedAccuracy: interval(attack.balancedAccuracy),
    accuracy: interval(attack.accuracy),
    precision: interval(attack.precision),
    recall: interval(attack.recall),
    ...(atHundredth?.resolved && { truePositivesAt1: interval(atHundredth) }),
    ...(atThousandth?.resolved && { truePositivesAtTenth: interval(atThousandth) }),
  }
}

function interval({ value, lower, upper }: Estimate): { value: number; low: number; high: number } {
  return { value, low: lower, high: upper }
}

/** Different users of each of two classes that were scored. */
function scoredUsers(attack: AnyAttack): [number, number] | undefined {
  if (!('perClass' in attack) || attack.classes.length !== 2) return undefined
  const { splits } = attack
  const seen = [new Set<number>(), new Set<number>()] as const
  for (const { users, codes } of splits) users.forEach((user, i) => seen[codes[i] as 0 | 1].add(user))
  return [seen[0].size, seen[1].size]
}

/** The curve of one split, the second label being the positive one. */
function curveOf({ probabilities, codes }: SplitScores): ReturnType<typeof rocCurve> {
  return rocCurve(
    Float32Array.from({ length: codes.length }, (_, i) => probabilities.data[2 * i + 1]!),
    codes,
  )
}

/**
 * The mean over splits of the true positive rate at each percent of false positives: their scores have no common scale.
 */
function meanRoc(splits: readonly SplitScores[]): [number, number][] {
  const curves = splits.map(curveOf)
  const points = Array.from({ length: 101 }, (_, percent): [number, number] => [
    percent / 100,
    mean(curves.map((curve) => truePositiveRateAt(curve, percent / 100))),
  ])
  return [[0, 0], ...points]
}

function threatModel(sections: readonly AuditedSection[]): ThreatModel {
  const all = sections.flatMap(({ audits }): AnyAttack[] => [...audits.before.attacks])
  const names = <Key extends 'attacker' | 'protocol' | 'input'>(key: Key): AnyAttack[Key][] => [
    ...new Set(all.map((attack) => attack[key])),
  ]
  const paper = all.find(({ protocol }) => protocol === 'paper') ?? all[0]!
  const attributes = [...new Set(sections.map(({ attribute }) => attribute))]
  const numbers = sections.some(({ audits }) => isRegression(audits.before))
  return {
    sees: [
      new Set(sections.map(({ table }) => table)).size === 1
        ? 'the table of user embeddings, one row a user'
        : 'each of the tables of user embeddings, one row a user, and all of them joined',
      ...attributes.map((attribute) => `the ${attribute} of the users whose labels it knows`),
    ],
    shadow: { users: paper.shadowUsers, share: paper.shadowUsers / paper.labelled },
    balance:
      'every label drawn to equal size, in training and in ' +
      `scoring${numbers ? '; of a number, all users who have one' : ''}`,
    attackers: names('attacker').map((name) => ({
      name,
      ...(attackers[name] && { description: attackers[name].description }),
    })),
    protocols: names('protocol').map((name) => ({ name, description: protocols[name].description })),
    inputs: names('input'),
    retrained: sections[0]!.audits.after !== undefined,
    repeats: paper.repeats,
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
