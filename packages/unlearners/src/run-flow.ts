/** @file The course of the calibrated flow on any `FlowTable`: which tables to try, and where to stop. */

import type { Json } from '@indistinct/core'
import { nullMmd } from '@indistinct/kernels'
import { checkCount, checkPositive } from './checked-classes.ts'
import { classPairs, type FlowTable, type PairMmd } from './flow-table.ts'
import type { TraceRow } from './unlearned.ts'

/** Where the flow goes, and when it stops. */
export interface FlowCourse {
  /** Where to stop, as a multiple of what random relabelling gives. Default 1. */
  readonly level: number
  /** Whether to calibrate means and covariances before the kernel. Default true; false is the plain flow. */
  readonly moments: boolean
  /** First step, at most 1, in units of a quarter of the bandwidth b, the narrowest kernel's scale. Default 0.05. */
  readonly firstStep: number
  /** Landing counts when MMD^2 is between level x null and (1 + tolerance) times that. Default 0.01. */
  readonly tolerance: number
  /** Passes after which to give up. Default 500. */
  readonly maxPasses: number
  /**
   * Share of its landing down to which MMD^2 may fall where moments are above their null. Default 1: never below. Less is for
   * tables side by side, whose differences vary little and tell much: moments see them, the kernel does not.
   */
  readonly floor: number
}

/** The course of `options`, with defaults where they say nothing. @throws RangeError on values that do not fit. */
export function checkedCourse(caller: string, options: Partial<FlowCourse>): FlowCourse {
  const { level = 1, moments = true, firstStep = 0.05, tolerance = 0.01, maxPasses = 500, floor = 1 } = options
  checkPositive(caller, 'level', level)
  checkPositive(caller, 'firstStep', firstStep)
  if (firstStep > 1) throw new RangeError(`${caller}: expected firstStep of at most 1 (a quarter of the bandwidth), got ${firstStep}`)
  checkPositive(caller, 'tolerance', tolerance)
  checkCount(caller, 'maxPasses', maxPasses)
  checkPositive(caller, 'floor', floor)
  if (floor > 1) throw new RangeError(`${caller}: expected floor of at most 1, got ${floor}`)
  return { level, moments, firstStep, tolerance, maxPasses, floor }
}

