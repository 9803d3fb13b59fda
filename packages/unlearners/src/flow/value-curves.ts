/**
 * @file What means and covariances of users tell of a number: correlations of the table's axes, and of products of two
 * of them, with curves over the number. They are to a number what class means and covariances are to labels
 * (`calibrateMoments`).
 */

import type { Matrix } from '@indistinct/core'
import { symmetricEigen } from '@indistinct/kernels'
import type { HsicTarget } from '@indistinct/losses'
import { cappedShares } from './calibrate/calibrate-moments.ts'
import { rowMean } from './calibrate/common-axes.ts'
import { type Axes, axesOf, whitened, back, addAlong } from './calibrate/curve-axes.ts'

/** Curves that hold this share of what the kernel on values sees; others are too fine to be told from so many users. */
const shareOfCurves = 0.999
/** What a curve has beyond those before it, as a share of its variance, below which it is left out. */
const leastNew = 0.1
/**
 * Users who carry a curve, below which it says more of them than of the value: as many as equal shares of its fourth
 * moment give.
 */
const fewestCarriers = 40

/** Parts that a user's map is applied in. */
const exponentialSteps = 8

export interface ValueCurves {
  /** Rows that have a value (m). */
  readonly rows: Int32Array
  /** Uncorrelated functions of the value (N each), of mean 0 and variance 1 over `rows`, 0 elsewhere. */
  readonly curves: readonly Float64Array[]
}

/** The value itself, then the leading eigenvectors of its centred kernel, each less what those before it have of it. */
export function valueCurves(values: Float64Array, { rows, columns, trace }: HsicTarget): ValueCurves {
  const r = columns.length
  const eigen = symmetricEigen(
    Float64Array.from({ length: r * r }, (_, p) => inner(columns[Math.floor(p / r)]!, columns[p % r]!, rows)),
    r,
  )
  const candidates: Float64Array[] = [Float64Array.from(values, (value) => (Number.isNaN(value) ? 0 : value))]
  for (let e = 0, held = 0; e < r && held < shareOfCurves * trace; e++) {
    held += eigen.values[e]!
    candidates.push(mixture(columns, eigen.vectors.subarray(e * r, (e + 1) * r)))
  }
  const curves: Float64Array[] = []
  for (const curve of candidates) {
    const mean = rows.reduce((sum, i) => sum + curve[i]! / rows.length, 0)
    for (const i of rows) curve[i]! -= mean
    const before = inner(curve, curve, rows)
    for (const other of curves) {
      const share = inner(curve, other, rows) / rows.length
      for (const i of rows) curve[i]! -= share * other[i]!
    }
    const left = inner(curve, curve, rows)
    if (left < leastNew * before) continue
    for (const i of rows) curve[i]! *= Math.sqrt(rows.length / left)
    const carriers = rows.length ** 2 / rows.reduce((sum, i) => sum + curve[i]! ** 4, 0)
    if (curves.length > 0 && carriers < fewestCarriers) continue
    curves.push(curve)
  }
  return { rows, curves }
}

/**
 * Statistics of one kind with each curve, curves turned among themselves so that no mixture of them is told better than
 * the first.
 */
interface Told {
  readonly curves: readonly Float64Array[]
  /** For each curve the covariances with it. */
  readonly covariances: readonly Float64Array[]
  /** m times what chance gives the square of each in the mean; 0 where there is nothing. */
  readonly nulls: Float64Array
}

/**
 * Moves `theta` (N, K) in place so that squared covariances of axes, then of their products, with the curves come down
 * to `level` times what chance gives them, each family capped at one height as by `calibrateMoments`. Nothing moves
 * that is below.
 */
