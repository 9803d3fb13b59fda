/** @file The calibrated flow: bring the difference between classes down to what chance makes of it, layer by layer. */

import { copyMatrix, matrix, type Labels, type Matrix } from '@indistinct/core'
import { nullMmd, type FourierMmd } from '@indistinct/kernels'
import { calibrateMoments, calibrateMomentsIn } from './calibrate-moments.ts'
import { checkCount, checkedClasses, checkPositive } from './checked-classes.ts'
import { momentRatios } from './class-moments.ts'
import { exactKernel, mostExactUsers, randomFourierKernel, type FlowKernel, type FlowKernelName } from './flow-kernel.ts'
import { holdMoments, holdMomentsIn, steepestIn } from './hold-moments.ts'
import type { ScoreMetric } from './score-metric.ts'
import { unlearned, type TraceRow, type Unlearned } from './unlearned.ts'

export interface CalibratedFlowOptions {
  /** Where to stop, as a multiple of what random relabelling gives. Default 1. */
  readonly level?: number
  /** Whether to calibrate means and covariances before the kernel. Default true; false is the plain flow. */
  readonly moments?: boolean
  /** First step, at most 1, in units of a quarter of the bandwidth b, the narrowest kernel's scale. Default 0.05. */
  readonly firstStep?: number
  /** Landing counts when MMD^2 is between level x null and (1 + tolerance) times that. Default 0.01. */
  readonly tolerance?: number
  /** Passes after which to give up. Default 500. */
  readonly maxPasses?: number
  /**
   * 'exact' visits all pairs of users; 'random-fourier' estimates MMD^2, its null value and gradient in time linear in
   * their number. Default: exact up to 50,000 labelled users.
   */
  readonly kernel?: FlowKernelName
  /** Frequencies of 'random-fourier', a multiple of 8: its error shrinks as one over their root. Default 512. */
  readonly frequencies?: number
  /** Seed of the frequencies; the exact kernel draws nothing. Default 0. */
  readonly seed?: number
  /**
   * What moving each user costs in scores (`innerProductMetric`, `scoreMetric`), for all rows of the table. Default: the
   * same in every direction and for every user.
   */
  readonly metric?: ScoreMetric
  readonly onPass?: (row: TraceRow) => void
}

/** How many tolerances below its landing one of several pairs may end. */
const draggedTolerances = 5

/**
 * Share of a step below which another is drawn instead: close to the landing, a direction from some frequencies may lead
 * nowhere by the measure of others.
 */
const shortestShare = 2 ** -8

/** Times that moments are brought down again after the kernel. */
const mostPolishes = 3
/** Share of their null by which moments may be above it in the end. */
const momentTolerance = 0.05
/** Shares of a polish that are tried, each half of the one before, for one that leaves no pair below its landing. */
const polishShares = 4

/** A pair of classes on some table. */
interface Pair {
  readonly first: number
  readonly second: number
  readonly mmd: FourierMmd
  /** MMD^2 over level x null: 1 is landed, above is a leak, below is a leak of another kind. */
  readonly ratio: number
}

/** A table with its pairs measured. */
interface Measured {
  readonly theta: Matrix
  readonly pairs: readonly Pair[]
}

