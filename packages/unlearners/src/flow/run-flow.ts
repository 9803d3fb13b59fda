/** @file The course of the calibrated flow on any `FlowTable`: which tables to try, and where to stop. */

import type { Json } from '@indistinct/core'
import type { TraceRow } from '../unlearned.ts'
import type { FamilyRatio } from './calibrate/class-moments.ts'
import type { FlowCourse, FlowEnd } from './flow-course.ts'
import { descended, isOff } from './flow-descent.ts'
import { surprises } from './flow-families.ts'
import { isAbove, type Measured } from './flow-step.ts'
import type { FlowTable, PairMmd } from './flow-table.ts'
import { flowWalk, type FlowWalk } from './flow-walk.ts'

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
  const walk = flowWalk({ caller, table, course, onPass })
  const { start, discard } = walk
  let at = descended(walk, false)
  const isSurprising = surprises(walk, at).some((family) => family === 'shapes' || family === 'radii')
  // The kernel may have spent on other differences what shapes need above the floor: then once more, with shapes before
  // it.
  if (!walk.isSpent() && course.shapes && isAbove(start, course.tolerance) && isSurprising) {
    const again = descended(walk, true)
    const [kept, rejected] = isOff(walk, again) && !isOff(walk, at) ? [at, again] : [again, at]
    if (rejected !== start && rejected !== kept) discard(rejected)
    at = kept
  }
  return { state: at.state, trace: walk.trace, parameters: endOf(walk, at) }
}

/** What is said of a flow that ended on `at`. */
function endOf<State, Direction, Mmd extends PairMmd>(
  walk: FlowWalk<State, Direction, Mmd>,
  at: Measured<State, Mmd>,
): { readonly [name: string]: Json } {
  const { table, course, start } = walk
  const [aboveBefore, above] = [surprises(walk, start), surprises(walk, at)]
  const moved = at.state !== table.start
  const outcome = isOff(walk, at) || (!moved && above.length > 0) ? 'not landed' : moved ? 'landed' : 'already at null'
  const stopped = walk.isSpent() ? `all ${course.maxPasses} passes are spent` : 'no step leads on'
  const ratios = (of: Measured<State, Mmd>): Record<string, number> =>
    Object.fromEntries(
      Object.entries(walk.differences(of)).map(([family, { ratio }]: [string, FamilyRatio]) => [family, ratio]),
    )
  return {
    ...course,
    kernel: table.kernel,
    outcome,
    // Families that chance does not explain are named, wherever MMD^2 ended.
    ...(above.length > 0 && { above }),
    ...(aboveBefore.length > 0 && { aboveBefore }),
    ...(outcome === 'not landed' && { stopped }),
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
  }
}
