/** @file The course of the calibrated flow on any `FlowTable`: which tables to try, and where to stop. */

import { badData, type Json } from '@indistinct/core'
import { nullMmd } from '@indistinct/kernels'
import { checkCount, checkPositive } from '../checked-classes.ts'
import type { FamilyRatio } from './class-moments.ts'
import { classPairs, type ClassDifferences, type FlowTable, type PairMmd } from './flow-table.ts'
import type { TraceRow } from '../unlearned.ts'

/** Where the flow goes, and when it stops. */
export interface FlowCourse {
  /** Where to stop, as a multiple of what random relabelling gives. Default 1. */
  readonly level: number
  /** Whether to calibrate means and covariances before the kernel. Default true; false is the plain flow. */
  readonly moments: boolean
  /**
   * Whether to calibrate distributions along single directions and by distance, after means and covariances. Default:
   * as `moments`.
   */
  readonly shapes: boolean
  /** First step, at most 1, in units of a quarter of the bandwidth b, the narrowest kernel's scale. Default 0.2. */
  readonly firstStep: number
  /** Landing counts when MMD^2 is between level x null and (1 + tolerance) times that. Default 0.01. */
  readonly tolerance: number
  /** Passes after which the flow stops where it is, not landed. Default 500. */
  readonly maxPasses: number
}

/** The course of `options`, with defaults where they say nothing. @throws RangeError on values that do not fit. */
export function checkedCourse(caller: string, options: Partial<FlowCourse>): FlowCourse {
  const { level = 1, moments = true, shapes = moments, firstStep = 0.2, tolerance = 0.01, maxPasses = 500 } = options
  checkPositive(caller, 'level', level)
  checkPositive(caller, 'firstStep', firstStep)
  if (firstStep > 1)
    throw new RangeError(`${caller}: expected firstStep of at most 1 (a quarter of the bandwidth), got ${firstStep}`)
  checkPositive(caller, 'tolerance', tolerance)
  checkCount(caller, 'maxPasses', maxPasses)
  return { level, moments, shapes, firstStep, tolerance, maxPasses }
}

export interface FlowEnd<State> {
  readonly state: State
  /** The course, and what was measured of it. */
  readonly parameters: { readonly [name: string]: Json }
  readonly trace: readonly TraceRow[]
}

/**
 * How many tolerances below its landing MMD^2 may end, where other pairs or other families of differences ask for it.
 */
const draggedTolerances = 5

/**
 * Share of a step below which another is drawn instead: close to the landing, a direction from some frequencies may
 * lead nowhere by the measure of others.
 */
const shortestShare = 2 ** -8

/** Times that families are brought down again after the kernel. */
const mostPolishes = 3
/** Share of their null by which means and covariances may be above it in the end. */
const familyTolerance = 0.05
/** Standard deviations under random relabelling by which a family is above its null where that is no chance. */
const surprising = 3
/**
 * Share of their null by which shapes are above it where they are brought down before the kernel. Users as they are
 * trained differ a little along all directions, and most of that goes with the rest, at less cost; what chance does not
 * explain of it then goes after.
 */
const manyShapes = 2
/** Halvings of a step after which no shorter one is tried: the direction then leads nowhere. */
const mostHalvings = 24
/** Stops a flow whose passes are spent; it never leaves this file. */
const passesSpent = new Error('passes spent')

/** Shares of the way to a calibrated table that are tried for one that leaves no pair below its floor. */
const sharesTried = 4

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

/**
 * The steps of `calibratedFlow`, which explains them. Where passes run out, or no step leads on, it ends on the table
 * that it reached and says so.
 * @throws IndistinctError 'bad-data' where a statistic is no number.
 */
