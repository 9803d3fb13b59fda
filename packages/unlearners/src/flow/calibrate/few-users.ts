/**
 * @file Class means of a table with few users for its columns, along the axes of the spread of all its users.
 *
 * Within-class covariances of n users in K columns are too narrow along some axes and too wide along others: T^2 then
 * averages K (n - C) / (n - C - K - 1) under random labels, and from K = n on labels of every kind are told apart.
 * What holds for any n and K is that random labels give the squares of class means along each axis of the spread of
 * all users, which do not know labels, C - 1 times the variance along it. Attackers differ in how much they make of
 * narrow axes: nearest means look along the widest, least squares along all alike. So it is the leading 1, 2, 4, ...
 * axes that come down to what random labels give them.
 */

import { symmetricEigen } from '@indistinct/kernels'
import { product, transposed } from '../../linear-algebra/small-product.ts'
import { negligible, type ClassMoments } from './common-axes.ts'

/** Users a column from which T^2 is within a seventh of what it is for many. */
const enough = 8
/** Rounds towards the fixed point: ratios are then within about 3 % of it. */
const rounds = 5
/** Share of the way to the next means that a round goes; the whole way swings about the fixed point. */
const follow = 0.7
/** Axes of which there must be so many before their mean says anything of them. */
const telling = 16

export function hasFewUsers({ sizes, centre }: ClassMoments): boolean {
  return usersOf(sizes) < enough * centre.length
}

/** Class means less the centre, and orthonormal directions (M, K) within which they and all users lie. */
interface MeansWithin {
  readonly sizes: readonly number[]
  /** C x (M). */
  readonly deviations: readonly Float64Array[]
  /** Scatter of users about their class means along each direction, which are its axes (M). */
  readonly scatter: Float64Array
  readonly directions: Float64Array
}

interface AlongAxes {
  /** Axes of the spread of all users in the coordinates of `MeansWithin` (A, M), widest first. */
  readonly axes: Float64Array
  /** Deviations of class means along them, C x (A). */
  readonly along: readonly Float64Array[]
  /** Sums of n_c times squares, and what random labels give them (A). */
  readonly squares: Float64Array
  readonly nulls: Float64Array
}

/**
 * Squares of class means over what random labels give them, along those leading 16, 32, ... axes that stand out most.
 */
export function fewUsersMeanRatio(moments: ClassMoments): { ratio: number; terms: number } {
  const means = meansWithin(moments)
  const { squares, nulls } = alongAxes(means, means.deviations)
  const labels = moments.sizes.length - 1
  let found = { ratio: 0, terms: labels }
  let most = -Infinity
  let sum = 0
  for (let a = 0; a < squares.length; a++) {
    sum += squares[a]! / nulls[a]!
    const count = a + 1
    if (count !== squares.length && !(count >= telling && isPowerOfTwo(count))) continue
    const ratio = sum / count
    const excess = (ratio - 1) * Math.sqrt((labels * count) / 2)
    if (excess > most) {
      most = excess
      found = { ratio, terms: labels * count }
    }
  }
  return found
}

/**
 * What to add to every user of each class (K) so that no leading axes keep more than `level` times their null: those of
 * the spread that users have afterwards, a fixed point. Capping along the axes of the spread before would take too
 * much, which these differences have widened.
 */
export function fewUsersMeanShifts(moments: ClassMoments, level: number): Float64Array[] {
  const means = meansWithin(moments)
  const before = means.deviations
  const own = alongAxes(means, before)
  const M = means.scatter.length
  const K = moments.centre.length
  const excess = sumOf(own.squares) / (level * sumOf(own.nulls))
  let kept = before.map((deviation) => deviation.map((value) => value / Math.sqrt(Math.max(1, excess))))
  for (let round = 0; round < rounds; round++) {
    const { axes, along, squares, nulls } = alongAxes(means, kept, before)
    const shares = keptShares(squares, nulls, level)
    kept = kept.map((deviation, c) => {
      const next = product(
        along[c]!.map((value, a) => shares[a]! * value),
        axes,
        1,
        shares.length,
        M,
      )
      return deviation.map((value, m) => (1 - follow) * value + follow * next[m]!)
    })
  }
  return kept.map((deviation, c) => {
    const change = deviation.map((value, m) => value - before[c]![m]!)
    return product(change, means.directions, 1, M, K)
  })
}

