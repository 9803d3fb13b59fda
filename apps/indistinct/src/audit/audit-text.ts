/** @file An audit as text on stdout: the verdict, and a row for every attack. */

import { smallestCorrectedP, type AttackResult, type RegressionAttackResult } from '@indistinct/attackers'
import type { LowRate } from '@indistinct/metrics'
import { isRegression } from './attack-target.ts'
import { partTitles, type JointVerdict, type PartAudit } from './joint-verdict.ts'
import { emphasised } from '../terminal/log.ts'
import { grouped, printable, textTable } from '../terminal/text-table.ts'

/** What --gate compared. */
export interface GateOutcome {
  readonly limit: number
  readonly upperBound: number
  readonly passed: boolean
  /** Whether the table adds to what the attacker holds beside it. */
  readonly adds?: boolean
}

/** @param labels lines that say which labels there are, and of how many users */
export function auditText(
  audits: readonly PartAudit[],
  joint: JointVerdict,
  gate: GateOutcome | undefined,
  labels: readonly string[] = [],
): string {
  const { titles, several } = partTitles(audits)
  const parts = audits.length
  const lines = [emphasised('bold', printable(joint.verdict), process.stdout)]
  if (parts > 1) lines.push(...audits.map(({ result }, t) => printable(`${titles[t]}: ${result.verdict}`)))
  if (gate) {
    const compared =
      `the upper bound of the worst attacker's folded AUC, ${three(joint.upperBound)}, is ` +
      `${joint.upperBound <= gate.limit ? 'not above' : 'above'} ` +
      `${gate.limit}${gate.adds ? ', and the table adds to what the attacker holds' : ''}`
    lines.push(`Gate ${gate.passed ? 'passed' : 'failed'}: ${compared}.`)
  }
  lines.push(...labels.map(printable))
  // Two tables, so that rows are read without a ruler; a number has measures of its own.
  const head = [...(parts > 1 ? [several.attributes ? 'of' : 'table'] : []), 'attacker', 'protocol', 'input']
  const start = ({ attacker, protocol, input }: AttackResult | RegressionAttackResult, t: number): string[] => [
    ...(parts > 1 ? [titles[t]!] : []),
    attacker,
    protocol,
    input,
  ]
  const tested = (attack: AttackResult | RegressionAttackResult, a: number, t: number): string[] => [
    withInterval(attack.auc),
    withInterval(attack.foldedAuc),
    three(attack.permutation.p),
    three(joint.correctedP[t]![a]!),
    three(audits[t]!.result.q[a]!),
    attack.permutation.refitRepeats > 0 ? 'yes' : 'no',
  ]
  const tests = ['AUC', 'folded AUC', 'p', 'p corrected', 'q', 'refitted']
  const ofNumbers = audits.flatMap(({ result }, t) =>
    isRegression(result)
      ? result.attacks.map((attack, a) => [
          ...start(attack, t),
          ...tested(attack, a, t),
          three(attack.rSquared),
          three(attack.spearman),
        ])
      : [],
  )
  const separation = audits.flatMap(({ result }, t) =>
    isRegression(result)
      ? []
      : result.attacks.map((attack, a) => [...start(attack, t), ...tested(attack, a, t), ...rateCells(attack)]),
  )
  const decisions = audits.flatMap(({ result }, t) =>
    isRegression(result)
      ? []
      : result.attacks.map((attack) => [
          ...start(attack, t),
          ...[attack.balancedAccuracy, attack.accuracy, attack.precision, attack.recall].map(withInterval),
        ]),
  )
  const rates =
    audits
      .flatMap(({ result }) => (isRegression(result) ? [] : result.attacks))
      .find(({ lowRates }) => lowRates.length > 0)?.lowRates ?? []
  const rateHead = rates.map(({ falsePositiveRate }, at) => `${at === 0 ? 'TPR ' : ''}at ${100 * falsePositiveRate} %`)
  const tables = [
    ...(ofNumbers.length > 0 ? [textTable([...head, ...tests, 'R^2', 'Spearman'], ofNumbers)] : []),
    ...(separation.length > 0
      ? [
          textTable(
            [...head, ...tests, ...rateHead],
            separation.map((row) => padded(row, head.length + tests.length + rates.length)),
          ),
          textTable([...head, 'balanced accuracy', 'accuracy', 'precision', 'recall'], decisions),
        ]
      : []),
  ]
  const least = smallestCorrectedP(audits.flatMap(({ result }) => [...result.attacks]))
  const count = audits.reduce((sum, { result }) => sum + result.attacks.length, 0)
  const notes = [
    ...audits.flatMap(({ result }, t) => {
      const named = parts > 1 ? `, ${titles[t]}` : ''
      const { simultaneous, attacks } = result
      return [
        ...(isRegression(result) ? [] : [mmdNote(result.twoSample, named)]),
        `Worst folded AUC${named}, by intervals that cover all ${attacks.length} attacks at once: ` +
          `${three(simultaneous.lower)} to ${three(simultaneous.upper)}.`,
      ]
    }),
    ...(ofNumbers.length > 0
      ? [
          'AUC of a number: of two users whose values differ, how often the higher one is predicted higher, one ' +
            'half by chance. R^2 is below 0 by chance, Spearman 0.',
        ]
      : []),
    ...audits.flatMap(({ result }, t) => leftOutNotes(result, parts > 1 ? `, ${titles[t]}` : '')),
    'Brackets are 95 % intervals. p is of a permutation test of the AUC, with attackers fitted again under each ' +
      'relabelling where it says so; corrected',
    `for ${count} attacks (maximum statistic over one set of relabellings, which can show as little as ` +
      `${least.toPrecision(1)}), q after Benjamini and ` +
      `Hochberg.${rates.length > 0 || ofNumbers.length === 0 ? ' TPR: users of the second label found at so many false positives.' : ''}`,
  ]
  return `${lines.join('\n')}\n\n${tables.join('\n')}\n${notes.map(printable).join('\n')}\n`
}

