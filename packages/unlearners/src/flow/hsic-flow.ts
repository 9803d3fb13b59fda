/**
 * @file The calibrated flow for a continuous attribute: dependence on it brought down to what dealing its values out at
 * random gives.
 */

import {
  badData,
  checkMatrix,
  checkOptions,
  copyMatrix,
  WouldHarmError,
  type Json,
  type Matrix,
} from '@indistinct/core'
import { hsicTarget } from '@indistinct/losses'
import { checkCount, checkPositive } from '../checked-classes.ts'
import { checkFarValues } from '../structure/far-values.ts'
import { checkFloatRange } from '../structure/float-range.ts'
import { keepRules } from './move-rules.ts'
import { saferMethods } from '../safer-methods.ts'
import { backOnLattices, rulesOf, structureJson, tableStructure } from '../structure/table-structure.ts'
import { unlearned, type TraceRow, type Unlearned } from '../unlearned.ts'
import { advance, closed, hsicWalk, type HsicAt, type HsicCourse, type HsicWalk } from './hsic-walk.ts'
import { curveRatios, holdCurves, valueCurves } from './value-curves.ts'

export interface HsicFlowOptions {
  /** Where to stop, as a multiple of the null. Default 1. */
  readonly level?: number
  /** Landing counts when HSIC is between level x null and (1 + tolerance) times that. Default 0.01. */
  readonly tolerance?: number
  /**
   * Passes after which the flow stops where it is, not landed; one visits all pairs of users about ten times. Default
   * 200.
   */
  readonly maxPasses?: number
  readonly onPass?: (row: TraceRow) => void
}

/** First step, in units of a quarter of the bandwidth, as in `calibratedFlow`. */
const firstStep = 0.05

/**
 * Moves users of `embedding` (N, K) who have a value in `values` (N, NaN for none) until HSIC between users and values
 * stands on its null, as `calibratedFlow` does with MMD^2 between classes: first the moments, where squared
 * correlations of the table's axes, and of their products, with curves over the value are capped so that they average
 * theirs, 1/m (`closeCurves`); then along the negative gradient of HSIC less what would change them, by the same steps.
 * Correlations that come back as axes shrink are capped again on the way. HSIC never falls below its landing: where it
 * stands there before the moments are down (strong leaks of few users), these stay above their null. Users without a
 * value are not moved. Deterministic. Where passes run out, or no step leads on, the table reached is returned with the
 * outcome 'not landed'.
 * @throws RangeError on options or shapes that do not fit or values that do not differ; IndistinctError 'bad-data' on a
 * table with values that are not finite.
 */
export function hsicFlow(embedding: Matrix, values: Float64Array, options: HsicFlowOptions = {}): Unlearned {
  const caller = 'hsicFlow'
  const course = checkedOptions(caller, embedding, values, options)
  const target = hsicTarget(values)
  checkFloatRange(caller, embedding, target.rows)
  checkFarValues(caller, embedding, target.rows)
  const curves = valueCurves(values, target)
  const structure = tableStructure(embedding, target.rows)
  if (structure.lattices.filter(({ kind }) => kind === 'held').length === embedding.cols) {
    throw new WouldHarmError(
      `${caller}: all ${embedding.cols} columns have few values, or one that many users share: whoever moves off ` +
        `it shows; unlearn by ${saferMethods('flow', 'numbers')}`,
    )
  }
  const walk = hsicWalk({ caller, embedding, target, curves, rules: rulesOf([structure]), course })
  const at = descended(walk)
  const moved = at === walk.start ? copyMatrix(embedding) : at.theta
  if (at !== walk.start) backOnLattices(moved, target.rows, structure, 0)
  const { trace } = walk
  return unlearned({
    embedding: moved,
    method: 'hsic-flow',
    parameters: {
      ...structureJson(structure),
      ...endOf(walk, at),
      users: target.rows.length,
      curves: curves.curves.length,
      curvesBefore: { ...curveRatios(embedding, curves) },
      curvesAfter: { ...curveRatios(moved, curves) },
    },
    trace,
    passes: trace.length,
  })
}

/** @throws as `hsicFlow`, on options, shapes and values. */
function checkedOptions(caller: string, embedding: Matrix, values: Float64Array, options: HsicFlowOptions): HsicCourse {
  checkMatrix(caller, embedding, 'an embedding')
  checkOptions(caller, options, { level: 'number', tolerance: 'number', maxPasses: 'number', onPass: 'function' })
  const { level = 1, tolerance = 0.01, maxPasses = 200, onPass } = options
  checkPositive(caller, 'level', level)
  checkPositive(caller, 'tolerance', tolerance)
  checkCount(caller, 'maxPasses', maxPasses)
  if (values.length !== embedding.rows)
    throw new RangeError(`${caller}: expected a value or NaN for each of ${embedding.rows} rows, got ${values.length}`)
  const bad = embedding.data.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0)
    throw badData(
      `${caller}: expected finite values, got ${embedding.data[bad]!} in row ` +
        `${Math.floor(bad / embedding.cols)}, column ${bad % embedding.cols} (both from 0); repair the embedding ` +
        'or leave that user out',
    )
  return { level, tolerance, maxPasses, onPass }
}

/** The table where HSIC lands, or no step leads on. */
function descended(walk: HsicWalk): HsicAt {
  const { target, curves, rules, course } = walk
  let eta = firstStep
  let at = walk.start
  // Axes shrink as users move, so that correlations come back: they are closed again while HSIC has room for it.
  for (at = closed(walk, at); at.ratio > 1 + course.tolerance; at = closed(walk, at)) {
    const direction = at.loss.gradient
    // Of the size that MMD^2's has with two classes: users of a value weigh 1/m each.
    const factor = -(at.loss.bandwidth / 4) * target.rows.length
    for (let p = 0; p < direction.data.length; p++) direction.data[p]! *= factor
    holdCurves(direction, at.theta, curves)
    keepRules(direction, rules)
    const { reached, shortened } = advance(walk, at, direction, eta, 2)
    if (reached === at) return at
    at = reached
    eta *= shortened ? 0.5 : 2
  }
  return at
}

/** What is said of a flow that ended on `at`. */
function endOf({ course, start, isSpent }: HsicWalk, at: HsicAt): { readonly [name: string]: Json } {
  const { level, tolerance, maxPasses } = course
  const outcome = at.ratio > 1 + tolerance ? 'not landed' : at === start ? 'already at null' : 'landed'
  const stopped = isSpent() ? `all ${maxPasses} passes are spent` : 'no step leads on'
  return {
    level,
    tolerance,
    maxPasses,
    outcome,
    ...(outcome === 'not landed' && { stopped }),
    hsic: at.loss.value,
    ratio: at.ratio,
    ratioBefore: start.ratio,
  }
}
