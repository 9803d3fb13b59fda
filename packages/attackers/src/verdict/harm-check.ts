/**
 * @file Whether an unlearned table gives away more than the one before, to attackers that see fine structure.
 * Unlearning that moves each user by the user's own label hides it from broad statistics and may write it into what
 * these look at: who lies next to whom, which vectors are equal, how far values lie from a grid.
 *
 * Each attacker is judged on the same users and the same five folds before and after, by its folded AUC: below one half
 * leaks as much as above. The difference of the two has the standard error of its users' contributions (DeLong's
 * placements), times the square root of 2 since users are known and scored in turn. All attackers together are held to
 * one level: the critical value is that of the largest of their standardised differences, by random signs and weights
 * for the users' contributions.
 */

import { checkOptions, randomStream, type Labels, type Matrix, type Random } from '@indistinct/core'
import { auc, placements, quantile } from '@indistinct/metrics'
import { attackData } from '../protocols/attack-data.ts'
import { testedClasses } from '../protocols/attack-metrics.ts'
import { fiveFoldProtocol } from '../protocols/five-fold-protocol.ts'
import { type Plan, planOf, scoresOf, neighbours, folds } from './harm-scores.ts'

export interface HarmCheckOptions {
  /** The same seed gives the same result. */
  readonly seed: number
  /** Chance that any attacker of an unharmed table is called worse; 0.01. */
  readonly level?: number
  /** Rise of the folded AUC that is not called worse even where chance cannot explain it; 0. */
  readonly tolerance?: number
  /** Folds that are scored, of five, each by the four others: fewer take less time, and intervals are wider; 5. */
  readonly scoredFolds?: number
}

export interface HarmFinding {
  readonly attacker: string
  readonly description: string
  /** AUC, mean over folds and classes, and its folded value max(a, 1 - a) for each class. */
  readonly before: { readonly auc: number; readonly foldedAuc: number }
  readonly after: { readonly auc: number; readonly foldedAuc: number }
  /** Folded AUC after less before, and an interval that covers those of all attackers at once at 1 - level. */
  readonly difference: { readonly value: number; readonly lower: number; readonly upper: number }
  /** Whether the rise is beyond chance and the tolerance: `difference.lower` above it. */
  readonly worse: boolean
}

export interface HarmCheck {
  /** Whether any attacker gained more than chance explains, beyond the tolerance. */
  readonly worse: boolean
  /** Whether any attacker finds more in the table before than chance explains, at the same level. */
  readonly standsOut: boolean
  readonly findings: readonly HarmFinding[]
  /** Name of the attacker with the largest folded AUC after, among those that gained where any did. */
  readonly worst: string
  /** Users that were scored, and users with a label, all of which the attackers know four fifths of. */
  readonly scored: number
  readonly labelled: number
  readonly level: number
  /** One sentence for people. */
  readonly sentence: string
}

const draws = 999

/** What each attacker is, in the order of the findings. */
export const harmAttackers: Readonly<Record<string, string>> = {
  'equal-rows': 'users with the very same vector',
  'knn-1': 'the nearest user',
  'knn-3': 'the three nearest users',
  'knn-5': 'the five nearest users',
  'fine-kernel': `the ${neighbours} nearest users, weighed by a Gaussian as wide as the median distance to the nearest`,
  'xgb-20': 'XGBoost of 20 trees of depth 6',
  'forest-20': 'a random forest of 20 trees',
  lattice: 'the rest of each value to the grid of its column, and the bits that it ends in',
  logistic: 'logistic regression',
}

/** Options with their defaults. @throws RangeError on those that do not fit. */
function checkedHarm(options: HarmCheckOptions): Required<HarmCheckOptions> {
  checkOptions('harmCheck', options, { seed: 'number', level: 'number', tolerance: 'number', scoredFolds: 'number' })
  const { seed, level = 0.01, tolerance = 0, scoredFolds = folds } = options
  if (!(level > 0 && level < 1)) throw new RangeError(`harmCheck: expected a level in (0, 1), got ${level}`)
  if (!(tolerance >= 0 && tolerance <= 0.5))
    throw new RangeError(`harmCheck: expected a tolerance from 0 to 0.5, got ${tolerance}`)
  if (!Number.isInteger(scoredFolds) || scoredFolds < 1 || scoredFolds > folds) {
    throw new RangeError(`harmCheck: expected scoredFolds from 1 to ${folds}, got ${scoredFolds}`)
  }
  return { seed, level, tolerance, scoredFolds }
}

/**
 * Compares two tables of the same users, `before` (N, K) and `after` (N, L), the released one.
 * @param labels of the N rows; rows without one are left out
 * @throws RangeError when the rows differ; IndistinctError 'bad-data' as `audit` on data that cannot be attacked.
 */
