/** @file The moves of `blind`, one after the other, until classes differ as much as random labels would. */

import { randomStream, type Json, type Matrix } from '@indistinct/core'
import { radiusFrames } from '../flow/calibrate-radii.ts'
import { ratioAlong } from '../flow/calibrate-shapes.ts'
import { classMoments } from '../flow/class-moments.ts'
import { shapeFrames } from '../flow/shape-counts.ts'
import { squaredDistance } from '../closed/closed-form.ts'
import type { TraceRow } from '../unlearned.ts'
import { alongMove } from './along-move.ts'
import type { BlindMove } from './blind-map.ts'
import { covarianceHeldMove, covarianceMove } from './covariance-move.ts'
import { covarianceRatio, differences, isExplained, ratios, surprises } from './differences.ts'
import { halfProjection } from './half-projection.ts'
import { movedTable } from './moved-table.ts'
import { deviationsOf, fitPosterior, type Posterior } from './posterior.ts'
import { drawWaves, waveMove, waveRatio } from './wave-move.ts'

/** Share of the null by which covariances may stay above it. */
const closeEnough = 0.02
/**
 * Standard deviations under random labels by which waves may stay above their null: they are many, and a little in each
 * adds up.
 */
const wavesMayExceed = 2
/** Rounds of moves over all classes; each brings down what the one before left to second order. */
const mostRounds = 6

export interface Course {
  readonly posterior: Posterior
  readonly moves: readonly BlindMove[]
  readonly trace: readonly TraceRow[]
  /** Families that stay above chance. */
  readonly above: readonly string[]
  /** For `parameters`. */
  readonly found: { readonly [name: string]: Json }
}

/** The moves of users of x (n, K), of columns of spread 1, all of them of one of `classes`: see `fitBlind`. */
export function movesToChance(
  x: Matrix,
  classes: readonly Int32Array[],
  seed: number,
  onPass?: (row: TraceRow) => void,
): Course {
  const before = differences(x, classes)
  const { posterior, explained } = fitPosterior(x, classes, seed)
  const moves: BlindMove[] = []
  const trace: TraceRow[] = []
  const record = (from: Matrix, to: Matrix): void => {
    const row = { pass: trace.length + 1, loss: squaredDistance(from, to) }
    trace.push(row)
    onPass?.(row)
  }
  const projection = halfProjection(x, classes, seed, isExplained)
  if (projection.erased > 0) {
    moves.push({ kind: 'affine', map: projection.map })
    record(x, projection.table)
  }
  const deviations = deviationsOf(posterior, x)
  const random = randomStream(seed, 'blind', 'waves')
  let at = projection.table
  /**
   * Makes the moves where they bring `ratioOf` down, which is `ratio`, and returns what it is then: what the model
   * cannot answer for is not brought down by moving users further.
   */
  const tryMove = (move: BlindMove | undefined, ratioOf: (x: Matrix) => number, ratio: number): number => {
    if (!move) return ratio
    // Columns lead out of what the projection left: whoever moved into a direction that is empty would stand out there.
    const leadsOut = move.kind === 'along' && move.along.kind === 'columns'
    const steps = leadsOut ? [move, ...moves.slice(0, 1).filter(({ kind }) => kind === 'affine')] : [move]
    return tryMoved(
      steps,
      steps.reduce((table, step) => movedTable(step, table, deviations), at),
      ratioOf,
      ratio,
    )
  }
  const tryMoved = (
    steps: readonly BlindMove[],
    next: Matrix,
    ratioOf: (x: Matrix) => number,
    ratio: number,
  ): number => {
    const found = ratioOf(next)
    if (!(found < ratio)) return ratio
    moves.push(...steps)
    record(at, next)
    at = next
    return found
  }
  const ofCovariances = (table: Matrix): number => covarianceRatio(table, classes)
  const something = surprises(before).length > 0
  let covariances = something ? ofCovariances(at) : 0
  for (let round = 0; round < mostRounds && something; round++) {
    const made = moves.length
    for (let inner = 0; inner < mostRounds; inner++) {
      const made = moves.length
      for (let c = 0; c < classes.length && covariances > 1 + closeEnough; c++)
        covariances = tryMove(covarianceMove(at, classes, deviations, c, 1), ofCovariances, covariances)
      if (moves.length === made) break
    }
    const brought = moves.length
    for (const framesOf of [shapeFrames, radiusFrames]) {
      if (isExplained(ratioAlong(framesOf(classMoments(at, classes)), at, classes))) continue
      for (let f = 0; f < 2; f++) {
        for (let c = 0; c < classes.length; c++) {
          const frame = framesOf(classMoments(at, classes))[f]
          if (!frame) continue
          const ratioOf = (table: Matrix): number => ratioAlong([frame], table, classes).ratio
          tryMove(alongMove(at, classes, deviations, c, frame, 1), ratioOf, ratioOf(at))
        }
      }
    }
    for (let c = 0; c < classes.length; c++) {
      const measuring = drawWaves(at, classes, random)
      const { ratio, terms } = waveRatio(at, classes, measuring)
      if (ratio <= 1 + wavesMayExceed * Math.sqrt(2 / terms)) break
      const move = waveMove(at, classes, deviations, c, drawWaves(at, classes, random))
      if (!move) continue
      const moved = movedTable(move, at, deviations)
      const held = covarianceHeldMove(moved, classes, deviations, c, at)
      const [steps, next] = held ? [[move, held], movedTable(held, moved, deviations)] : [[move], moved]
      tryMoved(steps, next, (table) => waveRatio(table, classes, measuring).ratio, ratio)
    }
    if (moves.length === made) break
    if (moves.length > brought) covariances = ofCovariances(at)
  }
  const after = differences(at, classes)
  const found = {
    erased: projection.erased,
    moves: moves.length,
    explained,
    differencesBefore: ratios(before),
    differencesAfter: ratios(after),
  }
  return { posterior, moves, trace, above: surprises(after), found }
}
