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

import { gatherRows, randomStream, shuffle, type Labels, type Matrix, type Random } from '@indistinct/core'
import { auc, placements, quantile } from '@indistinct/metrics'
import { attackData } from '../protocols/attack-data.ts'
import { testedClasses } from '../protocols/attack-metrics.ts'
import type { Attacker } from '../attacker.ts'
import { equalRows } from '../attackers/equal-rows.ts'
import { fiveFoldProtocol } from '../protocols/five-fold-protocol.ts'
import { forestAttacker } from '../attackers/forest.ts'
import { findLattice, latticeFeatures } from '../models/lattice-features.ts'
import { logistic } from '../attackers/logistic.ts'
import { nearestRows, type NearestRows } from '../models/nearest-rows.ts'
import { codesOf } from '../protocols/scoring.ts'
import { standardiser } from '../models/standardise.ts'
import { xgbAttacker } from '../attackers/xgb.ts'

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
  /** Whether any attacker gained more than chance explains. */
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

/** Users, folds and settings that both tables share. */
interface Plan {
  readonly codes: Int32Array
  readonly classes: number
  /** Fold of each row (N), -1 without a label. */
  readonly foldOf: Int8Array
  /** Rows that are scored, ascending (M). */
  readonly asked: Int32Array
  readonly scoredFolds: number
  readonly seed: number
}

/** Scores (M, C) of the plan's asked rows, each from users of other folds. */
type Scores = ReadonlyMap<string, Matrix>

const folds = 5
const neighbours = 16
/** Multiplications that a search for neighbours may take; beyond, fewer users are scored, by all the others still. */
const mostWork = 2e9
const draws = 999
/**
 * Columns whose grids are looked at: of rounded tables all columns have one, and a regression on many of them takes
 * long.
 */
const latticeColumns = 64

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
  const { seed, level = 0.01, tolerance = 0, scoredFolds = folds } = options
  if (before.rows !== after.rows)
    throw new RangeError(`harmCheck: expected tables of as many rows, got ${before.rows} and ${after.rows}`)
  if (!(level > 0 && level < 1)) throw new RangeError(`harmCheck: expected a level in (0, 1), got ${level}`)
  if (!Number.isInteger(scoredFolds) || scoredFolds < 1 || scoredFolds > folds) {
    throw new RangeError(`harmCheck: expected scoredFolds from 1 to ${folds}, got ${scoredFolds}`)
  }
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
    sentence: sentenceOf(findings, gained, worst),
  }
}

function sentenceOf(findings: readonly HarmFinding[], gained: readonly HarmFinding[], worst: HarmFinding): string {
  const change = `${three(worst.before.foldedAuc)} before and ${three(worst.after.foldedAuc)} after`
  if (gained.length === 0)
    return (
      `None of ${findings.length} attackers of fine structure gained more than chance explains; the strongest, ` +
      `${worst.attacker}, has a folded AUC of ${change}.`
    )
  return (
    `${gained.length} of ${findings.length} attackers of fine structure gained more than chance explains: ` +
    `${worst.attacker} (${worst.description}) has a folded AUC of ${change}.`
  )
}

function planOf(
  rowsOfClass: readonly Int32Array[],
  codes: Int32Array,
  cols: number,
  scoredFolds: number,
  seed: number,
): Plan {
  const foldOf = new Int8Array(codes.length).fill(-1)
  const random = randomStream(seed, 'harm-check-folds')
  const labelled = rowsOfClass.reduce((sum, rows) => sum + rows.length, 0)
  const share = Math.min(1, mostWork / (((labelled * scoredFolds) / folds) * codes.length * cols))
  const asked: number[] = []
  for (const rows of rowsOfClass) {
    const dealt = shuffle(rows.slice(), random)
    dealt.forEach((row, at) => (foldOf[row] = at % folds))
    // Enough for every fold to score two of each class.
    const own = dealt.filter((_, at) => at % folds < scoredFolds)
    asked.push(...own.subarray(0, Math.min(own.length, Math.max(2 * scoredFolds, Math.ceil(share * own.length)))))
  }
  return { codes, classes: rowsOfClass.length, foldOf, asked: Int32Array.from(asked).sort(), scoredFolds, seed }
}