export interface FlowEnd<State> {
  readonly state: State
  /** The course, and what was measured of it. */
  readonly parameters: { readonly [name: string]: Json }
  readonly trace: readonly TraceRow[]
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
interface Pair<Mmd> {
  readonly first: number
  readonly second: number
  readonly mmd: Mmd
  /** MMD^2 over level x null: 1 is landed, above is a leak, below is a leak of another kind. */
  readonly ratio: number
}

/** A table with its pairs measured. */
interface Measured<State, Mmd> {
  readonly state: State
  readonly pairs: readonly Pair<Mmd>[]
}

/** The steps of `calibratedFlow`, which explains them. @throws Error with pass and loss when the landing is not reached. */
export function runFlow<State, Direction, Mmd extends PairMmd>(
  caller: string, table: FlowTable<State, Direction, Mmd>, course: FlowCourse, onPass?: (row: TraceRow) => void,
): FlowEnd<State> {
  type At = Measured<State, Mmd>
  const { level, moments, firstStep, tolerance, maxPasses, floor } = course
  const { sizes, start: origin } = table
  const pairNames = classPairs(sizes.length)
  const discard = ({ state }: At): void => table.discard(state)

  const trace: TraceRow[] = []
  /** Measures the table that `step` led to: a share of the moments' map, or eta. */
  const measure = (state: State, stage: number, step: number): At => {
    const pairs = table.measure(state).map((mmd, p) => {
      const { first, second } = pairNames[p]!
      return { first, second, mmd, ratio: mmd.value / (level * nullMmd(mmd.total, mmd.trace, sizes[first]!, sizes[second]!)) }
    })
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
    return { state, pairs }
  }
  const momentsAbove = (state: State): boolean => {
    const { mean, covariance = 0 } = table.momentRatios(state)
    return Math.max(mean, covariance) > level * (1 + momentTolerance)
  }

  const start = measure(origin, 0, 0)
  let at = start
  if (moments && (isAbove(start, tolerance) || (floor < 1 && momentsAbove(origin)))) {
    const mapped = table.calibrated(origin, level)
    const measureAt = (share: number): At => measure(table.blend(origin, mapped, share), 1, share)
    at = floor < 1 ? (longestAbove(floor, measureAt, discard) ?? start) : advance(start, 1, tolerance, sizes, measureAt, discard).reached
    table.discard(mapped)
  }
  let eta = firstStep
  for (let polish = 0; ; polish++) {
    while (isAbove(at, tolerance) || (at !== start && isBelow(at, tolerance, floor))) {
      let from = at
      if (table.kernel === 'random-fourier') {
        table.refresh()
        from = measure(at.state, 2, 0)
        if (!isAbove(from, tolerance) && !isBelow(from, tolerance, floor)) {
          at = from
          break
        }
      }
      const along = table.direction(at.state, at.pairs.map(({ mmd }) => mmd), directionFactors(from, sizes), moments)
      const { reached, shortened } = advance(
        from, eta, tolerance, sizes, (step) => measure(table.displaced(from.state, along, step), 2, step), discard,
        table.kernel === 'exact' ? 0 : eta * shortestShare,
      )
      if (reached !== from) discard(from)
      at = reached
      eta *= shortened ? 0.5 : 2
    }
    // The kernel's steps hold moments to first order only: what has come back is taken out again, and MMD^2 landed again.
    if (!moments || at === start || polish === mostPolishes || !momentsAbove(at.state)) break
    const polished = table.calibrated(at.state, level)
    const from = at
    const reached = longestAbove(floor, (share) => measure(table.blend(from.state, polished, share), 1, share), discard)
    table.discard(polished)
    if (reached === undefined) break
    discard(from)
    at = reached
    eta = Math.min(1, 4 * firstStep)
  }
  return {
    state: at.state,
    trace,
    parameters: {
      ...course,
      kernel: table.kernel,
      outcome: at.state === origin ? 'already at null' : 'landed',
      momentsBefore: { ...table.momentRatios(origin) },
      momentsAfter: { ...table.momentRatios(at.state) },
      pairs: at.pairs.map(({ first, second, mmd, ratio }, p) => ({
        first, second, mmd: mmd.value, bandwidth: mmd.bandwidth, ratio, ratioBefore: start.pairs[p]!.ratio,
        ...(mmd.standardError > 0 && { ratioError: (ratio * mmd.standardError) / mmd.value }),
      })),
    },
  }
}

function isAbove({ pairs }: Measured<unknown, unknown>, tolerance: number): boolean {
  return pairs.some((pair) => pair.ratio > 1 + tolerance)
}

/** Whether one of several pairs was dragged below its landing; a single pair never is. */
function isBelow({ pairs }: Measured<unknown, unknown>, tolerance: number, floor: number): boolean {
  return pairs.length > 1 && pairs.some((pair) => pair.ratio < Math.min(floor, 1 - draggedTolerances * tolerance))
}

/** The table of the longest share, of some, that leaves every pair at or above `floor` of its landing. */
function longestAbove<At extends Measured<unknown, unknown>>(floor: number, measureAt: (share: number) => At, discard: (rejected: At) => void): At | undefined {
  for (let halvings = 0; halvings < polishShares; halvings++) {
    const reached = measureAt(0.5 ** halvings)
    if (reached.pairs.every((pair) => pair.ratio >= floor)) return reached
    discard(reached)
  }
  return undefined
}

/**
 * Tries `step`, and shorter ones until the misfit of `from` comes down. With two labels it also comes down onto the
 * landing and never below: a step too long is brought back along its ray to where MMD^2 stands on it. Below `shortest` it
 * stays at `from`.
 */
function advance<At extends Measured<unknown, PairMmd>>(
  from: At, step: number, tolerance: number, sizes: readonly number[], measureAt: (step: number) => At,
  discard: (rejected: At) => void, shortest = 0,
): { reached: At; shortened: boolean } {
  const misfit = misfitFrom(from, sizes)
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
 * Sum over pairs of n_a n_b b null (ratio - 1)^2, with all but the ratio as in `from`: `directionFactors` are its
 * steepest descent.
 */
function misfitFrom(from: Measured<unknown, PairMmd>, sizes: readonly number[]): (measured: Measured<unknown, unknown>) => number {
  const weights = from.pairs.map(({ first, second, mmd, ratio }) => sizes[first]! * sizes[second]! * mmd.bandwidth * (mmd.value / ratio))
  return ({ pairs }) => pairs.reduce((sum, pair, p) => sum + weights[p]! * (pair.ratio - 1) ** 2, 0)
}

/**
 * What each pair's gradient counts in the displacement of every user per unit of eta, by the gradients of one measurement
 * of a table and the ratios of another, or of the same.
 */
function directionFactors(at: Measured<unknown, PairMmd>, sizes: readonly number[]): number[] {
  const most = Math.max(...at.pairs.map((pair) => Math.abs(pair.ratio - 1)))
  const n = sizes.reduce((sum, size) => sum + size, 0)
  return at.pairs.map(({ first, second, mmd, ratio }) =>
    // The last factor, the share of the largest excess, is 1 for two labels.
    -(mmd.bandwidth / 4) * ((2 * sizes[first]! * sizes[second]!) / n) * ((ratio - 1) / most))
}
