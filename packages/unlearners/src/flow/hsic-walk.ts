/** @file A flow against HSIC under way: the tables that it measures, and one step of it. */

import { badData, copyMatrix, type Matrix } from '@indistinct/core'
import { hsic, type HsicLoss, type HsicTarget } from '@indistinct/losses'
import type { TraceRow } from '../unlearned.ts'
import { keepRules, type MoveRule } from './move-rules.ts'
import { closeCurves, curveRatios, type ValueCurves } from './value-curves.ts'

/** Share of their null by which correlations may have come back. */
const curveTolerance = 0.05
/** Closings in a row: what was closed to first order leaves something for the next. */
const mostClosings = 4
/** Halvings of a step after which no shorter one is tried: the direction then leads nowhere. */
const mostHalvings = 24

/** See `HsicFlowOptions`. */
export interface HsicCourse {
  readonly level: number
  readonly tolerance: number
  readonly maxPasses: number
  readonly onPass: ((row: TraceRow) => void) | undefined
}

export interface HsicTask {
  /** Named in errors. */
  readonly caller: string
  readonly embedding: Matrix
  readonly target: HsicTarget
  readonly curves: ValueCurves
  readonly rules: readonly MoveRule[]
  readonly course: HsicCourse
}

/** A table measured; the ratio is HSIC over its landing. */
export interface HsicAt {
  readonly theta: Matrix
  readonly loss: HsicLoss
  readonly ratio: number
}

export interface HsicWalk extends HsicTask {
  readonly start: HsicAt
  /** A row for every pass so far. */
  readonly trace: readonly TraceRow[]
  isSpent(): boolean
  measure(theta: Matrix, stage: number, step: number): HsicAt
}

/** @throws IndistinctError 'bad-data' where HSIC is no number. */
export function hsicWalk(task: HsicTask): HsicWalk {
  const { caller, embedding, target, course } = task
  const { level, maxPasses, onPass } = course
  const trace: TraceRow[] = []
  const measure = (theta: Matrix, stage: number, step: number): HsicAt => {
    const loss = hsic(theta, target)
    const ratio = loss.value / (level * loss.nullValue)
    if (!Number.isFinite(ratio))
      throw badData(
        `${caller}: expected numbers, got HSIC ${loss.value} at ${ratio} times the landing in pass ` +
          `${trace.length + 1}; look for columns of very large or very small values`,
      )
    const row = { pass: trace.length + 1, loss: loss.value, stage, step, largestRatio: ratio }
    trace.push(row)
    onPass?.(row)
    return { theta, loss, ratio }
  }
  return { ...task, start: measure(embedding, 0, 0), trace, isSpent: () => trace.length >= maxPasses, measure }
}

/**
 * The longest of `step` and what is shorter, along displacement, that lowers HSIC and not below its landing; `from`
 * where none does.
 */
export function advance(
  walk: HsicWalk,
  from: HsicAt,
  displacement: Matrix,
  step: number,
  stage: number,
): { reached: HsicAt; shortened: boolean } {
  const { tolerance } = walk.course
  let [low, lowRatio, high, highRatio, tried] = [0, from.ratio, Infinity, NaN, step]
  let better = from
  for (;;) {
    if (walk.isSpent() || tried < step * 0.5 ** mostHalvings) return { reached: better, shortened: true }
    const reached = walk.measure(displaced(from.theta, displacement, tried), stage, tried)
    if (reached.ratio < 1) [high, highRatio] = [tried, reached.ratio]
    else if (reached.ratio >= from.ratio) [high, highRatio] = [tried, NaN]
    else if (high === Infinity || Number.isNaN(highRatio) || reached.ratio <= 1 + tolerance)
      return { reached, shortened: high !== Infinity }
    else [low, lowRatio, better] = [tried, reached.ratio, reached]
    const share = Number.isNaN(highRatio) ? 0.5 : (lowRatio - 1 - tolerance / 2) / (lowRatio - highRatio)
    tried = low + (high - low) * Math.min(0.9, Math.max(0.1, share))
  }
}

/** The table with its curves closed, as far as HSIC does not fall below its landing. */
export function closed(walk: HsicWalk, from: HsicAt): HsicAt {
  const { curves, rules, course } = walk
  const { level, tolerance } = course
  const untold = (theta: Matrix): boolean =>
    Math.max(...Object.values(curveRatios(theta, curves))) <= (1 + curveTolerance) * level
  let now = from
  for (let round = 0; round < mostClosings; round++) {
    if (walk.isSpent() || !(now.ratio > 1 + tolerance) || untold(now.theta)) return now
    const displacement = copyMatrix(now.theta)
    closeCurves(displacement, curves, level)
    for (let p = 0; p < displacement.data.length; p++) displacement.data[p]! -= now.theta.data[p]!
    keepRules(displacement, rules)
    const whole = walk.measure(displaced(now.theta, displacement, 1), 1, 1)
    if (whole.ratio >= now.ratio) return now
    now = whole.ratio >= 1 ? whole : advance(walk, now, displacement, 1, 1).reached
  }
  return now
}

/** theta + step * displacement; rows that are not displaced keep their bits. */
function displaced(theta: Matrix, displacement: Matrix, step: number): Matrix {
  const out = copyMatrix(theta)
  for (let p = 0; p < out.data.length; p++) if (displacement.data[p] !== 0) out.data[p]! += step * displacement.data[p]!
  return out
}
