/** @file Distributions of classes along single directions, brought to the differences that chance gives them. */

import { copyMatrix, matrix, type Matrix } from '@indistinct/core'
import { gemmNN } from '@indistinct/kernels'
import { cappedShares } from './calibrate-moments.ts'
import { classMoments, familyRatio, type FamilyRatio } from './class-moments.ts'
import type { ClassMoments } from './common-axes.ts'
import {
  type ShapeFrame,
  bins,
  reach,
  orders,
  shapeFrames,
  shapeBasis,
  countShapes,
  shapeCounts,
  cellsPerUnit,
  eachChunk,
} from './shape-counts.ts'

/** A class keeps at least this fraction of the pooled density everywhere. */
const leastDensity = 0.1

/** How distributions of classes along directions differ. */
export interface ShapeDeviations {
  /** Mean of every function in each class (C x (D, orders)). */
  readonly deviations: readonly Float64Array[]
  /** Sum over classes of n_c times their squares, and what chance gives it (D, orders). */
  readonly squares: Float64Array
  readonly nulls: Float64Array
  /** Mean of every function in each cell (D, orders, bins). */
  readonly functions: Float64Array
  /** Share of all users in each cell (D, bins). */
  readonly pooled: Float64Array
}

/**
 * Deviations of classes from all users by their `counts` (C x (D, bins)). Functions are orthonormal over all users, so
 * that chance gives each squared deviation the same, C - 1.
 */
export function shapeDeviations(
  counts: readonly Float64Array[],
  sizes: readonly number[],
  { held }: Pick<ShapeFrame, 'held'>,
): ShapeDeviations {
  const D = counts[0]!.length / bins
  const n = sizes.reduce((sum, size) => sum + size, 0)
  const pooled = new Float64Array(D * bins)
  for (const own of counts) for (let p = 0; p < pooled.length; p++) pooled[p]! += own[p]! / n
  const functions = new Float64Array(D * orders * bins)
  const squares = new Float64Array(D * orders)
  const nulls = new Float64Array(D * orders)
  for (let d = 0; d < D; d++) {
    shapeBasis(pooled.subarray(d * bins, (d + 1) * bins), held).forEach((own, j) => {
      functions.set(own, (d * orders + j) * bins)
      nulls[d * orders + j] = own.some((value) => value !== 0) ? sizes.length - 1 : 0
    })
  }
  const deviations = counts.map((own, c) => {
    const deviation = new Float64Array(D * orders)
    for (let q = 0; q < deviation.length; q++) {
      const d = Math.floor(q / orders)
      for (let b = 0; b < bins; b++) deviation[q]! += (own[d * bins + b]! * functions[q * bins + b]!) / sizes[c]!
      squares[q]! += sizes[c]! * deviation[q]! ** 2
    }
    return deviation
  })
  return { deviations, squares, nulls, functions, pooled }
}

/**
 * What to add along each direction at the edges of cells (C x (D, bins + 1)): the optimal transport, in one dimension,
 * from a class's distribution as these functions tell it to one in which their means keep the share that `cappedShares`
 * leaves them.
 */
export function shapeSteps(
  { deviations, squares, nulls, functions, pooled }: ShapeDeviations,
  spreads: Float64Array,
  level: number,
): Float64Array[] {
  const kept = cappedShares(squares, nulls, level)
  const edges = bins + 1
  return deviations.map((deviation) => {
    const steps = new Float64Array(spreads.length * edges)
    for (let d = 0; d < spreads.length; d++) {
      if (kept.subarray(d * orders, (d + 1) * orders).every((share) => share === 1)) continue
      const share = pooled.subarray(d * bins, (d + 1) * bins)
      const at = (weight: (j: number) => number): Float64Array =>
        cumulative(share, (b) => {
          let density = 1
          for (let j = 0; j < orders; j++)
            density += weight(j) * deviation[d * orders + j]! * functions[(d * orders + j) * bins + b]!
          return Math.max(leastDensity, density)
        })
      const from = at(() => 1)
      const to = at((j) => kept[d * orders + j]!)
      const width = (2 * reach * spreads[d]!) / bins
      let cell = 0
      for (let e = 0; e < edges; e++) {
        // Where nobody is, below or above, nothing moves.
        if (from[e] === 0 || from[e] === 1) continue
        while (to[cell + 1]! < from[e]!) cell++
        const inside = (from[e]! - to[cell]!) / (to[cell + 1]! - to[cell]!)
        steps[d * edges + e] = (cell + inside - e) * width
      }
    }
    return steps
  })
}

