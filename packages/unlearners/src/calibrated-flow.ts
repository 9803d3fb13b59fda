/** @file The calibrated flow: descend MMD^2 between the classes and land on the value that chance gives it. */

import { copyMatrix, matrix, type Labels, type Matrix } from '@indistinct/core'
import { nullMmd, rbfMmd, type MmdResult } from '@indistinct/kernels'
import { checkCount, checkedClasses, checkPositive } from './checked-classes.ts'
import { unlearned, type TraceRow, type Unlearned } from './unlearned.ts'

export interface CalibratedFlowOptions {
  /** Where to stop, as a multiple of the null value E[MMD^2] under random relabelling. Default 1. */
  readonly level?: number
  /** First step, in units of a quarter of the bandwidth b, the narrowest kernel's scale. Default 0.05. */
  readonly firstStep?: number
  /** Landing counts when MMD^2 is between level x null and (1 + tolerance) times that. Default 0.01. */
  readonly tolerance?: number
  /** Passes after which to give up. Default 500. */
  readonly maxPasses?: number
  readonly onPass?: (row: TraceRow) => void
}

/** A pair of classes on some table. */
interface Pair {
  readonly first: number
  readonly second: number
  readonly mmd: MmdResult
  /** MMD^2 over level x null: 1 is landed, above is a leak, below is a leak of another kind. */
  readonly ratio: number
}

/**
 * Moves each labelled user of class c along -n_c times the gradient of MMD^2 (steepest descent in the space of the
 * class's distribution), until MMD^2 stands on `level` times its null value, never below: samples that are more
 * alike than chance makes them give themselves away too. Embedding (N, K), any number of labels, deterministic.
 *
 * Step: users of a class are displaced by eta b/4 n_c gradient. eta starts at `firstStep` and doubles after every
 * accepted step; a step that raises MMD^2 is halved, and one that would jump below the landing is bisected back.
 * Bandwidth: b is the mean squared distance between labelled users of the pair, measured anew on every table tried,
 * so that the landing is a statement about the result and not about the table before it.
 *
 * More than two labels: every pair (a, b) has its own MMD^2 and null; users of a are drawn by each b still above its
 * landing, in proportion to b's share of the users outside a. A step is bisected until no such pair jumps below its
 * landing, and the flow ends when none is left above.
 *
 * Classes already at or below the landing are left where they are, and `parameters.outcome` says 'already at null'.
 * @throws RangeError on options or shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes;
 * Error with pass and loss when the landing is not reached.
 */
