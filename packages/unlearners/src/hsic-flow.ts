/** @file The calibrated flow for a continuous attribute: dependence on it brought down to what dealing its values out at random gives. */

import { badData, matrix, symmetricEigen, type Matrix } from '@indistinct/core'
import { crossMoments } from '@indistinct/kernels'
import { hsic, hsicTarget, type HsicLoss } from '@indistinct/losses'
import { cappedShares } from './calibrate-moments.ts'
import { checkCount, checkPositive } from './checked-classes.ts'
import { rowMean } from './class-moments.ts'
import { unlearned, type TraceRow, type Unlearned } from './unlearned.ts'

export interface HsicFlowOptions {
  /** Where to stop, as a multiple of the null. Default 1. */
  readonly level?: number
  /** Landing counts when HSIC is between level x null and (1 + tolerance) times that. Default 0.01. */
  readonly tolerance?: number
  /** Passes after which to give up; one visits all pairs of users about ten times. Default 200. */
  readonly maxPasses?: number
  readonly onPass?: (row: TraceRow) => void
}

/** First step, in units of a quarter of the bandwidth, as in `calibratedFlow`. */
const firstStep = 0.05
/** Axes whose variance is below this fraction of the largest are noise of the arithmetic. */
const negligible = 1e-10

/**
 * Moves users of `embedding` (N, K) who have a value in `values` (N, NaN for none) until HSIC between users and values stands on
 * its null, as `calibratedFlow` does with MMD^2 between classes: first the linear part, where the squared correlations of
 * the table's axes with the value are capped so that they average theirs, 1/m; then along the negative gradient of HSIC
 * less its linear part, by the same steps, never below the landing. Users without a value are not moved. Deterministic.
 * @throws RangeError on options or shapes that do not fit or values that do not differ; IndistinctError 'bad-data' on a
 * table with values that are not finite; Error with pass and ratio when the landing is not reached.
 */
export function hsicFlow(embedding: Matrix, values: Float64Array, options: HsicFlowOptions = {}): Unlearned {
  const caller = 'hsicFlow'
  const { level = 1, tolerance = 0.01, maxPasses = 200, onPass } = options
  checkPositive(caller, 'level', level)
  checkPositive(caller, 'tolerance', tolerance)
  checkCount(caller, 'maxPasses', maxPasses)
  if (values.length !== embedding.rows) throw new RangeError(`${caller}: expected a value or NaN for each of ${embedding.rows} rows, got ${values.length}`)
  const bad = embedding.data.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) throw badData(`${caller}: expected finite values, got ${embedding.data[bad]!} in row ${Math.floor(bad / embedding.cols)}, column ${bad % embedding.cols} (both from 0); repair the embedding or leave that user out`)
  const target = hsicTarget(values)
  const { rows } = target
  const m = rows.length
  const centred = centredValues(values, rows)

  const trace: TraceRow[] = []
  const measure = (theta: Matrix, stage: number, step: number): { theta: Matrix; loss: HsicLoss; ratio: number } => {
    const loss = hsic(theta, target)
    const ratio = loss.value / (level * loss.nullValue)
    if (!Number.isFinite(ratio) || trace.length === maxPasses) throw new Error(`${caller}: expected to land within ${maxPasses} passes, got HSIC ${loss.value} at ${ratio} times the landing in pass ${trace.length + 1}`)
    const row = { pass: trace.length + 1, loss: loss.value, stage, step, largestRatio: ratio }
    trace.push(row)
    onPass?.(row)
    return { theta, loss, ratio }
  }
  const start = measure(embedding, 0, 0)
  let at = start
  /** The longest of `step` and what is shorter, along displacement, that lowers HSIC and not below its landing. */
  const advance = (from: typeof at, displacement: Matrix, step: number, stage: number): { reached: typeof at; shortened: boolean } => {
    let [low, lowRatio, high, highRatio, tried] = [0, from.ratio, Infinity, NaN, step]
    for (;;) {
      const theta = matrix(from.theta.rows, from.theta.cols, from.theta.data.slice())
      for (let p = 0; p < theta.data.length; p++) if (displacement.data[p] !== 0) theta.data[p]! += tried * displacement.data[p]!
      const reached = measure(theta, stage, tried)
      if (reached.ratio < 1) [high, highRatio] = [tried, reached.ratio]
      else if (reached.ratio >= from.ratio) [high, highRatio] = [tried, NaN]
      else if (high === Infinity || Number.isNaN(highRatio) || reached.ratio <= 1 + tolerance) return { reached, shortened: high !== Infinity }
      else [low, lowRatio] = [tried, reached.ratio]
      const share = Number.isNaN(highRatio) ? 0.5 : (lowRatio - 1 - tolerance / 2) / (lowRatio - highRatio)
      tried = low + (high - low) * Math.min(0.9, Math.max(0.1, share))
    }
  }

  if (at.ratio > 1 + tolerance) {
    const closing = linearClosing(embedding, rows, centred, level)
    if (closing.data.some((x) => x !== 0)) at = advance(at, closing, 1, 1).reached
  }
  let eta = firstStep
  while (at.ratio > 1 + tolerance) {
    const direction = at.loss.gradient
    // Of the size that MMD^2's has with two classes: users of a value weigh 1/m each.
    const factor = -(at.loss.bandwidth / 4) * m
    for (let p = 0; p < direction.data.length; p++) direction.data[p]! *= factor
    holdLinear(direction, rows, centred)
    const { reached, shortened } = advance(at, direction, eta, 2)
    at = reached
    eta *= shortened ? 0.5 : 2
  }
  const moved = at === start ? matrix(embedding.rows, embedding.cols, embedding.data.slice()) : at.theta
  return unlearned({
    embedding: moved,
    method: 'hsic-flow',
    parameters: {
      level, tolerance, maxPasses, outcome: at === start ? 'already at null' : 'landed',
      hsic: at.loss.value, ratio: at.ratio, ratioBefore: start.ratio, users: m,
      linearBefore: linearRatio(embedding, rows, centred), linearAfter: linearRatio(moved, rows, centred),
    },
    trace,
    passes: trace.length,
  })
}

