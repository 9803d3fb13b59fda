/**
 * @file What the calibrated flow asks of a table. The flow itself sees statistics of classes and names of tables only,
 * so that a table may lie in memory or in shards on several machines.
 */

import type { FourierMmd } from '@indistinct/kernels'
import type { FamilyRatio, MomentRatios } from './calibrate/class-moments.ts'
import type { FlowKernelName } from './flow-kernel.ts'

/**
 * Differences of classes over their null expectation, by family: see `MomentRatios`, `shapeRatio` and `radiusRatio`.
 */
export interface ClassDifferences extends MomentRatios {
  readonly shapes?: FamilyRatio
  readonly radii?: FamilyRatio
}

/** MMD^2 of a pair of classes without a table's rows. */
export type PairMmd = Omit<FourierMmd, 'gradient'>

/**
 * A table's users by class, and the tables that their moves lead to.
 * `State` names such a table, `Direction` a displacement of all users, and `Mmd` what was measured of a pair.
 */
export interface FlowTable<State, Direction, Mmd extends PairMmd> {
  readonly kernel: FlowKernelName
  /** Users of each class (C). */
  readonly sizes: readonly number[]
  /** The table as it came. */
  readonly start: State
  /** Measures with other frequencies from now on; nothing for the exact kernel. */
  refresh(): void
  /** MMD^2 of every pair of classes, in the order of `classPairs`. */
  measure(state: State): Mmd[]
  differences(state: State): ClassDifferences
  /** The table after `calibrateMoments`. */
  calibrated(state: State, level: number): State
  /** The table after `calibrateShapes`. */
  shaped(state: State, level: number): State
  /** The table after `calibrateRadii`. */
  scaled(state: State, level: number): State
  /** (1 - share) from + share to, exactly `to` at 1; entries that are equal keep their bits. */
  blend(from: State, to: State, share: number): State
  /**
   * The sum over pairs of factor times the gradient of MMD^2 as `mmds` measured it on `state`, less what would change
   * the moments of `state` where `hold` is set.
   */
  direction(state: State, mmds: readonly Mmd[], factors: readonly number[], hold: boolean): Direction
  /** state + step direction; rows that the direction leaves alone keep their bits. */
  displaced(state: State, direction: Direction, step: number): State
  /** `state` is not asked for again. */
  discard(state: State): void
}

/** All pairs of `count` classes. */
export function classPairs(count: number): { readonly first: number; readonly second: number }[] {
  return Array.from({ length: count }, (_, first) =>
    Array.from({ length: count - first - 1 }, (_, at) => ({ first, second: first + 1 + at })),
  ).flat()
}