/**
 * Moves labelled users of `embedding` (N, K) until classes differ as much as a random relabelling of the same users
 * would make them differ, and no less: samples more alike than chance give themselves away too, since users held out
 * are then anti-correlated with those an attacker learns from. Any number of labels; deterministic.
 *
 * 1. Moments (`moments`): one affine map a class brings differences of class means (T^2) and covariances down to their
 *    null expectation, see `calibrateMoments`. It is cut short where MMD^2 would pass its landing.
 * 2. Kernel: users then move along the negative gradient of MMD^2 until MMD^2 stands on `level` times its null value.
 *    With `moments`, the direction leaves out what would change the means and covariances of step 1 (`holdMoments`):
 *    the kernel's gradient is strongest exactly there, and would spend their share of the null on what it sees less
 *    of. At K = 64 the plain flow lands with T^2 at 0.1 to 0.6 of its null, a linear attacker below chance, and trees
 *    above.
 * 3. Polish: where the moments have come back above their null by more than a twentieth, they are brought down again and the
 *    kernel after them, at most three times, as far as MMD^2 does not fall below its landing.
 *
 * With a `metric`, moving user i by d costs d' M_i d instead of d'd: see `calibrateMomentsIn`, `holdMomentsIn` and
 * docs/calibrated-flow.md.
 *
 * Step: users are displaced by eta b/4 times 2 n_1 n_2 / n times the gradient, n_c of n users being of class c: steepest
 * descent, the way that moves users least. (For classes of one size that is n_c times the gradient, the same speed for
 * everyone; otherwise the smaller class moves faster, as in a barycentre.) eta starts at `firstStep` and doubles after
 * every accepted step; a step that raises MMD^2 is shortened, and one that would jump below the landing is brought back
 * by regula falsi. Bandwidth: b is the mean squared distance between labelled users of the pair, measured anew on every
 * table tried, so that the landing is a statement about the result and not about the table before it.
 *
 * More than two labels: every pair (a, b) has its own MMD^2 and null, and pulls in proportion to n_a n_b and to its
 * excess over its landing, so that pairs land together; a pair that others drag below its landing is pushed apart in the
 * same proportion. Steps are shortened until the weighted sum of squared (ratio - 1) comes down, and the flow ends when
 * no pair is above its landing nor more than 5 tolerances below.
 *
 * Random Fourier features (`kernel`): frequencies are drawn anew for every step, which starts by measuring its own start
 * with them; the direction comes from those of the step before. The landing is then a statement about an estimate, and
 * `parameters` give its standard error.
 *
 * Where every pair is already at or below the landing nothing moves, and `parameters.outcome` is 'already at null'.
 * @throws RangeError on options or shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes;
 * Error with pass and loss when the landing is not reached.
 */
export function calibratedFlow(embedding: Matrix, labels: Labels, options: CalibratedFlowOptions = {}): Unlearned {
  const caller = 'calibratedFlow'
  const classes = checkedClasses(caller, embedding, labels)
  const { level = 1, moments = true, firstStep = 0.05, tolerance = 0.01, maxPasses = 500, metric, onPass } = options
  checkPositive(caller, 'level', level)
  checkPositive(caller, 'firstStep', firstStep)
  if (firstStep > 1) throw new RangeError(`${caller}: expected firstStep of at most 1 (a quarter of the bandwidth), got ${firstStep}`)
  checkPositive(caller, 'tolerance', tolerance)
  checkCount(caller, 'maxPasses', maxPasses)
  if (metric && (metric.rows !== embedding.rows || metric.cols !== embedding.cols)) {
    throw new RangeError(`${caller}: expected a metric of the table's shape (${embedding.rows}, ${embedding.cols}), got (${metric.rows}, ${metric.cols})`)
  }
  const kernel = chosenKernel(embedding, classes, options)
  // Tables that are no longer needed take the next ones: of a million users each is a quarter of a gigabyte.
  const spare: Matrix[] = []
  const table = (): Matrix => spare.pop() ?? matrix(embedding.rows, embedding.cols)
  const discard = ({ theta }: Measured): void => void (theta !== embedding && spare.push(theta))

  const trace: TraceRow[] = []
  /** Measures the table that `step` led to: a share of the moments' map, or eta. */
  const measure = (theta: Matrix, stage: number, step: number): Measured => {
    const pairs = measurePairs(theta, classes, level, kernel)
    const loss = pairs.reduce((sum, pair) => sum + pair.mmd.value, 0) / pairs.length
    const ratios = pairs.map((pair) => pair.ratio)
    const row: TraceRow = { pass: trace.length + 1, loss, stage, step, largestRatio: Math.max(...ratios), smallestRatio: Math.min(...ratios) }
    if (!ratios.every(Number.isFinite) || trace.length === maxPasses) {
      throw new Error(
        `${caller}: expected to land within ${maxPasses} passes, got MMD^2 ${loss} at ${row.largestRatio} times the landing in pass ${row.pass}`,
      )
    }
    trace.push(row)
    onPass?.(row)
    return { theta, pairs }
  }

  const start = measure(embedding, 0, 0)
  let at = start
  if (moments && isAbove(start, tolerance)) {
    const mapped = metric ? calibrateMomentsIn(metric, embedding, classes, level) : calibrateMoments(embedding, classes, level)
    at = advance(start, 1, tolerance, classes, (share) => measure(blend(embedding, mapped, share, table()), 1, share), discard).reached
    spare.push(mapped)
  }
  let eta = firstStep
  let direction: Matrix | undefined
  for (let polish = 0; ; polish++) {
    while (isAbove(at, tolerance) || (at !== start && isBelow(at, tolerance))) {
      let from = at
      if (kernel.name === 'random-fourier') {
        kernel.refresh()
        from = measure(at.theta, 2, 0)
        if (!isAbove(from, tolerance) && !isBelow(from, tolerance)) {
          at = from
          break
        }
      }
      const along = (direction = flowDirection(at, from, classes, direction))
      if (metric) {
        if (moments) holdMomentsIn(metric, along, from.theta, classes)
        else steepestIn(metric, along, classes)
      } else if (moments) {
        holdMoments(along, from.theta, classes)
      }
      const { reached, shortened } = advance(
        from, eta, tolerance, classes, (step) => measure(displaced(from.theta, along, step, table()), 2, step), discard,
        kernel.name === 'exact' ? 0 : eta * shortestShare,
      )
      if (reached !== from) discard(from)
      at = reached
      eta *= shortened ? 0.5 : 2
    }
    // The kernel's steps hold moments to first order only: what has come back is taken out again, and MMD^2 landed again.
    if (!moments || at === start || polish === mostPolishes || !momentsAbove(at.theta, classes, level)) break
    const polished = metric ? calibrateMomentsIn(metric, at.theta, classes, level) : calibrateMoments(at.theta, classes, level)
    const from = at
    const reached = longestAbove((share) => measure(blend(from.theta, polished, share, table()), 1, share), discard)
    spare.push(polished)
    if (reached === undefined) break
    discard(from)
    at = reached
    eta = Math.min(1, 4 * firstStep)
  }

  const moved = at.theta === embedding ? copyMatrix(embedding) : at.theta
  return unlearned({
    embedding: moved,
    method: 'flow',
    parameters: {
      level,
      moments,
      firstStep,
      tolerance,
      maxPasses,
      kernel: kernel.name,
      ...(metric && { metric: metric.stride === 0 ? 'one for all' : 'one a user' }),
      ...(kernel.name === 'random-fourier' && { frequencies: options.frequencies ?? defaultFrequencies, seed: options.seed ?? 0 }),
      outcome: at.theta === embedding ? 'already at null' : 'landed',
      momentsBefore: { ...momentRatios(embedding, classes) },
      momentsAfter: { ...momentRatios(moved, classes) },
      pairs: at.pairs.map(({ first, second, mmd, ratio }, p) => ({
        first, second, mmd: mmd.value, bandwidth: mmd.bandwidth, ratio, ratioBefore: start.pairs[p]!.ratio,
        ...(mmd.standardError > 0 && { ratioError: (ratio * mmd.standardError) / mmd.value }),
      })),
    },
    trace,
    passes: trace.length,
  })
}

