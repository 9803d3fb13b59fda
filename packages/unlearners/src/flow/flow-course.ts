/** @file What a flow is asked for, and how one ends. */

import { type Json, type OptionKinds } from '@indistinct/core'
import { checkCount, checkPositive } from '../checked-classes.ts'
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

/** Kinds of what every flow takes. */
export const flowCourseKinds: OptionKinds<Partial<FlowCourse>> = {
  level: 'number',
  moments: 'boolean',
  shapes: 'boolean',
  firstStep: 'number',
  tolerance: 'number',
  maxPasses: 'number',
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
