/** @file Families of differences between classes, brought down before the kernel's steps and after them. */

import type { FamilyRatio } from './calibrate/class-moments.ts'
import { advance, isAbove, sharesTried, towards, type Measured } from './flow-step.ts'
import type { ClassDifferences, PairMmd } from './flow-table.ts'
import type { FlowWalk } from './flow-walk.ts'

/**
 * How many tolerances below its landing MMD^2 may end, where other pairs or other families of differences ask for it.
 */
const draggedTolerances = 5
/** Standard deviations under random relabelling by which a family is above its null where that is no chance. */
const surprising = 3

/** Differences that one map of the table brings down. */
interface Family {
  /** In the trace. */
  readonly stage: number
  /** The map, as the table has it. */
  readonly map: 'calibrated' | 'shaped' | 'scaled'
  ofFamily(differences: ClassDifferences): readonly (FamilyRatio | undefined)[]
}

export const meansAndCovariances: Family = {
  stage: 1,
  map: 'calibrated',
  ofFamily: ({ mean, covariance }) => [mean, covariance],
}
export const shapesAlong: Family = { stage: 3, map: 'shaped', ofFamily: ({ shapes }) => [shapes] }
export const distances: Family = { stage: 4, map: 'scaled', ofFamily: ({ radii }) => [radii] }

/** A family, and the share of its null by which it may be above it. */
export interface CappedFamily extends Family {
  excess(terms: number): number
}

/** Where MMD^2 may end, as a ratio to its landing. */
export function floorOf({ course: { tolerance } }: Pick<FlowWalk<unknown, unknown, PairMmd>, 'course'>): number {
  return 1 - draggedTolerances * tolerance
}

/** Share of its null by which chance explains that a family of `terms` is above it. */
export function surprise(terms: number): number {
  return surprising * Math.sqrt(2 / terms)
}

/** Families of `of` that chance does not explain. */
export function surprises<State, Direction, Mmd extends PairMmd>(
  { differences, course: { level } }: FlowWalk<State, Direction, Mmd>,
  of: Measured<State, Mmd>,
): string[] {
  return Object.entries(differences(of))
    .filter(([, { ratio, terms }]: [string, FamilyRatio]) => ratio > level * (1 + surprise(terms)))
    .map(([family]) => family)
}

/** Brings down families above their null by more than their excess, as far as MMD^2 stays above its floor. */
export function calibrate<State, Direction, Mmd extends PairMmd>(
  walk: FlowWalk<State, Direction, Mmd>,
  from: Measured<State, Mmd>,
  families: readonly CappedFamily[],
): Measured<State, Mmd> {
  const { table, course, measure, discard } = walk
  const { level, tolerance } = course
  let reached = from
  for (const { stage, map, ofFamily, excess } of families) {
    const isOff = (own: FamilyRatio | undefined): boolean => !!own && own.ratio > level * (1 + excess(own.terms))
    if (walk.isSpent() || !ofFamily(walk.differences(reached)).some(isOff)) continue
    const before = reached
    const mapped = table[map](before.state, level)
    const measureAt = (share: number): Measured<State, Mmd> =>
      measure(table.blend(before.state, mapped, share), stage, share)
    // One of several pairs that falls below its floor need not keep up others, which the kernel alone may not bring
    // down.
    reached = walk.orStay(before, () =>
      before.pairs.length > 1 && isAbove(before, tolerance)
        ? advance(before, 1, tolerance, table.sizes, measureAt, discard, 0.5 ** sharesTried).reached
        : (towards(before, floorOf(walk), measureAt, discard) ?? before),
    )
    table.discard(mapped)
    if (reached !== before && before !== from) discard(before)
  }
  return reached
}