const defaultFrequencies = 512

function chosenKernel(embedding: Matrix, classes: readonly Int32Array[], options: CalibratedFlowOptions): FlowKernel {
  const users = classes.reduce((sum, members) => sum + members.length, 0)
  const { kernel = users > mostExactUsers ? 'random-fourier' : 'exact', frequencies = defaultFrequencies, seed = 0 } = options
  switch (kernel) {
    case 'exact':
      return exactKernel
    case 'random-fourier':
      return randomFourierKernel(embedding.cols, frequencies, seed)
    default:
      throw new RangeError(`calibratedFlow: expected kernel 'exact' or 'random-fourier', got '${String(kernel satisfies never)}'`)
  }
}

function isAbove({ pairs }: Measured, tolerance: number): boolean {
  return pairs.some((pair) => pair.ratio > 1 + tolerance)
}

function momentsAbove(theta: Matrix, classes: readonly Int32Array[], level: number): boolean {
  const { mean, covariance = 0 } = momentRatios(theta, classes)
  return Math.max(mean, covariance) > level * (1 + momentTolerance)
}

/** The table of the longest share, of some, that leaves every pair at or above its landing. */
function longestAbove(measureAt: (share: number) => Measured, discard: (rejected: Measured) => void): Measured | undefined {
  for (let halvings = 0; halvings < polishShares; halvings++) {
    const reached = measureAt(0.5 ** halvings)
    if (reached.pairs.every((pair) => pair.ratio >= 1)) return reached
    discard(reached)
  }
  return undefined
}

/** Whether one of several pairs was dragged below its landing; a single pair never is. */
function isBelow({ pairs }: Measured, tolerance: number): boolean {
  return pairs.length > 1 && pairs.some((pair) => pair.ratio < 1 - draggedTolerances * tolerance)
}

/**
 * Tries `step`, and shorter ones until the misfit of `from` comes down. With two labels it also comes down onto the
 * landing and never below: a step too long is brought back along its ray to where MMD^2 stands on it. Below `shortest` it
 * stays at `from`.
 */