/**
 * What share of each difference to keep so that the leading 1, 2, 4, ... and all of them average at most `level` times
 * their null: each next block is capped at one height by what those before have left.
 */
function keptShares(squares: Float64Array, nulls: Float64Array, level: number): Float64Array {
  const kept = new Float64Array(squares.length).fill(1)
  let left = 0
  for (let start = 0; start < squares.length; start = Math.max(1, 2 * start)) {
    const end = Math.min(squares.length, Math.max(1, 2 * start))
    const ratios = Float64Array.from({ length: end - start }, (_, p) => squares[start + p]! / nulls[start + p]!)
    left += level * ratios.length
    const cap = capOf(ratios, left)
    ratios.forEach((ratio, p) => {
      kept[start + p] = ratio > cap ? Math.sqrt(cap / ratio) : 1
      left -= Math.min(cap, ratio)
    })
  }
  return kept
}

/** The height at which `ratios` are to be capped for their sum to be at most `left`. */
export function capOf(ratios: Float64Array, left: number): number {
  const ascending = ratios.slice().sort()
  for (let p = 0; p < ascending.length; p++) {
    const height = left / (ascending.length - p)
    if (ascending[p]! > height) return height
    left -= ascending[p]!
  }
  return Infinity
}

function meansWithin(moments: ClassMoments): MeansWithin {
  const { sizes, means, centre, axes, variances } = moments
  const K = centre.length
  const n = usersOf(sizes)
  const within = variances.filter((variance) => variance > negligible * variances[0]!).length
  const apart = means.map((mean) => mean.map((value, k) => value - centre[k]!))
  // Class means may lie where users of a class do not differ: directions of their own then.
  const rows = [...Array(within).keys()].map((a) => axes.subarray(a * K, (a + 1) * K))
  for (const deviation of apart) {
    const rest = deviation.slice()
    for (let twice = 0; twice < 2; twice++) for (const row of rows) subtractAlong(rest, row)
    const length = Math.hypot(...rest)
    if (length > 1e-6 * Math.hypot(...deviation) && rows.length < K) rows.push(rest.map((value) => value / length))
  }
  const directions = new Float64Array(rows.length * K)
  rows.forEach((row, m) => directions.set(row, m * K))
  const across = transposed(directions, rows.length, K)
  return {
    sizes,
    deviations: apart.map((deviation) => product(deviation, across, 1, K, rows.length)),
    scatter: Float64Array.from(rows, (_, m) => (m < within ? variances[m]! * (n - sizes.length) : 0)),
    directions,
  }
}

/** Deviations of class means along the axes of the spread that users have whose class means lie by `spread`. */
function alongAxes(
  { sizes, scatter }: MeansWithin,
  spread: readonly Float64Array[],
  deviations: readonly Float64Array[] = spread,
): AlongAxes {
  const M = scatter.length
  const n = usersOf(sizes)
  const total = new Float64Array(M * M)
  for (let a = 0; a < M; a++) total[a * (M + 1)] = scatter[a]! / (n - 1)
  spread.forEach((deviation, c) => {
    const weight = sizes[c]! / (n - 1)
    for (let a = 0; a < M; a++) for (let b = 0; b < M; b++) total[a * M + b]! += weight * deviation[a]! * deviation[b]!
  })
  const { values, vectors } = symmetricEigen(total, M)
  const count = values.filter((value) => value > negligible * values[0]!).length
  const axes = vectors.slice(0, count * M)
  const across = transposed(axes, count, M)
  const along = deviations.map((deviation) => product(deviation, across, 1, M, count))
  const squares = new Float64Array(count)
  along.forEach((own, c) => own.forEach((value, a) => (squares[a]! += sizes[c]! * value ** 2)))
  return { axes, along, squares, nulls: values.slice(0, count).map((value) => (sizes.length - 1) * value) }
}

function subtractAlong(row: Float64Array, direction: Float64Array): void {
  let sum = 0
  for (let k = 0; k < row.length; k++) sum += row[k]! * direction[k]!
  for (let k = 0; k < row.length; k++) row[k]! -= sum * direction[k]!
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function usersOf(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0)
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0
}