export function runFlow<State, Direction, Mmd extends PairMmd>(
  caller: string,
  table: FlowTable<State, Direction, Mmd>,
  course: FlowCourse,
  onPass?: (row: TraceRow) => void,
): FlowEnd<State> {
  type At = Measured<State, Mmd>
  const { level, moments, shapes, firstStep, tolerance, maxPasses } = course
  const floor = 1 - draggedTolerances * tolerance
  const { sizes, start: origin } = table
  const pairNames = classPairs(sizes.length)
  const discard = ({ state }: At): void => table.discard(state)

  const trace: TraceRow[] = []
  let spent = false
  /** What `move` gives, or `stay` once passes are spent. */
  const orStay = <T>(stay: T, move: () => T): T => {
    try {
      return move()
    } catch (error) {
      if (error !== passesSpent) throw error
      spent = true
      return stay
    }
  }
  /** Measures the table that `step` led to: a share of the moments' map, or eta. */
  const measure = (state: State, stage: number, step: number): At => {
    if (trace.length === maxPasses) throw passesSpent
    const pairs = table.measure(state).map((mmd, p) => {
      const { first, second } = pairNames[p]!
      return {
        first,
        second,
        mmd,
        ratio: mmd.value / (level * nullMmd(mmd.total, mmd.trace, sizes[first]!, sizes[second]!)),
      }
    })
    const loss = pairs.reduce((sum, pair) => sum + pair.mmd.value, 0) / pairs.length
    const ratios = pairs.map((pair) => pair.ratio)
    const row: TraceRow = {
      pass: trace.length + 1,
      loss,
      stage,
      step,
      largestRatio: Math.max(...ratios),
      smallestRatio: Math.min(...ratios),
    }
    if (!ratios.every(Number.isFinite)) {
      throw badData(
        `${caller}: expected numbers, got MMD^2 ${loss} at ${row.largestRatio} times the landing in pass ` +
          `${row.pass}; look for columns of very large or very small values`,
      )
    }
    trace.push(row)
    onPass?.(row)
    return { state, pairs }
  }
  const known = new WeakMap<At, ClassDifferences>()
  const differences = (of: At): ClassDifferences => {
    const found = known.get(of) ?? table.differences(of.state)
    known.set(of, found)
    return found
  }

  const start = measure(origin, 0, 0)
  const surprise = (terms: number): number => surprising * Math.sqrt(2 / terms)
  const meansAndCovariances = {
    stage: 1,
    ofFamily: (d: ClassDifferences) => [d.mean, d.covariance],
    calibrated: table.calibrated,
  }
  const shapesAlong = { stage: 3, ofFamily: (d: ClassDifferences) => [d.shapes], calibrated: table.shaped }
  const distances = { stage: 4, ofFamily: (d: ClassDifferences) => [d.radii], calibrated: table.scaled }
  type Family = typeof meansAndCovariances & { readonly excess: (terms: number) => number }
  /**
   * Brings down families above their null by more than the share of it that `excess` gives, as far as MMD^2 stays above
   * its floor.
   */
  const calibrate = (from: At, families: readonly Family[]): At => {
    let reached = from
    for (const { stage, ofFamily, calibrated, excess } of families) {
      if (spent || !ofFamily(differences(reached)).some((own) => own && own.ratio > level * (1 + excess(own.terms))))
        continue
      const before = reached
      const mapped = calibrated(before.state, level)
      const measureAt = (share: number): At => measure(table.blend(before.state, mapped, share), stage, share)
      // One of several pairs that falls below its floor need not keep up others, which the kernel alone may not bring
      // down.
      reached = orStay(before, () =>
        before.pairs.length > 1 && isAbove(before, tolerance)
          ? advance(before, 1, tolerance, sizes, measureAt, discard, 0.5 ** sharesTried).reached
          : (towards(before, floor, measureAt, discard) ?? before),
      )
      table.discard(mapped)
      if (reached !== before && before !== from) discard(before)
    }
    return reached
  }

  const surprises = (of: At): string[] =>
    Object.entries(differences(of))
      .filter(([, { ratio, terms }]: [string, FamilyRatio]) => ratio > level * (1 + surprise(terms)))
      .map(([family]) => family)
  const isSurprising = (of: At): boolean => surprises(of).some((family) => family === 'shapes' || family === 'radii')
  const isOff = (of: At): boolean => isAbove(of, tolerance) || (of !== start && isBelow(of, floor))
  const descended = (shapesFirst: boolean): At => {
    let at = start
    if (isAbove(start, tolerance)) {
      at = calibrate(start, [
        ...(moments ? [{ ...meansAndCovariances, excess: () => 0 }] : []),
        ...(shapes
          ? [
              {
                ...shapesAlong,
                excess: shapesFirst ? surprise : (terms: number) => Math.max(surprise(terms), manyShapes),
              },
            ]
          : []),
        ...(shapes && shapesFirst ? [{ ...distances, excess: surprise }] : []),
      ])
    }
    let eta = firstStep
    for (let polish = 0; ; polish++) {
      while (!spent && isOff(at)) {
        let from = at
        if (table.kernel === 'random-fourier') {
          table.refresh()
          from = orStay(at, () => measure(at.state, 2, 0))
          if (spent) break
          if (!isAbove(from, tolerance) && !isBelow(from, floor)) {
            at = from
            break
          }
        }
        const along = table.direction(
          at.state,
          at.pairs.map(({ mmd }) => mmd),
          directionFactors(from, sizes),
          moments,
        )
        const { reached, shortened } = orStay({ reached: from, shortened: true }, () =>
          advance(
            from,
            eta,
            tolerance,
            sizes,
            (step) => measure(table.displaced(from.state, along, step), 2, step),
            discard,
            eta * (table.kernel === 'exact' ? 0.5 ** mostHalvings : shortestShare),
          ),
        )
        // The exact kernel would give the same direction again.
        if (reached === from && table.kernel === 'exact') break
        if (reached !== from) discard(from)
        at = reached
        eta *= shortened ? 0.5 : 2
      }
      // On its floor MMD^2 leaves no room for another map.
      if (spent || polish === mostPolishes || (polish > 0 && smallestRatio(at) < floor + 2 * tolerance)) break
      // The kernel's steps hold moments to first order only: what has come back is taken out again.
      const polished = calibrate(at, [
        ...(moments ? [{ ...meansAndCovariances, excess: at === start ? surprise : () => familyTolerance }] : []),
        ...(shapes ? [shapesAlong, distances].map((family) => ({ ...family, excess: surprise })) : []),
      ])
      if (polished === at) break
      if (at !== start) discard(at)
      at = polished
      eta = Math.min(1, 4 * firstStep)
    }
    return at
  }
  let at = descended(false)
  // The kernel may have spent on other differences what shapes need above the floor: then once more, with shapes before
  // it.
  if (!spent && shapes && isAbove(start, tolerance) && isSurprising(at)) {
    const again = descended(true)
    const [kept, rejected] = isOff(again) && !isOff(at) ? [at, again] : [again, at]
    if (rejected !== start && rejected !== kept) discard(rejected)
    at = kept
  }
  const [aboveBefore, above] = [surprises(start), surprises(at)]
  const moved = at.state !== origin
  const outcome = isOff(at) || (!moved && above.length > 0) ? 'not landed' : moved ? 'landed' : 'already at null'
  const ratios = (of: At): Record<string, number> =>
    Object.fromEntries(
      Object.entries(differences(of)).map(([family, { ratio }]: [string, FamilyRatio]) => [family, ratio]),
    )
  return {
    state: at.state,
    trace,
    parameters: {
      ...course,
      kernel: table.kernel,
      outcome,
      // Families that chance does not explain are named, wherever MMD^2 ended.
      ...(above.length > 0 && { above }),
      ...(aboveBefore.length > 0 && { aboveBefore }),
      ...(outcome === 'not landed' && { stopped: spent ? `all ${maxPasses} passes are spent` : 'no step leads on' }),
      differencesBefore: ratios(start),
      differencesAfter: ratios(at),
      pairs: at.pairs.map(({ first, second, mmd, ratio }, p) => ({
        first,
        second,
        mmd: mmd.value,
        bandwidth: mmd.bandwidth,
        ratio,
        ratioBefore: start.pairs[p]!.ratio,
        ...(mmd.standardError > 0 && { ratioError: (ratio * mmd.standardError) / mmd.value }),
      })),
    },
  }
}

