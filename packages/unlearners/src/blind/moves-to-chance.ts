/** @file The moves of `blind`, one after the other, until classes differ as much as random labels would. */

import { copyMatrix, matrix, randomStream, type Json, type Matrix, type Random } from '@indistinct/core'
import { squaredDistance } from '../closed/closed-form.ts'
import { radiusFrames } from '../flow/calibrate/calibrate-radii.ts'
import { ratioAlong } from '../flow/calibrate/calibrate-shapes.ts'
import { classMoments } from '../flow/calibrate/class-moments.ts'
import { hasFewUsers } from '../flow/calibrate/few-users.ts'
import { shapeFrames } from '../flow/calibrate/shape-counts.ts'
import type { TraceRow } from '../unlearned.ts'
import { alongMove } from './along-move.ts'
import type { BlindMove } from './blind-map.ts'
import { blindWalk, type BlindWalk } from './blind-walk.ts'
import { covarianceRatio, differences, isExplained, ratios, surprises, type Differences } from './differences.ts'
import { halfProjection } from './half-projection.ts'
import { covarianceHeldMove, covarianceMove } from './covariance-move.ts'
import { dealtOut } from './dealt-out.ts'
import { deviationsOf, fitPosterior, type Posterior } from './posterior.ts'
import { shellCovariances, shellMeans, worstShell } from './shell-differences.ts'
import { shellCovariancesHeldMove, shellCovariancesMove } from './shell-covariances-move.ts'
import { shellMeansAsked, shellMeansMove, type ShellMeansAsked } from './shell-means-move.ts'
import { mostShells, shellsOf } from './shells.ts'
import { drawWaves, waveMove, waveRatio } from './wave-move.ts'

/** Share of the null by which covariances may stay above it. */
const closeEnough = 0.02
/**
 * Standard deviations under random labels by which waves may stay above their null: they are many, and a little in each
 * adds up.
 */
const wavesMayExceed = 2
/** Users beyond whom shells are not gone to: it would take minutes a million. */
const mostInShells = 100_000
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
  const projected = squaredDistance(x, projection.table)
  const isLeaking = surprises(before).length > 0
  const again = isLeaking && x.rows <= mostInShells ? copyMatrix(projection.table) : undefined
  const walked = (
    start: Matrix,
    spare: Matrix,
    covariances: CovarianceMoves,
  ): { walk: BlindWalk; after: Differences } => {
    const walk = blindWalk({ start, spare }, classes, deviations, onPass)
    if (projection.erased > 0) walk.made({ kind: 'affine', map: projection.map }, projected)
    if (isLeaking) bringDown(walk, covariances, randomStream(seed, 'blind', 'waves'))
    return { walk, after: differences(walk.at(), classes) }
  }
  let { walk, after } = walked(projection.table, x, overAll)
  let shells = 1
  // Waves see what lies in shells; for other families shells are a detour.
  if (again && surprises(after).includes('waves')) {
    const halves = dealtOut(x.rows, classes, seed, 'half')
    const tried = walked(again, matrix(x.rows, x.cols), inShells(halves))
    // Where shells do not land either, they are a price without a gain.
    if (surprises(tried.after).length === 0) {
      ;({ walk, after } = tried)
      shells = mostShells
    }
  }
  const { moves, trace } = walk
  const found = { erased: projection.erased, moves: moves.length, shells, explained, differencesBefore: ratios(before) }
  return { posterior, moves, trace, after, found }
}

/** Rounds of moves of `walk`: covariances, shapes and distances, waves. */
function bringDown(walk: BlindWalk, covariances: CovarianceMoves, random: Random): void {
  const { moves } = walk
  for (let round = 0; round < mostRounds; round++) {
    const made = moves.length
    covariances.bringDown(walk)
    bringFramesDown(walk)
    bringWavesDown(walk, covariances, random)
    if (moves.length === made) return
  }
}

