/** @file The attacks of an audit as tables of text, a row each. */

import type { AttackResult, RegressionAttackResult } from '@indistinct/attackers'
import type { LowRate } from '@indistinct/metrics'
import { textTable } from '../terminal/text-table.ts'
import type { Judged } from './attacked-parts.ts'
import { partTitles } from './joint-verdict.ts'

interface PlacedRow<Attack> {
  readonly attack: Attack
  /** What it was on, where that is said, and its name. */
  readonly start: readonly string[]
  /** What was tested: AUC and its p. */
  readonly tested: readonly string[]
}

const tests = ['AUC', 'folded AUC', 'p', 'p corrected', 'q', 'refitted']
const ofDecisions = ['balanced accuracy', 'accuracy', 'precision', 'recall']

/** Attacks on a number; then those on labels, in two tables so that rows are read without a ruler. */
export function attackTables(judged: Judged): string[] {
  const { several } = partTitles(judged.parts)
  const head = [
    ...(judged.parts.length > 1 ? [several.attributes ? 'of' : 'table'] : []),
    'attacker',
    'protocol',
    'input',
  ]
  const rows = placedRows(judged)
  const ofNumbers = rows.filter((row): row is PlacedRow<RegressionAttackResult> => 'rSquared' in row.attack)
  const ofLabels = rows.filter((row): row is PlacedRow<AttackResult> => 'perClass' in row.attack)
  const rates = ratesOf(judged)
  const rateHead = rates.map(({ falsePositiveRate }, at) => `${at === 0 ? 'TPR ' : ''}at ${100 * falsePositiveRate} %`)
  const numbers = ofNumbers.map(({ attack, start, tested }) => [
    ...start,
    ...tested,
    three(attack.rSquared),
    three(attack.spearman),
  ])
  const separation = ofLabels.map(({ attack, start, tested }) => [...start, ...tested, ...rateCells(attack)])
  const decisions = ofLabels.map(({ attack: { balancedAccuracy, accuracy, precision, recall }, start }) => [
    ...start,
    ...[balancedAccuracy, accuracy, precision, recall].map(withInterval),
  ])
  const width = head.length + tests.length + rates.length
  return [
    ...(numbers.length > 0 ? [textTable([...head, ...tests, 'R^2', 'Spearman'], numbers)] : []),
    ...(separation.length > 0
      ? [
          textTable(
            [...head, ...tests, ...rateHead],
            separation.map((row) => padded(row, width)),
          ),
          textTable([...head, ...ofDecisions], decisions),
        ]
      : []),
  ]
}

/** The rates of false positives at which attacks on labels have true ones; labels beyond two have none. */
export function ratesOf({ parts }: Judged): readonly LowRate[] {
  const all = parts.flatMap(({ result }): readonly (AttackResult | RegressionAttackResult)[] => result.attacks)
  return all.flatMap((attack) => ('lowRates' in attack && attack.lowRates.length > 0 ? [attack.lowRates] : []))[0] ?? []
}

function placedRows({ parts, joint }: Judged): PlacedRow<AttackResult | RegressionAttackResult>[] {
  const { titles } = partTitles(parts)
  return parts.flatMap(({ result }, t) =>
    result.attacks.map((attack, a) => ({
      attack,
      start: [...(parts.length > 1 ? [titles[t]!] : []), attack.attacker, attack.protocol, attack.input],
      tested: [
        withInterval(attack.auc),
        withInterval(attack.foldedAuc),
        three(attack.permutation.p),
        three(joint.correctedP[t]![a]!),
        three(result.q[a]!),
        attack.permutation.refitRepeats > 0 ? 'yes' : 'no',
      ],
    })),
  )
}

function rateCells({ lowRates }: AttackResult): string[] {
  return lowRates.map((rate: LowRate) =>
    // Labels are drawn to equal size: of the larger one there may be many more.
    rate.resolved ? withInterval(rate) : `needs ${rate.needed} of each scored`,
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
