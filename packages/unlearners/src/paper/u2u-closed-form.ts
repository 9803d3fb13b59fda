/** @file U2U-R in closed form: the exact minimiser of the paper's loss in one pass. */

import { checkOptions, copyMatrix, type Labels, type Matrix } from '@indistinct/core'
import { closedFormKinds, type ClosedFormOptions } from '../closed/closed-form.ts'
import { checkedClasses, checkPositive } from '../checked-classes.ts'
import { unlearned, type Unlearned } from '../unlearned.ts'
import { stepwise, type Unlearner } from '../unlearner.ts'

export interface U2uClosedFormOptions extends ClosedFormOptions {
  /** alpha of Eq. 1, above 0: without it every constant table is a minimiser. Default 1e-4 (paper). */
  readonly tradeOff?: number
}

/**
 * The exact minimiser of l_u + alpha ||theta - theta*||_F^2 (Eq. 1, 7, 10) in O(NK), for any number of classes.
 *
 * Let n users be labelled, n_c of them in class c with sum s_c, and S the sum over all. The loss is a strictly convex
 * quadratic; its gradient at row i of class c, 4 ((n - n_c) theta_i - (S - s_c)) + 2 alpha (theta_i - theta*_i), is
 * zero where
 *
 *     theta_i = (2 (S - s_c) + alpha theta*_i) / (2 (n - n_c) + alpha).
 *
 * Summed over the class, (2n + alpha) s_c = 2 n_c S + alpha s*_c: a C x C system, diagonal plus rank one. Summed again
 * over classes it says S = S*, so each class sum follows without elimination: s_c = (2 n_c S* + alpha s*_c) / (2n +
 * alpha). For two classes this is theta_i = (2 s_2 + alpha theta*_i) / (2 n_2 + alpha) for i of the first. Class c
 * keeps the fraction alpha / (2 (n - n_c) + alpha) of its spread: tiny, and another one for every class size.
 *
 * Float64 throughout; `parameters.residual` is the largest entry of the loss's gradient at the result, relative to the
 * largest entry at theta*, before the result is rounded to float32.
 * @throws RangeError on options or shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes.
 */
export function u2uClosedForm(embedding: Matrix, labels: Labels, options: U2uClosedFormOptions = {}): Unlearned {
  const caller = 'u2uClosedForm'
  const classes = checkedClasses(caller, embedding, labels)
  checkOptions<U2uClosedFormOptions>('u2uClosedForm', options, { ...closedFormKinds, tradeOff: 'number' })
  const { tradeOff = 1e-4 } = options
  checkPositive(caller, 'tradeOff', tradeOff)
  const K = embedding.cols
  const n = classes.reduce((sum, members) => sum + members.length, 0)
  const original = embedding.data

  const asTheyAre = classes.map((): AffineRows => ({ base: new Float64Array(K), weight: 1 }))
  const sumsBefore = classSums(embedding, classes, asTheyAre)
  const total = columnTotals(sumsBefore, K)
  const rows = classes.map((members, c): AffineRows => {
    const divisor = 2 * (n - members.length) + tradeOff
    const ownSum = (k: number): number =>
      (2 * members.length * total[k]! + tradeOff * sumsBefore[c]![k]!) / (2 * n + tradeOff)
    return { base: total.map((sum, k) => (2 * (sum - ownSum(k))) / divisor), weight: tradeOff / divisor }
  })

  const before = stationarity(embedding, classes, tradeOff, asTheyAre)
  const after = stationarity(embedding, classes, tradeOff, rows)
  const moved = copyMatrix(embedding)
  classes.forEach((members, c) => {
    const { base, weight } = rows[c]!
    for (const i of members) {
      const start = i * K
      for (let k = 0; k < K; k++) moved.data[start + k] = base[k]! + weight * original[start + k]!
    }
  })
  const row = { pass: 1, loss: after.loss, distinguishability: after.distance, movement: after.movement }
  options.onPass?.(row)
  return unlearned({
    embedding: moved,
    method: 'u2u-r-closed',
    parameters: { tradeOff, residual: after.largest / before.largest, firstLoss: before.loss },
    trace: [row],
    passes: 1,
  })
}

/** The rows of a class in float64, base + weight theta*_i, without an array of them. */
interface AffineRows {
  readonly base: Float64Array
  readonly weight: number
}

/** Sum of each class's rows less `centre` (K). */
function classSums(
  original: Matrix,
  classes: readonly Int32Array[],
  rows: readonly AffineRows[],
  centre?: Float64Array,
): Float64Array[] {
  const { cols, data } = original
  const from = centre ?? new Float64Array(cols)
  return classes.map((members, c) => {
    const { base, weight } = rows[c]!
    const sum = new Float64Array(cols)
    for (const i of members) {
      const start = i * cols
      for (let k = 0; k < cols; k++) sum[k]! += base[k]! + weight * data[start + k]! - from[k]!
    }
    return sum
  })
}

function columnTotals(sums: readonly Float64Array[], K: number): Float64Array {
  const total = new Float64Array(K)
  for (const sum of sums) for (let k = 0; k < K; k++) total[k]! += sum[k]!
  return total
}

/** Loss and largest gradient entry at float64 rows; distances as deviations from the mean, which do not cancel. */
function stationarity(
  original: Matrix,
  classes: readonly Int32Array[],
  tradeOff: number,
  rows: readonly AffineRows[],
): { loss: number; distance: number; movement: number; largest: number } {
  const { cols: K, data } = original
  const n = classes.reduce((sum, members) => sum + members.length, 0)
  const mean = columnTotals(classSums(original, classes, rows), K).map((s) => s / n)
  const sums = classSums(original, classes, rows, mean)
  const total = columnTotals(sums, K)
  let distance = 0
  let movement = 0
  let largest = 0
  classes.forEach((members, c) => {
    const { base, weight } = rows[c]!
    const others = n - members.length
    const rest = total.map((sum, k) => sum - sums[c]![k]!)
    let squares = 0
    let moves = 0
    let most = 0
    for (const i of members) {
      const start = i * K
      for (let k = 0; k < K; k++) {
        const theta = base[k]! + weight * data[start + k]!
        const x = theta - mean[k]!
        const moved = theta - data[start + k]!
        squares += x * x
        moves += moved * moved
        const slope = Math.abs(4 * (others * x - rest[k]!) + 2 * tradeOff * moved)
        if (slope > most) most = slope
      }
    }
    distance += 2 * others * squares
    movement += moves
    largest = Math.max(largest, most)
    for (let k = 0; k < K; k++) distance -= 2 * sums[c]![k]! * rest[k]!
  })
  return { loss: distance + tradeOff * movement, distance, movement, largest }
}

/** The method, as `u2u-r-closed` in the table of unlearners. */
export const u2uClosedFormMethod: Unlearner<U2uClosedFormOptions> = {
  ...stepwise(u2uClosedForm),
  defaults: { tradeOff: 1e-4 },
  description: 'the exact minimiser of U2U-R, in one pass',
}
