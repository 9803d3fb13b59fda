/** @file What attackers of fine structure tell of users whom they did not see: scores by folds, of one table or two. */

import { gatherRows, randomStream, shuffle, type Matrix } from '@indistinct/core'
import { quantile } from '@indistinct/metrics'
import type { Attacker } from '../attacker.ts'
import { equalRows } from '../attackers/equal-rows.ts'
import { forestAttacker } from '../attackers/forest.ts'
import { findLattice, latticeFeatures } from '../models/lattice-features.ts'
import { logistic } from '../attackers/logistic.ts'
import { nearestRows, type NearestRows } from '../models/nearest-rows.ts'
import { codesOf } from '../protocols/scoring.ts'
import { standardiser } from '../models/standardise.ts'
import { xgbAttacker } from '../attackers/xgb.ts'

/** Users, folds and settings that both tables share. */
export interface Plan {
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
export type Scores = ReadonlyMap<string, Matrix>

export const folds = 5

export const neighbours = 16

/** Multiplications that a search for neighbours may take; beyond, fewer users are scored, by all the others still. */
const mostWork = 2e9

/**
 * Columns whose grids are looked at: of rounded tables all columns have one, and a regression on many of them takes
 * long.
 */
const latticeColumns = 64

export function planOf(
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

export async function scoresOf(table: Matrix, plan: Plan): Promise<Scores> {
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
  // Sums in float32 would part users whose neighbours all agree by the last bit of a weight, and break their ties.
  const shares = new Float64Array(classes)
  for (let m = 0; m < asked.length; m++) {
    const from = m * found
    const weights = Float64Array.from({ length: Math.min(k, found) }, (_, n) =>
      weightOf(distances[from + n]!, distances[from]!),
    )
    const certain = weights[0] === Infinity
    let total = 0
    shares.fill(0)
    weights.forEach((weight, n) => {
      const vote = certain ? (weight === Infinity ? 1 : 0) : weight
      shares[codes[rows[from + n]!]!]! += vote
      total += vote
    })
    for (let c = 0; c < classes; c++) data[m * classes + c] = shares[c]! / total
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
