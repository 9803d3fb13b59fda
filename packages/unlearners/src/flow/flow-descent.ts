/** @file From the table as it came to where it lands, or no step leads on: families, the kernel, families again. */

import {
  calibrate,
  distances,
  floorOf,
  meansAndCovariances,
  shapesAlong,
  surprise,
  type CappedFamily,
} from './flow-families.ts'
import { advance, directionFactors, isAbove, isBelow, smallestRatio, type Measured } from './flow-step.ts'
import type { PairMmd } from './flow-table.ts'
import type { FlowWalk } from './flow-walk.ts'

/**
 * Share of a step below which another is drawn instead: close to the landing, a direction from some frequencies may
 * lead nowhere by the measure of others.
 */
const shortestShare = 2 ** -8
/** Halvings of a step after which no shorter one is tried: the direction then leads nowhere. */
const mostHalvings = 24
/** Times that families are brought down again after the kernel. */
const mostPolishes = 3
/** Share of their null by which means and covariances may be above it in the end. */
const familyTolerance = 0.05
/**
 * Share of their null by which shapes are above it where they are brought down before the kernel. Users as they are
 * trained differ a little along all directions, and most of that goes with the rest, at less cost; what chance does not
 * explain of it then goes after.
 */
const manyShapes = 2

/** Whether MMD^2 is above its landing, or was brought below where it may end. */
export function isOff<State, Direction, Mmd extends PairMmd>(
  walk: FlowWalk<State, Direction, Mmd>,
  of: Measured<State, Mmd>,
): boolean {
  return isAbove(of, walk.course.tolerance) || (of !== walk.start && isBelow(of, floorOf(walk)))
}

/** @param shapesFirst whether the kernel leaves shapes to the map before it, down to what chance explains */
export function descended<State, Direction, Mmd extends PairMmd>(
  walk: FlowWalk<State, Direction, Mmd>,
  shapesFirst: boolean,
): Measured<State, Mmd> {
  const { start, course } = walk
  const { tolerance, firstStep } = course
  let at = isAbove(start, tolerance) ? calibrate(walk, start, familiesBefore(walk, shapesFirst)) : start
  let eta = firstStep
  for (let polish = 0; ; polish++) {
    at = byKernel(walk, at, eta)
    // On its floor MMD^2 leaves no room for another map.
    const noRoom = polish > 0 && smallestRatio(at) < floorOf(walk) + 2 * tolerance
    if (walk.isSpent() || polish === mostPolishes || noRoom) return at
    // The kernel's steps hold moments to first order only: what has come back is taken out again.
    const polished = calibrate(walk, at, familiesAfter(walk, at === start))
    if (polished === at) return at
    if (at !== start) walk.discard(at)
    at = polished
    eta = Math.min(1, 4 * firstStep)
  }
}

type AnyWalk = Pick<FlowWalk<unknown, unknown, PairMmd>, 'course'>

function familiesBefore({ course: { moments, shapes } }: AnyWalk, shapesFirst: boolean): CappedFamily[] {
  const most = (terms: number): number => Math.max(surprise(terms), manyShapes)
  return [
    ...(moments ? [{ ...meansAndCovariances, excess: () => 0 }] : []),
    ...(shapes ? [{ ...shapesAlong, excess: shapesFirst ? surprise : most }] : []),
    ...(shapes && shapesFirst ? [{ ...distances, excess: surprise }] : []),
  ]
}

function familiesAfter({ course: { moments, shapes } }: AnyWalk, unmoved: boolean): CappedFamily[] {
  return [
    ...(moments ? [{ ...meansAndCovariances, excess: unmoved ? surprise : () => familyTolerance }] : []),
    ...(shapes ? [shapesAlong, distances].map((family) => ({ ...family, excess: surprise })) : []),
  ]
}

/** Steps along the kernel's gradient from `eta` on, until MMD^2 lands or none leads on. */
function byKernel<State, Direction, Mmd extends PairMmd>(
  walk: FlowWalk<State, Direction, Mmd>,
  start: Measured<State, Mmd>,
  eta: number,
): Measured<State, Mmd> {
  const { table, course, measure, discard } = walk
  const { tolerance, moments } = course
  const exact = table.kernel === 'exact'
  let [at, step] = [start, eta]
  while (!walk.isSpent() && isOff(walk, at)) {
    let from = at
    if (!exact) {
      table.refresh()
      const state = at.state
      from = walk.orStay(at, () => measure(state, 2, 0))
      if (walk.isSpent()) return at
      if (!isAbove(from, tolerance) && !isBelow(from, floorOf(walk))) return from
    }
    const mmds = at.pairs.map(({ mmd }) => mmd)
    const along = table.direction(at.state, mmds, directionFactors(from, table.sizes), moments)
    const measureAt = (tried: number): Measured<State, Mmd> =>
      measure(table.displaced(from.state, along, tried), 2, tried)
    const shortest = step * (exact ? 0.5 ** mostHalvings : shortestShare)
    const { reached, shortened } = walk.orStay({ reached: from, shortened: true }, () =>
      advance(from, step, tolerance, table.sizes, measureAt, discard, shortest),
    )
    // The exact kernel would give the same direction again.
    if (reached === from && exact) return at
    if (reached !== from) discard(from)
    at = reached
    step *= shortened ? 0.5 : 2
  }
  return at
}