function advance(
  from: Measured, step: number, tolerance: number, classes: readonly Int32Array[], measureAt: (step: number) => Measured,
  discard: (rejected: Measured) => void, shortest = 0,
): { reached: Measured; shortened: boolean } {
  const misfit = misfitFrom(from, classes)
  // `low` is the longest step known to stay above the landing, `high` the shortest known as too long.
  let [low, lowRatio] = [0, from.pairs[0]!.ratio]
  let [high, highRatio] = [Infinity, NaN]
  let tried = step
  for (;;) {
    if (tried < shortest) return { reached: from, shortened: true }
    const reached = measureAt(tried)
    const ratio = reached.pairs.length === 1 ? reached.pairs[0]!.ratio : NaN
    if (ratio < 1) [high, highRatio] = [tried, ratio]
    else if (misfit(reached) >= misfit(from)) [high, highRatio] = [tried, NaN]
    else if (high === Infinity || Number.isNaN(highRatio) || ratio <= 1 + tolerance) return { reached, shortened: high !== Infinity }
    else [low, lowRatio] = [tried, ratio]
    discard(reached)
    const share = Number.isNaN(highRatio) ? 0.5 : (lowRatio - 1 - tolerance / 2) / (lowRatio - highRatio)
    // Kept off the ends, where the line through both ratios would stall.
    tried = low + (high - low) * Math.min(0.9, Math.max(0.1, share))
  }
}

/**
 * Sum over pairs of n_a n_b b null (ratio - 1)^2, with all but the ratio as in `from`: `flowDirection` is its steepest
 * descent.
 */
function misfitFrom(from: Measured, classes: readonly Int32Array[]): (measured: Measured) => number {
  const weights = from.pairs.map(({ first, second, mmd, ratio }) =>
    classes[first]!.length * classes[second]!.length * mmd.bandwidth * (mmd.value / ratio))
  return ({ pairs }) => pairs.reduce((sum, pair, p) => sum + weights[p]! * (pair.ratio - 1) ** 2, 0)
}

function measurePairs(theta: Matrix, classes: readonly Int32Array[], level: number, kernel: FlowKernel): Pair[] {
  const pairs: Pair[] = []
  for (let first = 0; first < classes.length; first++) {
    for (let second = first + 1; second < classes.length; second++) {
      const [a, b] = [classes[first]!, classes[second]!]
      const mmd = kernel.measure(theta, { first: a, second: b })
      pairs.push({ first, second, mmd, ratio: mmd.value / (level * nullMmd(mmd.total, mmd.trace, a.length, b.length)) })
    }
  }
  return pairs
}

/**
 * Displacement of every user per unit of eta (N, K), by the gradients of one measurement of a table and the ratios of
 * another, or of the same. It may take the place of `out`.
 */
function flowDirection({ theta, pairs }: Measured, at: Measured, classes: readonly Int32Array[], out?: Matrix): Matrix {
  const most = Math.max(...at.pairs.map((pair) => Math.abs(pair.ratio - 1)))
  const n = classes.reduce((sum, members) => sum + members.length, 0)
  const factors = at.pairs.map(({ first, second, mmd, ratio }) =>
    // The last factor, the share of the largest excess, is 1 for two labels.
    -(mmd.bandwidth / 4) * ((2 * classes[first]!.length * classes[second]!.length) / n) * ((ratio - 1) / most))
  if (pairs.length === 1) {
    const direction = pairs[0]!.mmd.gradient(out)
    for (let p = 0; p < direction.data.length; p++) direction.data[p]! *= factors[0]!
    return direction
  }
  const direction = matrix(theta.rows, theta.cols)
  pairs.forEach(({ mmd }, p) => {
    const gradient = mmd.gradient().data
    for (let q = 0; q < gradient.length; q++) direction.data[q]! += factors[p]! * gradient[q]!
  })
  return direction
}

/** theta + eta * direction in `out`; rows that the direction leaves alone keep their bits. */
function displaced(theta: Matrix, direction: Matrix, eta: number, out: Matrix): Matrix {
  out.data.set(theta.data)
  for (let p = 0; p < out.data.length; p++) if (direction.data[p] !== 0) out.data[p]! += eta * direction.data[p]!
  return out
}

/** (1 - share) * from + share * to in `out`, exactly `to` at 1; equal entries keep their bits. */
function blend(from: Matrix, to: Matrix, share: number, out: Matrix): Matrix {
  out.data.set(share === 1 ? to.data : from.data)
  if (share === 1) return out
  for (let p = 0; p < out.data.length; p++) if (to.data[p] !== from.data[p]) out.data[p]! += share * (to.data[p]! - from.data[p]!)
  return out
}