export async function harmCheck(
  before: Matrix,
  after: Matrix,
  labels: Labels,
  options: HarmCheckOptions,
): Promise<HarmCheck> {
  const { seed, level, tolerance, scoredFolds } = checkedHarm(options)
  if (before.rows !== after.rows)
    throw new RangeError(`harmCheck: expected tables of as many rows, got ${before.rows} and ${after.rows}`)
  const { codes, rowsOfClass, labelled } = attackData(after, labels, [fiveFoldProtocol])
  attackData(before, labels, [fiveFoldProtocol])
  const plan = planOf(rowsOfClass, codes, Math.max(before.cols, after.cols), scoredFolds, seed)
  const scores = [await scoresOf(before, plan), await scoresOf(after, plan)] as const
  const names = Object.keys(harmAttackers)
  const judged = names.map((name) => judge(scores[0].get(name)!, scores[1].get(name)!, plan))
  const critical = criticalValue(
    judged.map(({ influence }) => influence),
    level,
    randomStream(seed, 'harm-check-critical'),
  )
  const findings = judged.map(({ before, after, influence }, a): HarmFinding => {
    const value = after.foldedAuc - before.foldedAuc
    const half = critical * standardError(influence)
    const difference = { value, lower: value - half, upper: value + half }
    return {
      attacker: names[a]!,
      description: harmAttackers[names[a]!]!,
      before,
      after,
      difference,
      worse: difference.lower > tolerance,
    }
  })
  const criticalBefore = criticalValue(
    judged.map(({ influenceBefore }) => influenceBefore),
    level,
    randomStream(seed, 'harm-check-before'),
  )
  const standsOut = judged.some(
    ({ before, influenceBefore }) => before.foldedAuc - 0.5 > criticalBefore * standardError(influenceBefore),
  )
  const gained = findings.filter(({ worse }) => worse)
  const worst = (gained.length > 0 ? gained : findings).reduce((most, each) =>
    each.after.foldedAuc > most.after.foldedAuc ? each : most,
  )
  return {
    worse: gained.length > 0,
    standsOut,
    findings,
    worst: worst.attacker,
    scored: plan.asked.length,
    labelled,
    level,
    sentence: sentenceOf(findings, gained, worst, tolerance),
  }
}

function sentenceOf(
  findings: readonly HarmFinding[],
  gained: readonly HarmFinding[],
  worst: HarmFinding,
  tolerance: number,
): string {
  const than = tolerance > 0 ? `over ${three(tolerance)} beyond what chance explains` : 'more than chance explains'
  const change = `${three(worst.before.foldedAuc)} before and ${three(worst.after.foldedAuc)} after`
  if (gained.length === 0)
    return (
      `None of ${findings.length} attackers of fine structure gained ${than}; the strongest, ` +
      `by ${worst.description}, has a folded AUC of ${change}.`
    )
  return (
    `${gained.length} of ${findings.length} attackers of fine structure gained ${than}: ` +
    `the attack by ${worst.description} has a folded AUC of ${change}.`
  )
}

interface Judged {
  readonly before: HarmFinding['before']
  readonly after: HarmFinding['after']
  /** Contributions of the asked users to the difference of folded AUCs (M). */
  readonly influence: Float64Array
  /** Those to the folded AUC before (M). */
  readonly influenceBefore: Float64Array
}

function judge(before: Matrix, after: Matrix, plan: Plan): Judged {
  const tested = testedClasses(plan.classes)
  const influence = new Float64Array(plan.asked.length)
  const influenceBefore = new Float64Array(plan.asked.length)
  const mean = { before: 0, after: 0 }
  const folded = { before: 0, after: 0 }
  for (const c of tested) {
    for (const [when, scores, side] of [
      ['before', before, -1],
      ['after', after, 1],
    ] as const) {
      const { value, contributions } = classAuc(scores, c, plan)
      const sign = value < 0.5 ? -1 : 1
      mean[when] += value / tested.length
      folded[when] += (0.5 + sign * (value - 0.5)) / tested.length
      for (let m = 0; m < influence.length; m++) {
        const own = (sign * contributions[m]!) / tested.length
        influence[m]! += side * own
        if (when === 'before') influenceBefore[m]! += own
      }
    }
  }
  return {
    before: { auc: mean.before, foldedAuc: folded.before },
    after: { auc: mean.after, foldedAuc: folded.after },
    influence,
    influenceBefore,
  }
}

/**
 * One-versus-rest AUC, mean over folds, whose scores have no common scale; and what each user contributes to its
 * deviation.
 */
function classAuc(
  { cols, data }: Matrix,
  c: number,
  { asked, codes, foldOf, scoredFolds }: Plan,
): { value: number; contributions: Float64Array } {
  const contributions = new Float64Array(asked.length)
  let value = 0
  for (let fold = 0; fold < scoredFolds; fold++) {
    const own: number[] = []
    asked.forEach((row, m) => foldOf[row] === fold && own.push(m))
    const scoring = {
      users: Int32Array.from(own),
      scores: Float64Array.from(own, (m) => data[m * cols + c]!),
      actual: Int8Array.from(own, (m) => (codes[asked[m]!] === c ? 1 : 0)),
    }
    const placed = placements(scoring)
    value += auc(scoring.scores, scoring.actual) / scoredFolds
    own.forEach((m, i) => (contributions[m] = placed.contributions[i]! / scoredFolds))
  }
  return { value, contributions }
}

/**
 * Users are known and scored in turn, which at most doubles the variance: see `permutationTest` of @indistinct/metrics
 * on `spread`.
 */
function standardError(influence: Float64Array): number {
  return Math.sqrt(2 * influence.reduce((sum, value) => sum + value * value, 0))
}

/** The standardised difference that the largest of all attackers exceeds by chance at `level`, two-sided. */
function criticalValue(influences: readonly Float64Array[], level: number, random: Random): number {
  const users = influences[0]!.length
  const units = influences.map((influence) => standardError(influence) / Math.SQRT2)
  const maxima = new Float64Array(draws)
  const weights = new Float64Array(users)
  for (let b = 0; b < draws; b++) {
    for (let m = 0; m < users; m++) weights[m] = random.normal()
    influences.forEach((influence, a) => {
      if (units[a] === 0) return
      let sum = 0
      for (let m = 0; m < users; m++) sum += weights[m]! * influence[m]!
      maxima[b] = Math.max(maxima[b]!, Math.abs(sum) / units[a]!)
    })
  }
  return quantile(maxima.sort(), 1 - level)
}

function three(value: number): string {
  return value.toFixed(3)
}