async function scoresOf(table: Matrix, plan: Plan): Promise<Scores> {
  const standardised = standardiser(
    gatherRows(
      table,
      rowsWhere(plan.foldOf, (fold) => fold >= 0),
    ),
  )(table)
  const nearest = nearestRows(standardised, plan.foldOf, plan.asked, Math.min(neighbours, fewestKnown(plan.foldOf)))
  // Grids are those of the released vectors of all users, which takes no labels.
  const columns = someColumns(table)
  const grids = latticeFeatures(columns, findLattice(columns))
  return new Map<string, Matrix>([
    ['equal-rows', await crossFitted(table, plan, equalRows)],
    ...[1, 3, 5].map(
      (k) =>
        [
          `knn-${k}`,
          votes(nearest, plan, (distance) => (distance > 0 ? 1 / Math.sqrt(distance) : Infinity), k),
        ] as const,
    ),
    ['fine-kernel', votes(nearest, plan, gaussian(nearest))],
    ['xgb-20', await crossFitted(table, plan, xgbAttacker('xgb-20', { rounds: 20 }))],
    ['forest-20', await crossFitted(table, plan, forestAttacker('forest-20', { trees: 20 }))],
    ['lattice', await crossFitted(standardiser(grids)(grids), plan, logistic)],
    ['logistic', await crossFitted(standardised, plan, logistic)],
  ])
}

/** The table, or columns spread evenly over it where it has more than `latticeColumns`. */
function someColumns(table: Matrix): Matrix {
  if (table.cols <= latticeColumns) return table
  const data = new Float32Array(table.rows * latticeColumns)
  for (let i = 0; i < table.rows; i++) {
    for (let j = 0; j < latticeColumns; j++)
      data[i * latticeColumns + j] = table.data[i * table.cols + Math.floor((j * table.cols) / latticeColumns)]!
  }
  return { rows: table.rows, cols: latticeColumns, data }
}

/** Fits to four folds, scores the asked rows of the fifth. */
async function crossFitted(
  table: Matrix,
  { codes, classes, foldOf, asked, scoredFolds, seed }: Plan,
  attacker: Attacker,
): Promise<Matrix> {
  const data = new Float32Array(asked.length * classes)
  const at = new Map(Array.from(asked, (row, m) => [row, m]))
  await Promise.all(
    Array.from({ length: scoredFolds }, async (_, fold) => {
      const known = rowsWhere(foldOf, (each) => each >= 0 && each !== fold)
      const scored = asked.filter((row) => foldOf[row] === fold)
      const fitted = await attacker.fit(gatherRows(table, known), codesOf(codes, known), {
        classes,
        seed: randomStream(seed, 'harm-check', attacker.name, fold).integer(2 ** 31),
      })
      const scores = await fitted.scores(gatherRows(table, scored))
      scored.forEach((row, i) => data.set(scores.data.subarray(i * classes, (i + 1) * classes), at.get(row)! * classes))
    }),
  )
  return { rows: asked.length, cols: classes, data }
}

/**
 * Shares of the labels among the first k neighbours of each row; those with an infinite weight, where there are any,
 * have all.
 */
function votes(
  { asked, k: found, rows, distances }: NearestRows,
  { codes, classes }: Plan,
  weightOf: (distance: number, nearest: number) => number,
  k = found,
): Matrix {
  const data = new Float32Array(asked.length * classes)
  for (let m = 0; m < asked.length; m++) {
    const from = m * found
    const weights = Float64Array.from({ length: Math.min(k, found) }, (_, n) =>
      weightOf(distances[from + n]!, distances[from]!),
    )
    const certain = weights[0] === Infinity
    let total = 0
    weights.forEach((weight, n) => {
      const vote = certain ? (weight === Infinity ? 1 : 0) : weight
      data[m * classes + codes[rows[from + n]!]!]! += vote
      total += vote
    })
    for (let c = 0; c < classes; c++) data[m * classes + c]! /= total
  }
  return { rows: asked.length, cols: classes, data }
}

/**
 * A Gaussian whose variance is the median squared distance to the nearest row; of rows mostly equal to others, of those
 * that are not.
 */
function gaussian({ k, distances }: NearestRows): (distance: number, nearest: number) => number {
  const first = distances.filter((_, at) => at % k === 0).sort()
  const apart = first.filter((distance) => distance > 0)
  const variance = quantile(first, 0.5) || (apart.length > 0 ? quantile(apart, 0.5) : 1)
  // Relative to the nearest, which is as much as to divide by its weight: far from all rows every weight would be 0.
  return (distance, nearest) => Math.exp(-(distance - nearest) / (2 * variance))
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

function rowsWhere(foldOf: Int8Array, holds: (fold: number) => boolean): Int32Array {
  const rows: number[] = []
  foldOf.forEach((fold, row) => holds(fold) && rows.push(row))
  return Int32Array.from(rows)
}

/** Rows that are known where the largest fold is scored. */
function fewestKnown(foldOf: Int8Array): number {
  const counts = new Int32Array(folds)
  for (const fold of foldOf) if (fold >= 0) counts[fold]!++
  return counts.reduce((sum, count) => sum + count, 0) - Math.max(...counts)
}

function three(value: number): string {
  return value.toFixed(3)
}