function isAbove({ pairs }: Measured<unknown, unknown>, tolerance: number): boolean {
  return pairs.some((pair) => pair.ratio > 1 + tolerance)
}

function smallestRatio({ pairs }: Measured<unknown, unknown>): number {
  return Math.min(...pairs.map((pair) => pair.ratio))
}

/** Whether one of several pairs was dragged below its landing; a single pair never is. */
function isBelow({ pairs }: Measured<unknown, unknown>, floor: number): boolean {
  return pairs.length > 1 && pairs.some((pair) => pair.ratio < floor)
}

/**
 * A table on the way from `from`, at the longest share of it that leaves every pair above `floor`, as near as some
 * tries come: all the way, or back along the line through the smallest ratios.
 */
function towards<At extends Measured<unknown, unknown>>(
  from: At,
  floor: number,
  measureAt: (share: number) => At,
  discard: (rejected: At) => void,
): At | undefined {
  const ratio = smallestRatio(from)
  const target = floor + (Math.min(1, ratio) - floor) / 4
  // From below the floor a shorter share leads nowhere.
  const most = ratio < floor ? 1 : sharesTried
  let share = 1
  for (let tried = 0; tried < most; tried++) {
    const reached = measureAt(share)
    if (smallestRatio(reached) >= floor) return reached
    share *= Math.min(0.9, Math.max(0.1, (ratio - target) / (ratio - smallestRatio(reached))))
    discard(reached)
  }
  return undefined
}