export function closeCurves(theta: Matrix, given: ValueCurves, level: number): void {
  const { rows } = given
  const K = theta.cols
  const means = toldByMeans(theta, given)
  means.told.curves.forEach((curve, j) => {
    const { covariances, nulls } = means.told
    const kept = cappedShares(
      covariances[j]!.map((value) => rows.length * value ** 2),
      nulls,
      level,
    )
    const shift = back(
      covariances[j]!.map((value, a) => (kept[a]! - 1) * value),
      means.axes,
      K,
    )
    for (const i of rows) for (let k = 0; k < K; k++) theta.data[i * K + k]! += curve[i]! * shift[k]!
  })
  const { told, axes, z } = toldByProducts(theta, given)
  const P = axes.variances.length
  const maps = told.covariances.map((covariances) => {
    const kept = cappedShares(
      covariances.map((value) => rows.length * value ** 2),
      told.nulls,
      level,
    )
    return symmetric(
      covariances.map((value, p) => ((kept[p]! - 1) * value) / 2),
      P,
    )
  })
  forEachMap(rows, told.curves, maps, (map, i, r) => {
    // The map's exponential, nearly: a user far out on a curve is drawn in, and not through the centre.
    const from = z.slice(r * P, (r + 1) * P)
    let to = from
    for (let share = 0; share < exponentialSteps; share++) {
      const step = applied(map, to)
      to = to.map((value, a) => value + step[a]! / exponentialSteps)
    }
    addAlong(
      theta,
      i,
      to.map((value, a) => value - from[a]!),
      axes,
    )
  })
}

/**
 * m times squared covariances over their null, in the mean for the curve that is told best: by axes, and by their
 * products.
 */
export function curveRatios(theta: Matrix, given: ValueCurves): { readonly means: number; readonly products: number } {
  const m = given.rows.length
  const ratio = ({ covariances, nulls }: Told): number => {
    const kept = [...nulls.keys()].filter((a) => nulls[a]! > 0)
    return Math.max(
      ...covariances.map((each) => kept.reduce((sum, a) => sum + (m * each[a]! ** 2) / nulls[a]! / kept.length, 0)),
    )
  }
  return { means: ratio(toldByMeans(theta, given).told), products: ratio(toldByProducts(theta, given).told) }
}

/**
 * Takes from a direction, in place, its mean and what would change the covariances of axes and products of `theta` with
 * the curves.
 */
export function holdCurves(direction: Matrix, theta: Matrix, { rows, curves }: ValueCurves): void {
  const K = theta.cols
  const mean = rowMean(direction, rows)
  const held = slopes(direction, rows, curves)
  for (const i of rows) {
    for (let k = 0; k < K; k++) {
      let sum = mean[k]!
      for (let j = 0; j < curves.length; j++) sum += held[j]![k]! * curves[j]![i]!
      direction.data[i * K + k]! -= sum
    }
  }
  const { axes, z } = whitened(theta, rows)
  const P = axes.variances.length
  const maps = curves.map(() => new Float64Array(P * P))
  const step = new Float64Array(P)
  rows.forEach((i, r) => {
    for (let a = 0; a < P; a++) {
      let sum = 0
      for (let k = 0; k < K; k++) sum += axes.axes[a * K + k]! * direction.data[i * K + k]!
      step[a] = sum / Math.sqrt(axes.variances[a]!)
    }
    curves.forEach((curve, j) => {
      const weight = curve[i]! / rows.length / 2
      for (let a = 0; a < P; a++)
        for (let b = 0; b < P; b++)
          maps[j]![a * P + b]! += weight * (step[a]! * z[r * P + b]! + z[r * P + a]! * step[b]!)
    })
  })
  forEachMap(rows, curves, maps, (map, i, r) =>
    addAlong(
      direction,
      i,
      applied(map, z.slice(r * P, (r + 1) * P)).map((value) => -value),
      axes,
    ),
  )
}

function toldByMeans(theta: Matrix, { rows, curves }: ValueCurves): { told: Told; axes: Axes } {
  const K = theta.cols
  const axes = axesOf(theta, rows, K)
  const covariances = slopes(theta, rows, curves).map((slope) =>
    axes.variances.map((_, a) => {
      let sum = 0
      for (let k = 0; k < K; k++) sum += axes.axes[a * K + k]! * slope[k]!
      return sum
    }),
  )
  return { told: turned({ curves, covariances, nulls: axes.variances }), axes }
}

