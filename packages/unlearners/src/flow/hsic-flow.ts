/**
 * @file The calibrated flow for a continuous attribute: dependence on it brought down to what dealing its values out at
 * random gives.
 */

import { badData, copyMatrix, WouldHarmError, type Matrix } from '@indistinct/core'
import { hsic, hsicTarget, type HsicLoss } from '@indistinct/losses'
import { checkCount, checkPositive } from '../checked-classes.ts'
import { checkFarValues } from '../structure/far-values.ts'
import { checkFloatRange } from '../structure/float-range.ts'
import { keepRules } from './move-rules.ts'
import { backOnLattices, rulesOf, structureJson, tableStructure } from '../structure/table-structure.ts'
import { unlearned, type TraceRow, type Unlearned } from '../unlearned.ts'
import { closeCurves, curveRatios, holdCurves, valueCurves } from './value-curves.ts'

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
/** Share of their null by which correlations may have come back. */
const curveTolerance = 0.05
/** Closings in a row: what was closed to first order leaves something for the next. */
const mostClosings = 4
/** Halvings of a step after which no shorter one is tried: the direction then leads nowhere. */
const mostHalvings = 24

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
  const target = hsicTarget(values)
  checkFloatRange(caller, embedding, target.rows)
  checkFarValues(caller, embedding, target.rows)
  const m = target.rows.length
  const curves = valueCurves(values, target)
  const structure = tableStructure(embedding, target.rows)
  if (structure.lattices.filter(({ kind }) => kind === 'held').length === embedding.cols) {
    throw new WouldHarmError(
      `${caller}: all ${embedding.cols} columns have few values, or one that many users share: whoever moves off ` +
        'it shows',
    )
  }
  const rules = rulesOf([structure])

  const trace: TraceRow[] = []
  const isSpent = (): boolean => trace.length >= maxPasses
  const measure = (theta: Matrix, stage: number, step: number): { theta: Matrix; loss: HsicLoss; ratio: number } => {
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
  const start = measure(embedding, 0, 0)
  let at = start
  /**
   * The longest of `step` and what is shorter, along displacement, that lowers HSIC and not below its landing; `from`
   * where none does.
   */
  const advance = (
    from: typeof at,
    displacement: Matrix,
    step: number,
    stage: number,
  ): { reached: typeof at; shortened: boolean } => {
    let [low, lowRatio, high, highRatio, tried] = [0, from.ratio, Infinity, NaN, step]
    let better = from
    for (;;) {
      if (isSpent() || tried < step * 0.5 ** mostHalvings) return { reached: better, shortened: true }
      const reached = measure(displaced(from.theta, displacement, tried), stage, tried)
      if (reached.ratio < 1) [high, highRatio] = [tried, reached.ratio]
      else if (reached.ratio >= from.ratio) [high, highRatio] = [tried, NaN]
      else if (high === Infinity || Number.isNaN(highRatio) || reached.ratio <= 1 + tolerance)
        return { reached, shortened: high !== Infinity }
      else [low, lowRatio, better] = [tried, reached.ratio, reached]
      const share = Number.isNaN(highRatio) ? 0.5 : (lowRatio - 1 - tolerance / 2) / (lowRatio - highRatio)
      tried = low + (high - low) * Math.min(0.9, Math.max(0.1, share))
    }
  }

  const untold = (theta: Matrix): boolean =>
    Math.max(...Object.values(curveRatios(theta, curves))) <= (1 + curveTolerance) * level
  /** The table with its curves closed, as far as HSIC does not fall below its landing. */
  const close = (from: typeof at): typeof at => {
    let now = from
    for (
      let round = 0;
      round < mostClosings && !isSpent() && now.ratio > 1 + tolerance && !untold(now.theta);
      round++
    ) {
      const displacement = copyMatrix(now.theta)
      closeCurves(displacement, curves, level)
      for (let p = 0; p < displacement.data.length; p++) displacement.data[p]! -= now.theta.data[p]!
      keepRules(displacement, rules)
      const whole = measure(displaced(now.theta, displacement, 1), 1, 1)
      if (whole.ratio >= now.ratio) break
      now = whole.ratio >= 1 ? whole : advance(now, displacement, 1, 1).reached
    }
    return now
  }
  let eta = firstStep
  // Axes shrink as users move, so that correlations come back: they are closed again while HSIC has room for it.
  for (at = close(at); at.ratio > 1 + tolerance; at = close(at)) {
    const direction = at.loss.gradient
    // Of the size that MMD^2's has with two classes: users of a value weigh 1/m each.
    const factor = -(at.loss.bandwidth / 4) * m
    for (let p = 0; p < direction.data.length; p++) direction.data[p]! *= factor
    holdCurves(direction, at.theta, curves)
    keepRules(direction, rules)
    const { reached, shortened } = advance(at, direction, eta, 2)
    if (reached === at) break
    at = reached
    eta *= shortened ? 0.5 : 2
  }
  const moved = at === start ? copyMatrix(embedding) : at.theta
  if (at !== start) backOnLattices(moved, target.rows, structure, 0)
  const outcome = at.ratio > 1 + tolerance ? 'not landed' : at === start ? 'already at null' : 'landed'
  return unlearned({
    embedding: moved,
    method: 'hsic-flow',
    parameters: {
      ...structureJson(structure),
      level,
      tolerance,
      maxPasses,
      outcome,
      ...(outcome === 'not landed' && {
        stopped: isSpent() ? `all ${maxPasses} passes are spent` : 'no step leads on',
      }),
      hsic: at.loss.value,
      ratio: at.ratio,
      ratioBefore: start.ratio,
      users: m,
      curves: curves.curves.length,
      curvesBefore: { ...curveRatios(embedding, curves) },
      curvesAfter: { ...curveRatios(moved, curves) },
    },
    trace,
    passes: trace.length,
  })
}

/** theta + step * displacement; rows that are not displaced keep their bits. */
function displaced(theta: Matrix, displacement: Matrix, step: number): Matrix {
  const out = copyMatrix(theta)
  for (let p = 0; p < out.data.length; p++) if (displacement.data[p] !== 0) out.data[p]! += step * displacement.data[p]!
  return out
}