/** Cumulative shares at the edges of cells, of shares times `density`; exactly 0 and 1 outside all shares. */
function cumulative(shares: Float64Array, density: (b: number) => number): Float64Array {
  const out = new Float64Array(bins + 1)
  let last = 0
  for (let b = 0; b < bins; b++) {
    out[b + 1] = out[b]! + (shares[b]! > 0 ? shares[b]! * density(b) : 0)
    if (shares[b]! > 0) last = b
  }
  const total = out[bins]!
  return out.map((sum, e) => (e > last ? 1 : sum / total))
}

/** Adds to the named rows of `out` (N, K) the steps (D, bins + 1) where the rows of theta stand; `out` may be theta. */
export function addShapeSteps(
  out: Matrix,
  theta: Matrix,
  rows: Int32Array,
  frame: ShapeFrame,
  steps: Float64Array,
): void {
  if (steps.every((step) => step === 0)) return
  const { directions } = frame
  const perUnit = cellsPerUnit(frame)
  const K = theta.cols
  eachChunk(theta, rows, frame, (along, chunk) => {
    const D = along.cols
    for (let r = 0, p = 0; r < chunk.length; r++) {
      for (let d = 0; d < D; d++, p++) {
        const at = Math.min(bins, Math.max(0, along.data[p]! * perUnit[d]! + bins / 2))
        const cell = Math.min(bins - 1, Math.trunc(at))
        const left = steps[d * (bins + 1) + cell]!
        along.data[p] = left + (at - cell) * (steps[d * (bins + 1) + cell + 1]! - left)
      }
    }
    if (directions !== 'columns' && 'unit' in directions) {
      chunk.forEach((row, r) => {
        const stretch = Math.expm1(along.data[r]!)
        for (let k = 0, q = row * K; k < K; k++, q++) out.data[q]! += stretch * (theta.data[q]! - frame.centre[k]!)
      })
      return
    }
    const moves = directions === 'columns' ? along : matrix(chunk.length, K)
    if (directions !== 'columns') gemmNN(along, directions, moves)
    for (let r = 0, p = 0; r < chunk.length; r++)
      for (let k = 0, q = chunk[r]! * K; k < K; k++, p++, q++) out.data[q]! += moves.data[p]!
  })
}

/**
 * Maps every class of theta (N, K) so that shapes along columns and axes differ no more than `level` times chance.
 * @param moments of theta, where they are known
 */
export function calibrateShapes(
  theta: Matrix,
  classes: readonly Int32Array[],
  level: number,
  moments: ClassMoments = classMoments(theta, classes),
): Matrix {
  return calibratedAlong(shapeFrames(moments), theta, classes, level)
}

/** The same along `frames`, one after the other. */
export function calibratedAlong(
  frames: readonly ShapeFrame[],
  theta: Matrix,
  classes: readonly Int32Array[],
  level: number,
): Matrix {
  const sizes = classes.map((rows) => rows.length)
  const out = copyMatrix(theta)
  for (const frame of frames) {
    const steps = shapeSteps(shapeDeviations(countsOf(out, classes, frame), sizes, frame), frame.spreads, level)
    classes.forEach((rows, c) => addShapeSteps(out, out, rows, frame, steps[c]!))
  }
  return out
}

/**
 * Squared differences of shapes over their null, mean over functions, in the frame where it is the larger.
 * @param moments of theta, where they are known
 */
export function shapeRatio(
  theta: Matrix,
  classes: readonly Int32Array[],
  moments: ClassMoments = classMoments(theta, classes),
): FamilyRatio {
  return ratioAlong(shapeFrames(moments), theta, classes)
}

/** The same of `frames`. */
export function ratioAlong(frames: readonly ShapeFrame[], theta: Matrix, classes: readonly Int32Array[]): FamilyRatio {
  const sizes = classes.map((rows) => rows.length)
  return largestRatio(
    frames.map((frame) => shapeDeviations(countsOf(theta, classes, frame), sizes, frame)),
    sizes.length,
  )
}

/** The ratio of the frame where it is largest. */
export function largestRatio(frames: readonly ShapeDeviations[], classes: number): FamilyRatio {
  return frames
    .map(({ squares, nulls }) => familyRatio(squares, nulls, classes))
    .reduce((a, b) => (b.ratio > a.ratio ? b : a))
}

/** Counts of each class. */
export function countsOf(theta: Matrix, classes: readonly Int32Array[], frame: ShapeFrame): Float64Array[] {
  return classes.map((rows) => {
    const counts = new Float64Array(shapeCounts(frame))
    countShapes(counts, theta, rows, frame)
    return counts
  })
}