/** Values less their mean, in units of their deviation (N, 0 for none). */
function centredValues(values: Float64Array, rows: Int32Array): Float64Array {
  const mean = rows.reduce((sum, i) => sum + values[i]! / rows.length, 0)
  const deviation = Math.sqrt(rows.reduce((sum, i) => sum + (values[i]! - mean) ** 2 / rows.length, 0))
  const out = new Float64Array(values.length)
  for (const i of rows) out[i] = (values[i]! - mean) / deviation
  return out
}

/** Covariance of every axis of the table with the value, and variances along axes. */
function linearParts(theta: Matrix, rows: Int32Array, centred: Float64Array): { along: Float64Array; variances: Float64Array; axes: Float64Array } {
  const K = theta.cols
  const mean = rowMean(theta, rows)
  const { values: variances, vectors: axes } = symmetricEigen(crossMoments(theta, rows, mean).map((sum) => sum / rows.length), K)
  const slope = new Float64Array(K)
  for (const i of rows) for (let k = 0; k < K; k++) slope[k]! += (centred[i]! * (theta.data[i * K + k]! - mean[k]!)) / rows.length
  const along = new Float64Array(K)
  for (let a = 0; a < K; a++) for (let k = 0; k < K; k++) along[a]! += axes[a * K + k]! * slope[k]!
  return { along, variances, axes }
}

/** m times the squared correlations of axes with the value, whose mean under chance is 1: their mean. */
function linearRatio(theta: Matrix, rows: Int32Array, centred: Float64Array): number {
  const { along, variances } = linearParts(theta, rows, centred)
  const kept = [...variances.keys()].filter((a) => variances[a]! > negligible * variances[0]!)
  return kept.reduce((sum, a) => sum + ((rows.length - 1) * along[a]! ** 2) / variances[a]! / kept.length, 0)
}

/** What to add to every user so that correlations come down to the null, where they are above. */
function linearClosing(theta: Matrix, rows: Int32Array, centred: Float64Array, level: number): Matrix {
  const K = theta.cols
  const { along, variances, axes } = linearParts(theta, rows, centred)
  const kept = cappedShares(along.map((value) => (rows.length - 1) * value ** 2), variances.map((value) => (value > negligible * variances[0]! ? value : 0)), level)
  const slope = new Float64Array(K)
  for (let a = 0; a < K; a++) for (let k = 0; k < K; k++) slope[k]! += (kept[a]! - 1) * along[a]! * axes[a * K + k]!
  const out = matrix(theta.rows, K)
  for (const i of rows) for (let k = 0; k < K; k++) out.data[i * K + k] = centred[i]! * slope[k]!
  return out
}

/** Takes mean and regression on the value from a direction, in place. */
function holdLinear(direction: Matrix, rows: Int32Array, centred: Float64Array): void {
  const K = direction.cols
  const mean = rowMean(direction, rows)
  const slope = new Float64Array(K)
  for (const i of rows) for (let k = 0; k < K; k++) slope[k]! += (centred[i]! * direction.data[i * K + k]!) / rows.length
  for (const i of rows) for (let k = 0; k < K; k++) direction.data[i * K + k]! -= mean[k]! + slope[k]! * centred[i]!
}
