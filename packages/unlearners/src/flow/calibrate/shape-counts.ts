/** @file Counts of users by class along directions and by distance: what the shapes of classes are told from. */

import { matrix, type Matrix } from '@indistinct/core'
import { gemmNT } from '@indistinct/kernels'
import type { ClassMoments } from './common-axes.ts'

/** Coordinates of users, and where along each the distributions of classes are compared. */
export interface ShapeFrame {
  /** (K). */
  readonly centre: Float64Array
  /** Orthogonal unit vectors as rows (D, K), 'columns': the table's own, or the distance from the centre (D = 1). */
  readonly directions: Matrix | 'columns' | Radius
  /** Pooled spread along each direction (D). */
  readonly spreads: Float64Array
  /** Powers of a coordinate, from 0 on, whose means are left to others: see `shapeBasis`. */
  readonly held: number
}

/** The logarithm of |A(x - centre)| / unit. What is added to it draws users out from the centre, or in. */
interface Radius {
  readonly unit: number
  /** A (P, K); absent for distances as they are. */
  readonly through?: Matrix
}

/** Cells along a direction. */
export const bins = 256

/** How far the cells reach to either side, in spreads; what lies beyond is of the outermost cells. */
export const reach = 6

/** Functions of a direction by which distributions are compared. */
export const orders = 8

/** What is left of a function next to those before it, where it is none of its own: its mean square. */
const nothing = 1e-4

/** Rows whose coordinates are in memory at a time. */
const chunkRows = 4096

/** The table's columns, and the axes of its pooled covariance on which covariances are compared too. */
export function shapeFrames({ centre, axes, variances, compared: P }: ClassMoments): readonly ShapeFrame[] {
  const K = centre.length
  const columns = Float64Array.from({ length: K }, (_, k) => {
    let sum = 0
    for (let a = 0; a < variances.length; a++) sum += variances[a]! * axes[a * K + k]! ** 2
    return Math.sqrt(sum)
  })
  return [
    { centre, directions: 'columns', spreads: columns, held: 3 },
    {
      centre,
      directions: matrix(P, K, Float32Array.from(axes.subarray(0, P * K))),
      spreads: variances.slice(0, P).map(Math.sqrt),
      held: 3,
    },
  ]
}

/**
 * Functions of a coordinate, by their means in its cells: cosines cos(pi j u) of the rank u among all users, less what
 * the `held` first of a constant, the coordinate and its square make of them, and each less those before it. They have
 * mean 0 and mean square 1; with all three held, changing them alone leaves means and variances to the moments.
 */
export function shapeBasis(pooled: Float64Array, held: number): Float64Array[] {
  const over = (a: Float64Array, b: Float64Array): number =>
    pooled.reduce((sum, share, p) => sum + share * a[p]! * b[p]!, 0)
  const edges = new Float64Array(bins + 1)
  pooled.forEach((share, p) => void (edges[p + 1] = edges[p]! + share))
  const cosine = (j: number): Float64Array =>
    pooled.map((share, p) => {
      const w = Math.PI * j
      return share > 0 ? (Math.SQRT2 * (Math.sin(w * edges[p + 1]!) - Math.sin(w * edges[p]!))) / (w * share) : 0
    })
  const cells = Float64Array.from({ length: bins }, (_, p) => ((p + 0.5) / bins - 0.5) * 2 * reach)
  const powers = [cells.map(() => 1), cells, cells.map((y) => y * y)].slice(0, held)
  const candidates = [...powers, ...Array.from({ length: orders }, (_, j) => cosine(j + 1))]
  const basis: Float64Array[] = []
  for (const candidate of candidates) {
    const size = over(candidate, candidate)
    // Twice: one round of Gram-Schmidt leaves what rounding makes of near dependence.
    for (let round = 0; round < 2; round++) {
      for (const before of basis) {
        const share = over(candidate, before)
        for (let p = 0; p < bins; p++) candidate[p]! -= share * before[p]!
      }
    }
    const left = over(candidate, candidate)
    basis.push(
      left > nothing * size
        ? candidate.map((value, p) => (pooled[p]! > 0 ? value / Math.sqrt(left) : 0))
        : new Float64Array(bins),
    )
  }
  return basis.slice(held)
}

/** Adds the rows of theta (N, K), counted in cells along each direction, to `counts` (D, bins). */
export function countShapes(counts: Float64Array, theta: Matrix, rows: Int32Array, frame: ShapeFrame): void {
  const perUnit = cellsPerUnit(frame)
  eachChunk(theta, rows, frame, ({ rows: count, cols: D, data }) => {
    for (let r = 0, p = 0; r < count; r++) {
      for (let d = 0; d < D; d++, p++) {
        const at = data[p]! * perUnit[d]! + bins / 2
        counts[d * bins + (at <= 0 ? 0 : at < bins ? Math.trunc(at) : bins - 1)]!++
      }
    }
  })
}

/** Length of `countShapes`' counts. */
export function shapeCounts({ spreads }: ShapeFrame): number {
  return spreads.length * bins
}

/** Cells that a unit along each direction is long; none where nothing varies. */
export function cellsPerUnit({ spreads }: ShapeFrame): Float64Array {
  return spreads.map((spread) => (spread > 0 ? bins / (2 * reach * spread) : 0))
}

/** Calls `visit` with coordinates along each direction (rows, D), some rows at a time. */
export function eachChunk(
  { cols: K, data }: Matrix,
  rows: Int32Array,
  { centre, directions }: ShapeFrame,
  visit: (along: Matrix, chunk: Int32Array) => void,
): void {
  for (let first = 0; first < rows.length; first += chunkRows) {
    const chunk = rows.subarray(first, first + chunkRows)
    const deviations = matrix(chunk.length, K)
    for (let r = 0, p = 0; r < chunk.length; r++)
      for (let k = 0, q = chunk[r]! * K; k < K; k++, p++, q++) deviations.data[p] = data[q]! - centre[k]!
    if (directions === 'columns') visit(deviations, chunk)
    else if ('unit' in directions)
      visit(
        logDistances(directions.through ? times(deviations, directions.through) : deviations, directions.unit),
        chunk,
      )
    else visit(times(deviations, directions), chunk)
  }
}

/** x A' (n, P) of x (n, K) and A (P, K). */
function times(x: Matrix, a: Matrix): Matrix {
  const out = matrix(x.rows, a.rows)
  gemmNT(x, a, out)
  return out
}

/** The logarithm of every row's length over `unit` (n, 1). */
function logDistances({ rows, cols, data }: Matrix, unit: number): Matrix {
  const out = matrix(rows, 1)
  for (let r = 0, p = 0; r < rows; r++) {
    let square = 0
    for (let k = 0; k < cols; k++, p++) square += data[p]! ** 2
    out.data[r] = Math.log(square / unit ** 2) / 2
  }
  return out
}