/** Users and attacks that were left out. */
function leftOutNotes(result: PartAudit['result'], named: string): string[] {
  if (isRegression(result)) return []
  const { drawnOf, labelled, notRun = [] } = result
  return [
    ...(drawnOf === undefined
      ? []
      : [`Attacked${named}: ${grouped(labelled)} of ${grouped(drawnOf)} users with a label, drawn by the seed.`]),
    ...(notRun.length === 0
      ? []
      : [
          `Not run${named}, for want of budget: ` +
            `${notRun.map(({ attacker, protocol, input }) => `${attacker} on ${input} input (${protocol})`).join(', ')}.`,
        ]),
  ]
}

function mmdNote(
  {
    value,
    chance,
    p,
    users,
    kernel,
  }: {
    readonly value: number
    readonly chance: number
    readonly p: number
    readonly users: number
    readonly kernel: string
  },
  named: string,
): string {
  return (
    `MMD between labels${named}: ${value.toPrecision(3)}, ${chance.toPrecision(3)} by chance, permutation p ` +
    `${three(p)} (${users} users, ${kernel === 'exact' ? 'exact kernel' : kernel}).`
  )
}

/** Labels beyond two have no rates. */
function rateCells({ lowRates }: AttackResult): string[] {
  return lowRates.map((rate: LowRate) =>
    rate.resolved ? withInterval(rate) : `needs ${rate.needed} of the first label`,
  )
}

function padded(row: readonly string[], length: number): string[] {
  return [...row, ...new Array<string>(length - row.length).fill('')]
}

export function withInterval({
  value,
  lower,
  upper,
}: {
  readonly value: number
  readonly lower: number
  readonly upper: number
}): string {
  return `${three(value)} [${three(lower)}, ${three(upper)}]`
}

function three(value: number): string {
  return value.toFixed(3)
}
