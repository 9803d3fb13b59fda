/** @file U2U-R in closed form: the exact minimiser of the paper's loss in one pass. */

import { copyMatrix, type Labels, type Matrix } from '@indistinct/core'
import { checkedClasses, checkPositive } from './checked-classes.ts'
import { unlearned, type Unlearned } from './unlearned.ts'

export interface U2uClosedFormOptions {
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
 * over classes it says S = S*, so each class sum follows without elimination: s_c = (2 n_c S* + alpha s*_c) / (2n + alpha).
 * For two classes this is theta_i = (2 s_2 + alpha theta*_i) / (2 n_2 + alpha) for i of the first. Class c keeps the
 * fraction alpha / (2 (n - n_c) + alpha) of its spread: tiny, and another one for every class size.
 *
 * Float64 throughout; `parameters.residual` is the largest entry of the loss's gradient at the result, relative to the
 * largest entry at theta*, before the result is rounded to float32.
 * @throws RangeError on options or shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes.
 */
export function u2uClosedForm(embedding: Matrix, labels: Labels, options: U2uClosedFormOptions = {}): Unlearned {
  const caller = 'u2uClosedForm'
  const classes = checkedClasses(caller, embedding, labels)
  const { tradeOff = 1e-4 } = options
  checkPositive(caller, 'tradeOff', tradeOff)
  const K = embedding.cols
  const n = classes.reduce((sum, members) => sum + members.length, 0)
  const original = embedding.data

  const sumsBefore = classSums(classes, K, (p) => original[p]!)
  const total = columnTotals(sumsBefore, K)
  const sums = sumsBefore.map((sum, c) =>
    sum.map((s, k) => (2 * classes[c]!.length * total[k]! + tradeOff * s) / (2 * n + tradeOff)),
  )
  const theta = Float64Array.from(original)
  classes.forEach((members, c) => {
    const others = 2 * (n - members.length)
    for (const i of members) {
      for (let k = 0; k < K; k++) {
        const p = i * K + k
        theta[p] = (2 * (total[k]! - sums[c]![k]!) + tradeOff * original[p]!) / (others + tradeOff)
      }
    }
  })

  const before = stationarity(classes, K, tradeOff, Float64Array.from(original), original)
  const after = stationarity(classes, K, tradeOff, theta, original)
  const moved = copyMatrix(embedding)
  for (const members of classes) for (const i of members) for (let k = 0; k < K; k++) moved.data[i * K + k] = theta[i * K + k]!
  return unlearned({
    embedding: moved,
    method: 'u2u-r-closed',
    parameters: { tradeOff, residual: after.largest / before.largest, firstLoss: before.loss },
    trace: [{ pass: 1, loss: after.loss, distinguishability: after.distance, movement: after.movement }],
    passes: 1,
  })
}

function classSums(classes: readonly Int32Array[], K: number, at: (p: number) => number): Float64Array[] {
  return classes.map((members) => {
    const sum = new Float64Array(K)
    for (const i of members) for (let k = 0; k < K; k++) sum[k]! += at(i * K + k)
    return sum
  })
}

function columnTotals(sums: readonly Float64Array[], K: number): Float64Array {
  const total = new Float64Array(K)
  for (const sum of sums) for (let k = 0; k < K; k++) total[k]! += sum[k]!
  return total
}

/** Loss and largest gradient entry at float64 theta; distances as deviations from the mean, which do not cancel. */
function stationarity(
  classes: readonly Int32Array[], K: number, tradeOff: number, theta: Float64Array, original: Float32Array,
): { loss: number; distance: number; movement: number; largest: number } {
  const n = classes.reduce((sum, members) => sum + members.length, 0)
  const mean = columnTotals(classSums(classes, K, (p) => theta[p]!), K).map((s) => s / n)
  const sums = classSums(classes, K, (p) => theta[p]! - mean[p % K]!)
  const total = columnTotals(sums, K)
  let distance = 0
  let movement = 0
  let largest = 0
  classes.forEach((members, c) => {
    const others = n - members.length
    for (const i of members) {
      for (let k = 0; k < K; k++) {
        const x = theta[i * K + k]! - mean[k]!
        const moved = theta[i * K + k]! - original[i * K + k]!
        distance += 2 * others * x * x
        movement += moved * moved
        largest = Math.max(largest, Math.abs(4 * (others * x - (total[k]! - sums[c]![k]!)) + 2 * tradeOff * moved))
      }
    }
    for (let k = 0; k < K; k++) distance -= 2 * sums[c]![k]! * (total[k]! - sums[c]![k]!)
  })
  return { loss: distance + tradeOff * movement, distance, movement, largest }
}