/** How covariances are brought to chance, and held where they are. */
interface CovarianceMoves {
  bringDown(walk: BlindWalk): void
  /** What undoes for class c what was done to covariances from `walk.at()` to `moved`. */
  held(walk: BlindWalk, c: number, moved: Matrix): BlindMove | undefined
}

/** Those of all users together. */
const overAll: CovarianceMoves = {
  bringDown({ moves, classes, deviations, at, tryMove }) {
    let covariances = covarianceRatio(at(), classes)
    for (let round = 0; round < mostRounds; round++) {
      const made = moves.length
      for (let c = 0; c < classes.length && covariances > 1 + closeEnough; c++) {
        const move = covarianceMove(at(), classes, deviations, c, 1)
        covariances = tryMove(move, (table) => covarianceRatio(table, classes), covariances)
      }
      if (moves.length === made) break
    }
  },
  held: ({ classes, deviations, at }, c, moved) => covarianceHeldMove(moved, classes, deviations, c, at()),
}

/**
 * Those within shells around the centre, and means there.
 * @param drawn users of each class in a random order, of whom the first half says how means lie apart by chance
 */
function inShells(drawn: readonly Int32Array[]): CovarianceMoves {
  const halves = drawn.map((rows) => rows.slice(0, Math.ceil(rows.length / 2)).sort())
  return {
    bringDown: (walk) => bringShellsDown(walk, halves),
    held({ classes, deviations, at }, c, moved) {
      const moments = classMoments(at(), classes)
      const shells = shellsOf(at(), moments.centre)
      const before = shellCovariances(at(), classes, shells, moments)
      return shellCovariancesHeldMove(moved, classes, deviations, c, shells, moments, before)
    },
  }
}

/** @param halves of each class, by which is known how means lie apart by chance: see `shellMeansAsked` */
function bringShellsDown({ moves, classes, deviations, at, tryMove }: BlindWalk, halves: readonly Int32Array[]): void {
  const C = classes.length
  const moments = classMoments(at(), classes)
  const shells = shellsOf(at(), moments.centre)
  const covariancesOf = (table: Matrix): number =>
    worstShell(shellCovariances(table, classes, shells, moments), C).ratio
  const askedOf = (table: Matrix): ShellMeansAsked => shellMeansAsked(table, classes, halves, shells, moments)
  let covariances = covariancesOf(at())
  for (let round = 0; round < mostRounds; round++) {
    const [made, before] = [moves.length, covariances]
    for (let c = 0; c < C && covariances > 1 + closeEnough; c++) {
      const move = shellCovariancesMove(at(), classes, deviations, c, shells, moments)
      covariances = tryMove(move, covariancesOf, covariances)
    }
    const brought = moves.length
    if (!hasFewUsers(moments) && !isExplained(worstShell(shellMeans(at(), classes, shells, moments), C))) {
      const asked = askedOf(at())
      const move = shellMeansMove(at(), classes, deviations, shells, moments, asked)
      tryMove(move, (table) => askedOf(table).ratio, asked.ratio)
    }
    if (moves.length > brought) covariances = covariancesOf(at())
    else if (moves.length === made || covariances > before * (1 - closeEnough)) break
  }
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

function bringWavesDown(walk: BlindWalk, covariances: CovarianceMoves, random: Random): void {
  const { classes, deviations, at, ahead, further, tryAhead } = walk
  for (let c = 0; c < classes.length; c++) {
    const measuring = drawWaves(at(), classes, random)
    const { ratio, terms } = waveRatio(at(), classes, measuring)
    if (ratio <= 1 + wavesMayExceed * Math.sqrt(2 / terms)) break
    const move = waveMove(at(), classes, deviations, c, drawWaves(at(), classes, random))
    if (!move) continue
    const held = covariances.held(walk, c, ahead(move))
    if (held) further(held)
    tryAhead(held ? [move, held] : [move], (table) => waveRatio(table, classes, measuring).ratio, ratio)
  }
}
