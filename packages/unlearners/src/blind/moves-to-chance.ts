/** @file The moves of `blind`, one after the other, until classes differ as much as random labels would. */

import { randomStream, type Json, type Matrix, type Random } from '@indistinct/core'
import { radiusFrames } from '../flow/calibrate/calibrate-radii.ts'
import { ratioAlong } from '../flow/calibrate/calibrate-shapes.ts'
import { classMoments } from '../flow/calibrate/class-moments.ts'
import { shapeFrames } from '../flow/calibrate/shape-counts.ts'
import type { TraceRow } from '../unlearned.ts'
import { alongMove } from './along-move.ts'
import type { BlindMove } from './blind-map.ts'
import { blindWalk, type BlindWalk } from './blind-walk.ts'
import { covarianceHeldMove, covarianceMove } from './covariance-move.ts'
import { covarianceRatio, differences, isExplained, ratios, surprises, type Differences } from './differences.ts'
import { halfProjection } from './half-projection.ts'
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
  /** How classes differ in the end. */
  readonly after: Differences
  /** For `parameters`. */
  readonly found: { readonly [name: string]: Json }
}

/**
 * The moves of users of x (n, K), of columns of spread 1, all of them of one of `classes`: see `fitBlind`. x is written
 * over.
 */
export function movesToChance(
  x: Matrix,
  classes: readonly Int32Array[],
  seed: number,
  onPass?: (row: TraceRow) => void,
): Course {
  const before = differences(x, classes)
  const { posterior, explained } = fitPosterior(x, classes, seed)
  const projection = halfProjection(x, classes, seed, isExplained)
  const deviations = deviationsOf(posterior, x)
  const walk = blindWalk({ start: projection.table, spare: x }, classes, deviations, onPass)
  if (projection.erased > 0) walk.made({ kind: 'affine', map: projection.map }, x)
  if (surprises(before).length > 0) bringDown(walk, randomStream(seed, 'blind', 'waves'))
  const { at, moves, trace } = walk
  const found = {
    erased: projection.erased,
    moves: moves.length,
    explained,
    differencesBefore: ratios(before),
  }
  return { posterior, moves, trace, after: differences(at(), classes), found }
}

/** Rounds of moves of `walk`: covariances, shapes and distances, waves. */
function bringDown(walk: BlindWalk, random: Random): void {
  const { moves, classes, at } = walk
  let covariances = covarianceRatio(at(), classes)
  for (let round = 0; round < mostRounds; round++) {
    const made = moves.length
    covariances = bringCovariancesDown(walk, covariances)
    const brought = moves.length
    bringFramesDown(walk)
    bringWavesDown(walk, random)
    if (moves.length === made) return
    if (moves.length > brought) covariances = covarianceRatio(at(), classes)
  }
}

/** @param ratio of covariances as they are. Returns what it is then. */
function bringCovariancesDown({ moves, classes, deviations, at, tryMove }: BlindWalk, ratio: number): number {
  let covariances = ratio
  for (let round = 0; round < mostRounds; round++) {
    const made = moves.length
    for (let c = 0; c < classes.length && covariances > 1 + closeEnough; c++) {
      const move = covarianceMove(at(), classes, deviations, c, 1)
      covariances = tryMove(move, (table) => covarianceRatio(table, classes), covariances)
    }
    if (moves.length === made) break
  }
  return covariances
}

/** Distributions along single directions, then by distance. */
function bringFramesDown({ classes, deviations, at, tryMove }: BlindWalk): void {
  for (const framesOf of [shapeFrames, radiusFrames]) {
    if (isExplained(ratioAlong(framesOf(classMoments(at(), classes)), at(), classes))) continue
    for (let f = 0; f < 2; f++) {
      for (let c = 0; c < classes.length; c++) {
        const frame = framesOf(classMoments(at(), classes))[f]
        if (!frame) continue
        const ratioOf = (table: Matrix): number => ratioAlong([frame], table, classes).ratio
        tryMove(alongMove(at(), classes, deviations, c, frame, 1), ratioOf, ratioOf(at()))
      }
    }
  }
}

function bringWavesDown({ classes, deviations, at, ahead, further, tryAhead }: BlindWalk, random: Random): void {
  for (let c = 0; c < classes.length; c++) {
    const measuring = drawWaves(at(), classes, random)
    const { ratio, terms } = waveRatio(at(), classes, measuring)
    if (ratio <= 1 + wavesMayExceed * Math.sqrt(2 / terms)) break
    const move = waveMove(at(), classes, deviations, c, drawWaves(at(), classes, random))
    if (!move) continue
    const held = covarianceHeldMove(ahead(move), classes, deviations, c, at())
    if (held) further(held)
    tryAhead(held ? [move, held] : [move], (table) => waveRatio(table, classes, measuring).ratio, ratio)
  }
}
