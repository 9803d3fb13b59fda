/** @file From repetitions to rates, each with its own 95 % interval (Wilson), beside what was asked of it. */

import type { CalibrationChoice } from '@indistinct/stages'
import type { Repeated, Repetition } from '../stages/calibrate.ts'

/** What is repeated, how often and under what name. */
export type Part = Pick<CalibrationChoice, 'name' | 'repetitions'> & { readonly options: Repeated }

/** A share of repetitions with Wilson's 95 % interval, and the band it is to lie in. */
export interface Rate {
  readonly count: number
  readonly of: number
  readonly share: number
  readonly lower: number
  readonly upper: number
  readonly wanted: readonly [number, number]
  readonly met: boolean
}

export interface AttackRates {
  readonly attack: string
  /** Mean AUC over repetitions: what intervals are to hold, but where labels are random, where that is 1/2. */
  readonly meanAuc: number
  readonly deviation: number
  readonly covered: Rate
  /** Share with p < 0.05, where labels are random. */
  readonly falseAlarms?: Rate
}

export interface PartSummary {
  readonly name: string
  readonly users: readonly [number, number]
  readonly repetitions: number
  readonly wantedRepetitions: number
  readonly attacks: readonly AttackRates[]
  /**
   * Where labels are random: share with a corrected p < 0.05 of any attack. Else: share in which the leak was found, at
   * p of at most 0.01, or at a corrected p of at most 0.05 where several audits were judged together. Of a check for
   * harm: share that called the second of two tables worse that were drawn alike.
   */
  readonly found: Rate
  /** Share of MMD tests with p < 0.05, where labels are random. */
  readonly mmd?: Rate
}

export interface CalibrationSummary {
  readonly schema: 'indistinct.calibration/1'
  readonly parts: readonly PartSummary[]
}

/** Leaves room for the correction of an audit, whose attacks share 0.05. */
const foundLevel = 0.01
const levelBand = [0.036, 0.064] as const
const coverageBand = [0.93, 0.97] as const
/** p with scores held fixed is widened under folds and may only err on the other side, as may p of two families. */
const conservativeBand = [0, 0.064] as const

export function summaryOf(
  results: readonly { readonly part: Part; readonly repetitions: readonly Repetition[] }[],
): CalibrationSummary {
  return {
    schema: 'indistinct.calibration/1',
    parts: results
      .filter(({ repetitions }) => repetitions.length > 0)
      .map(({ part, repetitions }) => partSummary(part, repetitions)),
  }
}

function partSummary(part: Part, repetitions: readonly Repetition[]): PartSummary {
  const { users, shift, run } = part.options
  const random = shift === 0 || run === 'harm'
  const several = run === 'together' || run === 'harm'
  const level = several || run === 'five-fold' ? conservativeBand : levelBand
  const share = (holds: (repetition: Repetition) => boolean, wanted: readonly [number, number]): Rate =>
    rateOf(repetitions.filter(holds).length, repetitions.length, wanted)
  const attacks = repetitions[0]!.attacks.map(({ attack }, a): AttackRates => {
    const aucs = repetitions.map(({ attacks }) => attacks[a]!.auc)
    const meanAuc = aucs.reduce((sum, value) => sum + value / aucs.length, 0)
    const truth = random ? 0.5 : meanAuc
    return {
      attack,
      meanAuc: rounded(meanAuc),
      deviation: rounded(
        Math.sqrt(aucs.reduce((sum, value) => sum + (value - meanAuc) ** 2 / Math.max(1, aucs.length - 1), 0)),
      ),
      covered: share(({ attacks }) => attacks[a]!.lower <= truth && truth <= attacks[a]!.upper, coverageBand),
      ...(random && { falseAlarms: share(({ attacks }) => attacks[a]!.p < 0.05, level) }),
    }
  })
  const least = part.name.includes('0.60') || run === 'together' ? 0.95 : 1
  const found = ({ attacks, leak }: Repetition): boolean =>
    several ? leak : attacks.some(({ correctedP }) => (random ? correctedP < 0.05 : correctedP <= foundLevel))
  return {
    name: part.name,
    users,
    repetitions: repetitions.length,
    wantedRepetitions: part.repetitions,
    attacks,
    found: share(found, random ? level : [least, 1]),
    ...(random && repetitions[0]!.mmdP !== undefined && { mmd: share(({ mmdP }) => mmdP! < 0.05, levelBand) }),
  }
}

function rateOf(count: number, of: number, wanted: readonly [number, number]): Rate {
  const z = 1.959963984540054
  const share = count / of
  const centre = (share + (z * z) / (2 * of)) / (1 + (z * z) / of)
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))
  // The bounds of Wilson's interval at 0 and 1 are 0 and 1 but for rounding.
  return {
    count,
    of,
    share: rounded(share),
    lower: rounded(Math.max(0, centre - half)),
    upper: rounded(Math.min(1, centre + half)),
    wanted,
    met: share >= wanted[0] && share <= wanted[1],
  }
}

function rounded(value: number): number {
  return Number(value.toFixed(6))
}