export function calibratedFlow(embedding: Matrix, labels: Labels, options: CalibratedFlowOptions = {}): Unlearned {
  const caller = 'calibratedFlow'
  const classes = checkedClasses(caller, embedding, labels)
  const { level = 1, firstStep = 0.05, tolerance = 0.01, maxPasses = 500, onPass } = options
  checkPositive(caller, 'level', level)
  checkPositive(caller, 'firstStep', firstStep)
  if (firstStep > 1) throw new RangeError(`${caller}: expected firstStep of at most 1 (a quarter of the bandwidth), got ${firstStep}`)
  checkPositive(caller, 'tolerance', tolerance)
  checkCount(caller, 'maxPasses', maxPasses)

  const trace: TraceRow[] = []
  let step = 0
  const measure = (theta: Matrix): Pair[] => {
    const pairs = measurePairs(theta, classes, level)
    const worst = Math.max(...pairs.map((pair) => pair.ratio))
    const least = Math.min(...pairs.map((pair) => pair.ratio))
    const loss = pairs.reduce((sum, pair) => sum + pair.mmd.value, 0) / pairs.length
    const row: TraceRow = { pass: trace.length + 1, loss, step, largestRatio: worst, smallestRatio: least }
    if (pairs.some((pair) => !Number.isFinite(pair.ratio)) || trace.length === maxPasses) {
      throw new Error(`${caller}: expected to land within ${maxPasses} passes, got MMD^2 ${loss} at ${worst} times the landing in pass ${row.pass}`)
    }
    trace.push(row)
    onPass?.(row)
    return pairs
  }
  const landed = 1 + tolerance

  let theta = copyMatrix(embedding)
  let pairs = measure(theta)
  const start = pairs
  let eta = firstStep
  for (;;) {
    const active = pairs.map((pair) => pair.ratio > landed)
    if (!active.includes(true)) break
    const direction = flowDirection(theta, classes, pairs, active)
    // Along the ray: `low` is the longest step known to leave every active pair above its landing, `high` the
    // shortest known to be too long.
    let [low, lowRatio, high, highRatio] = [0, leastActive(pairs, active), Infinity, NaN]
    for (;;) {
      step = eta
      const trial = displaced(theta, direction, eta)
      const tried = measure(trial)
      const ratio = leastActive(tried, active)
      if (ratio < 1) [high, highRatio] = [eta, ratio]
      else if (excess(tried, active) >= excess(pairs, active)) [high, highRatio] = [eta, NaN]
      else if (ratio <= landed || high === Infinity) {
        theta = trial
        pairs = tried
        if (high === Infinity) eta *= 2
        break
      } else [low, lowRatio] = [eta, ratio]
      const share = Number.isNaN(highRatio) ? 0.5 : (lowRatio - 1 - tolerance / 2) / (lowRatio - highRatio)
      eta = low + (high - low) * Math.min(0.9, Math.max(0.1, share))
    }
  }
  return unlearned({
    embedding: theta,
    method: 'flow',
    parameters: {
      level,
      firstStep,
      tolerance,
      maxPasses,
      outcome: trace.length === 1 ? 'already at null' : 'landed',
      pairs: pairs.map(({ first, second, mmd, ratio }, p) => ({
        first, second, mmd: mmd.value, bandwidth: mmd.bandwidth, ratio, ratioBefore: start[p]!.ratio,
      })),
    },
    trace,
    passes: trace.length,
  })
}

function measurePairs(theta: Matrix, classes: readonly Int32Array[], level: number): Pair[] {
  const pairs: Pair[] = []
  for (let first = 0; first < classes.length; first++) {
    for (let second = first + 1; second < classes.length; second++) {
      const [a, b] = [classes[first]!, classes[second]!]
      const mmd = rbfMmd(theta, { first: a, second: b }, { gradient: true })
      pairs.push({ first, second, mmd, ratio: mmd.value / (level * nullMmd(mmd.total, mmd.trace, a.length, b.length)) })
    }
  }
  return pairs
}

function leastActive(pairs: readonly Pair[], active: readonly boolean[]): number {
  return Math.min(...pairs.filter((_, p) => active[p]).map((pair) => pair.ratio))
}

function excess(pairs: readonly Pair[], active: readonly boolean[]): number {
  return pairs.reduce((sum, pair, p) => sum + (active[p] ? pair.ratio - 1 : 0), 0)
}

/** Displacement of every user per unit of eta (N, K). */
function flowDirection(theta: Matrix, classes: readonly Int32Array[], pairs: readonly Pair[], active: readonly boolean[]): Matrix {
  const n = classes.reduce((sum, members) => sum + members.length, 0)
  const K = theta.cols
  const direction = matrix(theta.rows, K)
  pairs.forEach(({ first, second, mmd }, p) => {
    if (!active[p]) return
    const gradient = mmd.gradient!.data
    for (const [own, other] of [[first, second], [second, first]] as const) {
      const size = classes[own]!.length
      // n_b / (n - n_a) is 1 for two labels.
      const factor = (mmd.bandwidth / 4) * size * (classes[other]!.length / (n - size))
      for (const i of classes[own]!) for (let k = 0; k < K; k++) direction.data[i * K + k]! -= factor * gradient[i * K + k]!
    }
  })
  return direction
}

/** theta + eta * direction; rows that the direction leaves alone keep their bits. */
function displaced(theta: Matrix, direction: Matrix, eta: number): Matrix {
  const out = copyMatrix(theta)
  for (let p = 0; p < out.data.length; p++) if (direction.data[p] !== 0) out.data[p]! += eta * direction.data[p]!
  return out
}
