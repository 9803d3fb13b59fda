/**
 * @file Fewer known rows than dimensions: what does not depend on how dimensions are turned is the same from inner
 * products alone. They are made once a split; attackers then work in as many dimensions as there are known rows.
 */

import type { Matrix } from '@indistinct/core'
import { product64, product64NT, type Dense } from '@indistinct/kernels'
import { choleskyInverse } from './cholesky.ts'
import { oasOfSums } from './oas-shrinkage.ts'
import { columnSpread } from './standardise.ts'

/** Inner products of rows less the mean of the known ones. */
export interface RowProducts {
  /** Dimensions K of the rows. */
  readonly dimensions: number
  /** Of known rows with known rows (N, N). */
  readonly known: Dense
  /** Of asked rows with known rows (M, N). */
  readonly asked: Dense
  /** Squared lengths of asked rows, less that mean (M). */
  readonly squares: Float64Array
  /** Squared lengths of known (N) and asked rows (M) as they are: distances to the origin. */
  readonly lengths: { readonly known: Float64Array; readonly asked: Float64Array }
}

/** Most known rows whose products are taken: 128 MB. */
export const mostKnown = 4000

/** Whether so many known rows have their products taken. */
export function isNarrow(known: number, dimensions: number): boolean {
  return known < dimensions && known <= mostKnown
}

/** Rows that are brought to float64 at once. */
const blockRows = 1024

/** @param known (N, K) @param asked (M, K) */
export function rowProducts(known: Matrix, asked: Matrix): RowProducts {
  const { rows: N, cols: K } = known
  const mean = meanOf(known)
  const right = lessMean(known, 0, N, mean)
  const out = { rows: asked.rows, cols: N, data: new Float64Array(asked.rows * N) }
  const squares = new Float64Array(asked.rows)
  for (let first = 0; first < asked.rows; first += blockRows) {
    const left = lessMean(asked, first, Math.min(asked.rows, first + blockRows), mean)
    out.data.set(product64NT(left, right), first * N)
    squares.set(squaresOf(left), first)
  }
  return {
    dimensions: K,
    known: { rows: N, cols: N, data: product64NT(right, right) },
    asked: out,
    squares,
    lengths: { known: squaresOf(known), asked: squaresOf(asked) },
  }
}

/** Inner products of all rows of a table less their mean (T, T), and squared lengths of the rows as they are (T). */
export interface TableProducts {
  readonly products: Dense
  readonly lengths: Float64Array
}

export function tableProducts(table: Matrix): TableProducts {
  const { rows: T } = table
  const moved = lessMean(table, 0, T, meanOf(table))
  return { products: { rows: T, cols: T, data: product64NT(moved, moved) }, lengths: squaresOf(table) }
}

/** `rowProducts` of some rows of a table of K dimensions. */
export function productsOfRows(
  { products: { rows: T, data }, lengths }: TableProducts,
  known: Int32Array,
  asked: Int32Array,
  dimensions: number,
): RowProducts {
  const N = known.length
  // Products of a row with the mean of the known rows, and of that mean with itself.
  const withMean = (rows: Int32Array): Float64Array =>
    Float64Array.from(rows, (row) => {
      let sum = 0
      for (let k = 0; k < N; k++) sum += data[row * T + known[k]!]!
      return sum / N
    })
  const ofKnown = withMean(known)
  const ofMean = ofKnown.reduce((sum, value) => sum + value, 0) / N
  const between = (rows: Int32Array, ofRows: Float64Array): Dense => {
    const out = new Float64Array(rows.length * N)
    rows.forEach((row, i) => {
      const shift = ofMean - ofRows[i]!
      for (let k = 0; k < N; k++) out[i * N + k] = data[row * T + known[k]!]! - ofKnown[k]! + shift
    })
    return { rows: rows.length, cols: N, data: out }
  }
  const ofAsked = withMean(asked)
  return {
    dimensions,
    known: between(known, ofKnown),
    asked: between(asked, ofAsked),
    squares: ofAsked.map((value, i) => Math.max(0, data[asked[i]! * (T + 1)]! - 2 * value + ofMean)),
    lengths: {
      known: Float64Array.from(known, (row) => lengths[row]!),
      asked: Float64Array.from(asked, (row) => lengths[row]!),
    },
  }
}

/**
 * The products of whitened rows (`whitener`), from those G of standardised ones. With A = (1 - s) G / N + s I, s the
 * shrinkage, whitened known rows have the products G A^-1, asked ones theirs times A^-1, and no root is needed.
 * @param standardised of the rows below, standardised
 * @param known (N, K) and @param asked (M, K), raw
 */
export function whitenedProducts(standardised: RowProducts, known: Matrix, asked: Matrix): RowProducts {
  const { rows: N, cols: K } = known
  const { known: G, asked: B, squares } = standardised
  const { mean, deviation } = columnSpread(known)
  const constant = [...deviation.keys()].filter((j) => deviation[j] === 0)
  const a = Float64Array.from(G.data, (value) => value / N)
  // A constant dimension is one of its own, with a correlation of 1 with itself.
  const shrinkage = oasOfSums(
    a.reduce((sum, value) => sum + value * value, constant.length),
    K,
    K,
    N,
  )
  for (let p = 0; p < N * N; p++) a[p]! *= 1 - shrinkage
  for (let j = 0; j < N; j++) a[j * N + j]! += shrinkage
  const inverse = { rows: N, cols: N, data: choleskyInverse('whitenedProducts', a, N) }
  const whitenedKnown = product64(G, inverse)
  const whitenedAsked = product64(B, inverse)
  const lengths = squares.map((square, i) => {
    let within = 0
    for (let k = 0, p = i * N; k < N; k++, p++) within += whitenedAsked[p]! * B.data[p]!
    let beside = 0
    for (const j of constant) beside += (asked.data[i * K + j]! - mean[j]!) ** 2
    return Math.max(0, (square - beside - ((1 - shrinkage) / N) * within) / shrinkage) + beside
  })
  return {
    dimensions: K,
    known: { rows: N, cols: N, data: whitenedKnown },
    asked: { rows: B.rows, cols: N, data: whitenedAsked },
    squares: lengths,
    // The known rows' mean is the origin.
    lengths: { known: Float64Array.from({ length: N }, (_, i) => whitenedKnown[i * (N + 1)]!), asked: lengths },
  }
}

function meanOf({ rows, cols, data }: Matrix): Float64Array {
  const mean = new Float64Array(cols)
  for (let i = 0, p = 0; i < rows; i++) for (let j = 0; j < cols; j++, p++) mean[j]! += data[p]! / rows
  return mean
}

function lessMean({ cols, data }: Matrix, first: number, end: number, mean: Float64Array): Dense {
  const out = new Float64Array((end - first) * cols)
  for (let i = first, p = 0, from = first * cols; i < end; i++)
    for (let j = 0; j < cols; j++, p++, from++) out[p] = data[from]! - mean[j]!
  return { rows: end - first, cols, data: out }
}

function squaresOf({ rows, cols, data }: Dense): Float64Array {
  const out = new Float64Array(rows)
  for (let i = 0, p = 0; i < rows; i++) {
    let sum = 0
    for (let j = 0; j < cols; j++, p++) sum += data[p]! * data[p]!
    out[i] = sum
  }
  return out
}
