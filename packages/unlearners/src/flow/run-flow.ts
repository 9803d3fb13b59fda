/** @file The course of the calibrated flow on any `FlowTable`: which tables to try, and where to stop. */

import { badData } from '@indistinct/core'
import { nullMmd } from '@indistinct/kernels'
import type { FamilyRatio } from './class-moments.ts'
import { classPairs, type ClassDifferences, type FlowTable, type PairMmd } from './flow-table.ts'
import type { TraceRow } from '../unlearned.ts'
import type { FlowCourse, FlowEnd } from './flow-course.ts'
import {
  type Measured,
  isAbove,
  smallestRatio,
  isBelow,
  sharesTried,
  towards,
  passesSpent,
  advance,
  directionFactors,
} from './flow-step.ts'

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
