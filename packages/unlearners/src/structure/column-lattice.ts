/**
 * @file Columns whose values lie on a lattice, as those of quantised tables do, or share single values, as those of
 * counts do.
 */

import { randomStream, type Matrix } from '@indistinct/core'

/** What becomes of a column whose values are not free. */
export type ColumnLattice =
  /** Values are `offset` + n `step`: moved values are rounded back, and stay from `least` to `most`. */
  | {
      readonly kind: 'lattice'
      readonly column: number
      readonly step: number
      readonly offset: number
      readonly least: number
      readonly most: number
    }
  /**
   * Too few values, or one that many users share: whatever moves off it shows, so that nobody moves along this column.
   */
  | { readonly kind: 'held'; readonly column: number; readonly share: number }

/** Users whose values are looked at; a lattice shows in few. */
const fewestUsers = 50
/**
 * Steps that a column's spread must have for users to move on its lattice: on a coarser one, rounding would be most of
 * what is seen.
 */
const fewestSteps = 4
/** Share of users at one value from which a free column is held, and the least number of them. */
const sharedValue = { share: 0.01, users: 20 }
/** Share at one value from which a column on a lattice is held: a normal of `fewestSteps` has a tenth at its mode. */
const latticeMode = 0.12
/** Levels of a lattice that is looked for: those of 17 bits. A finer one is drowned by how differently users move. */
const mostLevels = 2 ** 17
/** Steps that the smallest gap between two values may be long. */
const mostSteps = 10
/** Share of a step by which values may lie off the lattice, and the number of roundings of float32. */
const offLattice = { share: 0.02, roundings: 4 }

/**
 * Columns of theta (N, K) that are not free by the values of `rows`, one of each distinct point; a constant column is
 * not among them.
 */
export function columnLattices(theta: Matrix, rows: Int32Array): ColumnLattice[] {
  if (rows.length < fewestUsers) return []
  const found: ColumnLattice[] = []
  for (let k = 0; k < theta.cols; k++) {
    const values = Float64Array.from(rows, (row) => theta.data[row * theta.cols + k]!).sort()
    const own = latticeOf(values, k)
    if (own) found.push(own)
  }
  return found
}

function latticeOf(sorted: Float64Array, column: number): ColumnLattice | undefined {
  const n = sorted.length
  const [least, most] = [sorted[0]!, sorted[n - 1]!]
  if (least === most) return undefined
  const levels: number[] = []
  let [top, run] = [0, 0]
  for (let i = 0; i < n; i++) {
    if (i > 0 && sorted[i] === sorted[i - 1]) run++
    else {
      run = 1
      levels.push(sorted[i]!)
    }
    top = Math.max(top, run)
  }
  const share = top / n
  const step = stepOf(Float64Array.from(levels))
  if (step === undefined)
    return share >= sharedValue.share && top >= sharedValue.users ? { kind: 'held', column, share } : undefined
  const mean = sorted.reduce((sum, value) => sum + value / n, 0)
  const spread = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2 / n, 0))
  if (spread < fewestSteps * step || share > latticeMode) return { kind: 'held', column, share }
  return { kind: 'lattice', column, step, offset: least, least, most }
}

/**
 * The step of a lattice that ascending, distinct `levels` lie on; none where float32 itself is the only one, or there
 * is none.
 */
function stepOf(levels: Float64Array): number | undefined {
  const [first, last] = [levels[0]!, levels.at(-1)!]
  const rounding = offLattice.roundings * Math.max(Math.abs(first), Math.abs(last)) * 2 ** -24
  const finest = Math.max((last - first) / mostLevels, 8 * rounding)
  const gaps = levels.slice(1).map((level, l) => level - levels[l]!)
  const ascending = gaps.slice().sort()
  for (let parts = 1; parts <= mostSteps && ascending[0]! / parts >= finest; parts++) {
    const step = multiplesOf(ascending[0]! / parts, ascending, rounding)
    if (step === undefined) continue
    const steps = gaps.reduce((sum, gap) => sum + Math.round(gap / step), 0)
    const better = (last - first) / steps
    const off = rounding + offLattice.share * better
    return levels.every((level) => Math.abs(level - first - Math.round((level - first) / better) * better) <= off)
      ? better
      : undefined
  }
  return undefined
}

/**
 * `step`, ever better known by the gaps, where all of them are multiples of it as far as is known; from the smallest
 * on.
 */
function multiplesOf(step: number, ascending: Float64Array, rounding: number): number | undefined {
  let [length, steps] = [0, 0]
  let known = step
  for (const gap of ascending) {
    const count = Math.round(gap / known)
    if (Math.abs(gap - count * known) > Math.min(0.2 * known, rounding * (1 + count))) return undefined
    length += gap
    steps += count
    known = length / steps
  }
  return known
}

/**
 * The same lattices with ends that take in the values that `rows` of theta (N, K) have: of users whom they were not
 * found by.
 */
export function widenedLattices(
  lattices: readonly ColumnLattice[],
  { cols, data }: Matrix,
  rows: Int32Array,
): ColumnLattice[] {
  return lattices.map((own) => {
    if (own.kind === 'held') return own
    let { least, most } = own
    for (const row of rows) {
      const value = data[row * cols + own.column]!
      least = Math.min(least, value)
      most = Math.max(most, value)
    }
    return { ...own, least, most }
  })
}

/**
 * Rounds the moved values of `rows` of theta (N, K), in place, to the lattice of each column. Two uniform draws of one
 * step are added before: the error of rounding then has mean 0 and one variance, a quarter of a squared step, wherever
 * a value stands between levels, so that rounding adds the same to users of every label. Values beyond the ends turn
 * back at them. Rows of a group of equal rows stay equal.
 */
export function roundToLattices(
  theta: Matrix,
  rows: Int32Array,
  groups: readonly Int32Array[],
  lattices: readonly ColumnLattice[],
  seed: number,
): void {
  for (const own of lattices) {
    if (own.kind !== 'lattice') continue
    const { column, step, offset, least, most } = own
    const random = randomStream(seed, 'lattice', String(column))
    const [low, high] = [Math.round((least - offset) / step), Math.round((most - offset) / step)]
    for (const row of rows) {
      const at = row * theta.cols + column
      const dithered = Math.round((theta.data[at]! - offset) / step + random.uniform() + random.uniform() - 1)
      const inside = dithered < low ? 2 * low - dithered : dithered > high ? 2 * high - dithered : dithered
      theta.data[at] = offset + Math.min(high, Math.max(low, inside)) * step
    }
    for (const members of groups)
      for (const row of members) theta.data[row * theta.cols + column] = theta.data[members[0]! * theta.cols + column]!
  }
}