function toldByProducts(theta: Matrix, { rows, curves }: ValueCurves): { told: Told; axes: Axes; z: Float64Array } {
  const { axes, z } = whitened(theta, rows)
  const P = axes.variances.length
  const entries = (P * (P + 1)) / 2
  const [sums, squares] = [new Float64Array(entries), new Float64Array(entries)]
  const covariances = curves.map(() => new Float64Array(entries))
  rows.forEach((i, r) => {
    for (let a = 0, p = 0; a < P; a++) {
      for (let b = 0; b <= a; b++, p++) {
        const product = z[r * P + a]! * z[r * P + b]!
        sums[p]! += product / rows.length
        squares[p]! += product ** 2 / rows.length
        for (let j = 0; j < curves.length; j++) covariances[j]![p]! += (curves[j]![i]! * product) / rows.length
      }
    }
  })
  return { told: turned({ curves, covariances, nulls: squares.map((square, p) => square - sums[p]! ** 2) }), axes, z }
}

/** Curves in the order of how well they are told, each by ways that have nothing in common with those of others. */
function turned({ curves, covariances, nulls }: Told): Told {
  const q = curves.length
  const gram = Float64Array.from({ length: q * q }, (_, p) => {
    let sum = 0
    for (let a = 0; a < nulls.length; a++)
      if (nulls[a]! > 0) sum += (covariances[Math.floor(p / q)]![a]! * covariances[p % q]![a]!) / nulls[a]!
    return sum
  })
  const { vectors } = symmetricEigen(gram, q)
  const mixed = (of: readonly Float64Array[]): Float64Array[] =>
    of.map((_, e) => mixture(of, vectors.subarray(e * q, (e + 1) * q)))
  return { curves: mixed(curves), covariances: mixed(covariances), nulls }
}

/** For each user with a value, in turn: the sum over curves of curve(i) times its map (P, P), in `map`. */
function forEachMap(
  rows: Int32Array,
  curves: readonly Float64Array[],
  maps: readonly Float64Array[],
  use: (map: Float64Array, i: number, r: number) => void,
): void {
  const map = new Float64Array(maps[0]!.length)
  rows.forEach((i, r) => {
    map.fill(0)
    maps.forEach((each, j) => {
      for (let p = 0; p < map.length; p++) map[p]! += curves[j]![i]! * each[p]!
    })
    use(map, i, r)
  })
}

/** The map (P, P) times a vector (P). */
function applied(map: Float64Array, vector: Float64Array): Float64Array {
  const P = vector.length
  return vector.map((_, a) => {
    let sum = 0
    for (let b = 0; b < P; b++) sum += map[a * P + b]! * vector[b]!
    return sum
  })
}

/** Regression of each column (K) on each of the curves, which are uncorrelated. */
function slopes({ cols: K, data }: Matrix, rows: Int32Array, curves: readonly Float64Array[]): Float64Array[] {
  return curves.map((curve) => {
    const slope = new Float64Array(K)
    for (const i of rows) for (let k = 0; k < K; k++) slope[k]! += (curve[i]! * data[i * K + k]!) / rows.length
    return slope
  })
}

/** The symmetric (P, P) matrix of a lower triangle by rows. */
function symmetric(lower: Float64Array, P: number): Float64Array {
  const out = new Float64Array(P * P)
  for (let a = 0, p = 0; a < P; a++) for (let b = 0; b <= a; b++, p++) out[a * P + b] = out[b * P + a] = lower[p]!
  return out
}

function mixture(of: readonly ArrayLike<number>[], weights: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: of[0]!.length }, (_, at) => {
    let sum = 0
    for (let j = 0; j < of.length; j++) sum += weights[j]! * of[j]![at]!
    return sum
  })
}

function inner(a: ArrayLike<number>, b: ArrayLike<number>, rows: Int32Array): number {
  let sum = 0
  for (const i of rows) sum += a[i]! * b[i]!
  return sum
}
