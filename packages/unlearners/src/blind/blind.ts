/** @file `blind`: one nonlinear map for everybody, after which classes differ as much as chance makes them differ. */

import { gatherRows, matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { radiusFrames, radiusRatio } from '../flow/calibrate-radii.ts'
import { ratioAlong, shapeRatio } from '../flow/calibrate-shapes.ts'
import { shapeFrames } from '../flow/shape-counts.ts'
import { checkedClasses } from '../checked-classes.ts'
import { classMoments, momentRatios, type FamilyRatio } from '../flow/class-moments.ts'
import { classNormals, pooledNormal } from '../closed/class-normals.ts'
import { squaredDistance } from '../closed/closed-form.ts'
import { columnScales } from '../linear-algebra/column-scales.ts'
import { fittedUnlearner, presentClasses, type Fitted } from '../fitted/fitted-unlearner.ts'
import { unlearned, type TraceRow, type Unlearned } from '../unlearned.ts'
import { alongMove } from './along-move.ts'
import { movedRow, type BlindMap, type BlindMove } from './blind-map.ts'
import { covarianceHeldMove, covarianceMove } from './covariance-move.ts'
import { halfProjection } from './half-projection.ts'
import { fitPosterior, posteriorDeviations, type Posterior } from './posterior.ts'
import { drawWaves, waveMove, waveRatio } from './wave-move.ts'

export interface BlindOptions {
  /** Of the halves, the cosines and the parts of users. Default 0. */
  readonly seed?: number
  /** Called after every move. */
  readonly onPass?: (row: TraceRow) => void
}

/** Standard deviations under random labels by which a family is above its null where that is no chance. */
const surprising = 3
/** Share of the null by which covariances may stay above it. */
const closeEnough = 0.02
/**
 * Standard deviations under random labels by which waves may stay above their null: they are many, and a little in each
 * adds up.
 */
const wavesMayExceed = 2
/** Rounds of moves over all classes; each brings down what the one before left to second order. */
const mostRounds = 6

/**
 * Moves users of `embedding` (N, K) by one map for everybody, until classes differ as much as a random relabelling of
 * the users fitted would make them differ. The map is a function of the vector alone: whoever knows a user's vector, or
 * more than it told, learns nothing from what it becomes (the data-processing inequality). Equal rows stay equal. Any
 * number of labels.
 *
 * 1. `halfProjection`: LEACE for class means a random half of each class weighs more in, so that those of all users
 * differ by what chance
 *    makes.
 * 2. `fitPosterior`: what the vector says of each class, by a regression whose ridge is chosen on users that it did not
 * see. From here on
 *    users move by that, in the place of the label itself.
 * 3. `covarianceMove`: covariances of classes come down to their null, entry by entry, by the least move of that form.
 * 4. `alongMove`, where distributions along columns and axes, or distances from the centre, are above their null by
 * more than chance.
 * 5. `waveMove`: what radial kernels see comes down by Newton's steps on random waves, with means and covariances held.
 * Measured by others.
 *
 * 3 to 5 are gone through until nothing leads on, at most six times.
 *
 * Labels enter by means over classes alone and by the weights of the regression. Columns are divided by their spread
 * first, so that units do not matter. Where nothing differs by more than chance explains, nothing moves.
 *
 * `parameters` say what was found: `outcome`, `differencesBefore` and `differencesAfter` (over their null), `above`,
 * `explained` (share of the labels' variance that the vector tells a model of other users).
 * @throws RangeError on shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes.
 */
export function fitBlind(embedding: Matrix, labels: Labels, { seed = 0, onPass }: BlindOptions = {}): Fitted {
  const given = checkedClasses('blind', embedding, labels)
  const normals = classNormals(embedding, given)
  const { mean: centre } = pooledNormal(normals)
  const scales = columnScales(normals)
  const { table, classes } = standardised(embedding, given, centre, scales)

  const before = differences(table, classes)
  const { posterior, explained } = fitPosterior(table, classes, seed)
  const moves: BlindMove[] = []
  const trace: TraceRow[] = []
  const record = (from: Matrix, to: Matrix): void => {
    const row = { pass: trace.length + 1, loss: squaredDistance(from, to) }
    trace.push(row)
    onPass?.(row)
  }
  const nothing = surprises(before).length === 0
  const projection = halfProjection(table, classes, seed, isExplained)
  if (projection.erased > 0) {
    moves.push({ kind: 'affine', map: projection.map })
    record(table, projection.table)
  }
  const deviations = deviationsOf(posterior, table)
  const random = randomStream(seed, 'blind', 'waves')
  let at = projection.table
  /**
   * Makes the move where it brings `ratioOf` down: what the model cannot answer for is not brought down by moving users
   * further.
   */
  const tryMove = (tried: readonly (BlindMove | undefined)[], ratioOf: (x: Matrix) => number): void => {
    const steps = tried.flatMap((move) => {
      if (!move) return []
      // Columns lead out of what the projection left: whoever moved into a direction that is empty would stand out
      // there.
      return move.kind === 'along' && move.along.kind === 'columns'
        ? [move, ...moves.slice(0, 1).filter(({ kind }) => kind === 'affine')]
        : [move]
    })
    if (steps.length === 0) return
    const next = steps.reduce((table, step) => movedTable(step, table, deviations), at)
    if (!(ratioOf(next) < ratioOf(at))) return
    moves.push(...steps)
    record(at, next)
    at = next
  }
  for (let round = 0; round < mostRounds && !nothing; round++) {
    const start = at
    for (let inner = 0; inner < mostRounds; inner++) {
      const before = at
      for (let c = 0; c < classes.length && covarianceRatio(at, classes) > 1 + closeEnough; c++) {
        tryMove([covarianceMove(at, classes, deviations, c, 1)], (x) => covarianceRatio(x, classes))
      }
      if (at === before) break
    }
    for (const framesOf of [shapeFrames, radiusFrames]) {
      if (isExplained(ratioAlong(framesOf(classMoments(at, classes)), at, classes))) continue
      for (let f = 0; f < 2; f++) {
        for (let c = 0; c < classes.length; c++) {
          const frame = framesOf(classMoments(at, classes))[f]
          if (frame)
            tryMove([alongMove(at, classes, deviations, c, frame, 1)], (x) => ratioAlong([frame], x, classes).ratio)
        }
      }
    }
    for (let c = 0; c < classes.length; c++) {
      const measuring = drawWaves(at, classes, random)
      const ratioOf = (x: Matrix): number => waveRatio(x, classes, measuring).ratio
      const found = waveRatio(at, classes, measuring)
      if (found.ratio <= 1 + wavesMayExceed * Math.sqrt(2 / found.terms)) break
      const move = waveMove(at, classes, deviations, c, drawWaves(at, classes, random))
      if (move)
        tryMove([move, covarianceHeldMove(movedTable(move, at, deviations), classes, deviations, c, at)], ratioOf)
    }
    if (at === start) break
  }
  const after = differences(at, classes)
  const above = surprises(after)
  const outcome = above.length > 0 ? 'not landed' : moves.length > 0 ? 'landed' : 'already at null'
  const parameters = {
    seed,
    outcome,
    erased: projection.erased,
    moves: moves.length,
    explained,
    differencesBefore: ratios(before),
    differencesAfter: ratios(after),
    ...(above.length > 0 && { above, stopped: 'no move by what the vector tells leads on' }),
  }
  const map: BlindMap = { centre, scales, posterior, moves }
  const fit = {
    method: 'blind',
    parameters,
    classes: presentClasses(labels),
    columns: embedding.cols,
    map: { kind: 'blind', map } as const,
    exact: true,
  }
  const fitted = fittedUnlearner(fit)
  const result = unlearned({
    embedding: fitted.apply(embedding, labels),
    method: 'blind',
    parameters,
    trace,
    passes: Math.max(1, trace.length),
  })
  return Object.freeze({ ...fitted, unlearned: result })
}

/** The embedding that `fitBlind` makes. */
export function blind(embedding: Matrix, labels: Labels, options: BlindOptions = {}): Unlearned {
  return fitBlind(embedding, labels, options).unlearned
}

/** The labelled rows in units of each column's spread (n, K), and where each class stands among them. */
function standardised(
  embedding: Matrix,
  given: readonly Int32Array[],
  centre: Float64Array,
  scales: Float64Array,
): { table: Matrix; classes: Int32Array[] } {
  const K = embedding.cols
  // In the order of the table: what is drawn for a user then does not hang on labels.
  const rows = Int32Array.from(given.flatMap((members) => [...members])).sort()
  const table = gatherRows(embedding, rows)
  for (let p = 0; p < table.data.length; p++) table.data[p] = (table.data[p]! - centre[p % K]!) / scales[p % K]!
  const place = new Map(Array.from(rows, (row, at) => [row, at]))
  const classes = given.map((members) => members.map((row) => place.get(row)!))
  return { table, classes }
}

/** What the vectors of x (n, K) say of each class (n, C). */
function deviationsOf(posterior: Posterior, x: Matrix): Matrix {
  const C = posterior.shares.length
  const out = matrix(x.rows, C)
  const features = new Float64Array(1 + x.cols + posterior.phases.length)
  const own = new Float64Array(C)
  for (let i = 0; i < x.rows; i++) {
    posteriorDeviations(posterior, Float64Array.from(x.data.subarray(i * x.cols, (i + 1) * x.cols)), features, own)
    out.data.set(own, i * C)
  }
  return out
}

function movedTable(move: BlindMove, x: Matrix, deviations: Matrix): Matrix {
  const out = matrix(x.rows, x.cols)
  const C = deviations.cols
  for (let i = 0; i < x.rows; i++) {
    const row = Float64Array.from(x.data.subarray(i * x.cols, (i + 1) * x.cols))
    out.data.set(movedRow(move, row, deviations.data.subarray(i * C, (i + 1) * C)), i * x.cols)
  }
  return out
}

type Differences = Readonly<Record<string, FamilyRatio>>

/** Statistics of how classes differ, over their null. */
function differences(x: Matrix, classes: readonly Int32Array[]): Differences {
  const { mean, covariance } = momentRatios(x, classes)
  return {
    mean,
    ...(covariance && { covariance }),
    shapes: shapeRatio(x, classes),
    radii: radiusRatio(x, classes),
    waves: waveRatio(x, classes, drawWaves(x, classes, randomStream(0, 'blind', 'measured waves'))),
  }
}

function covarianceRatio(x: Matrix, classes: readonly Int32Array[]): number {
  return momentRatios(x, classes).covariance?.ratio ?? 0
}

/** Whether random labels give as much. */
function isExplained({ ratio, terms }: FamilyRatio): boolean {
  return ratio <= 1 + surprising * Math.sqrt(2 / Math.max(1, terms))
}

function surprises(found: Differences): string[] {
  return Object.keys(found).filter((name) => !isExplained(found[name]!))
}

function ratios(found: Differences): { [name: string]: number } {
  return Object.fromEntries(Object.entries(found).map(([name, { ratio }]) => [name, ratio]))
}