/**
 * Tries `step`, and shorter ones until the misfit of `from` comes down. With two labels it also comes down onto the
 * landing and never below: a step too long is brought back along its ray to where MMD^2 stands on it. Below `shortest`,
 * or out of passes, it ends on the best table so far, or stays at `from`.
 */
function advance<At extends Measured<unknown, PairMmd>>(
  from: At,
  step: number,
  tolerance: number,
  sizes: readonly number[],
  measureAt: (step: number) => At,
  discard: (rejected: At) => void,
  shortest = 0,
): { reached: At; shortened: boolean } {
  const misfit = misfitFrom(from, sizes)
  // `low` is the longest step known to stay above the landing, `high` the shortest known as too long.
  let [low, lowRatio] = [0, from.pairs[0]!.ratio]
  let [high, highRatio] = [Infinity, NaN]
  let tried = step
  let better: At | undefined
  const ended = (reached: At, shortened: boolean): { reached: At; shortened: boolean } => {
    if (better && better !== reached) discard(better)
    return { reached, shortened }
  }
  for (;;) {
    if (tried < shortest) return ended(better ?? from, true)
    let reached: At
    try {
      reached = measureAt(tried)
    } catch (error) {
      if (error !== passesSpent || !better) throw error
      return ended(better, true)
    }
    const ratio = reached.pairs.length === 1 ? reached.pairs[0]!.ratio : NaN
    if (ratio < 1) [high, highRatio] = [tried, ratio]
    else if (misfit(reached) >= misfit(from)) [high, highRatio] = [tried, NaN]
    else if (high === Infinity || Number.isNaN(highRatio) || ratio <= 1 + tolerance)
      return ended(reached, high !== Infinity)
    else {
      ;[low, lowRatio] = [tried, ratio]
      if (better) discard(better)
      better = reached
    }
    if (reached !== better) discard(reached)
    const share = Number.isNaN(highRatio) ? 0.5 : (lowRatio - 1 - tolerance / 2) / (lowRatio - highRatio)
    // Kept off the ends, where the line through both ratios would stall.
    tried = low + (high - low) * Math.min(0.9, Math.max(0.1, share))
  }
}

/**
 * Sum over pairs of n_a n_b b null (ratio - 1)^2, with all but the ratio as in `from`: `directionFactors` are its
 * steepest descent.
 */
function misfitFrom(
  from: Measured<unknown, PairMmd>,
  sizes: readonly number[],
): (measured: Measured<unknown, unknown>) => number {
  const weights = from.pairs.map(
    ({ first, second, mmd, ratio }) => sizes[first]! * sizes[second]! * mmd.bandwidth * (mmd.value / ratio),
  )
  return ({ pairs }) => pairs.reduce((sum, pair, p) => sum + weights[p]! * (pair.ratio - 1) ** 2, 0)
}

/**
 * What each pair's gradient counts in the displacement of every user per unit of eta, by the gradients of one
 * measurement of a table and the ratios of another, or of the same.
 */
function directionFactors(at: Measured<unknown, PairMmd>, sizes: readonly number[]): number[] {
  const most = Math.max(...at.pairs.map((pair) => Math.abs(pair.ratio - 1)))
  const n = sizes.reduce((sum, size) => sum + size, 0)
  return at.pairs.map(
    ({ first, second, mmd, ratio }) =>
      // The last factor, the share of the largest excess, is 1 for two labels.
      -(mmd.bandwidth / 4) * ((2 * sizes[first]! * sizes[second]!) / n) * ((ratio - 1) / most),
  )
}
