/** @file One map for everybody, a function of the vector alone: what `blind` leaves of its fit. */

import { copyMatrix, type Matrix } from '@indistinct/core'
import { mapRow, type AffineMap } from '../closed/affine-map.ts'
import { bins } from '../flow/calibrate/shape-counts.ts'
import { towardsNeighbours, type NeighbourMove } from './neighbour-move.ts'
import { posteriorDeviations, type Posterior } from './posterior.ts'
import { addCombination, addProducts } from './row-products.ts'
import { logSquare, placeAmong, shareAt, type Shells } from './shells.ts'

/**
 * Coordinates of x - centre (K): its entries, products with vectors (D, K), or the logarithm of its length over a unit,
 * through (P, K).
 */
export type Coordinates =
  | { readonly kind: 'columns' }
  | { readonly kind: 'directions'; readonly vectors: Float64Array }
  | { readonly kind: 'radius'; readonly unit: number; readonly through?: Float64Array }

/**
 * What moves by e_of(x) have in common, e_c(x) being what the vector, as it was before all moves, says of class c
 * beyond its share.
 */
interface ByPosterior {
  readonly of: number
  /** Added to every user by e_c, for each class (C x (K)). */
  readonly shifts: readonly Float64Array[]
}

/** Moves of a vector x (K), in the units of the map. */
export type BlindMove =
  /** The same affine map for all. */
  | { readonly kind: 'affine'; readonly map: AffineMap }
  /** x + e_of(x) change (x - centre), change (K, K). */
  | (ByPosterior & { readonly kind: 'linear'; readonly centre: Float64Array; readonly change: Float64Array })
  /**
   * In shells around a centre, of b by the share s_b(x): x + e_of(x) times the sum of s_b changes_b (x - centre), with
   * changes_b (K, K) or none at all; and `shifts` for each class of every shell (C x (B, K)).
   */
  | (ByPosterior & { readonly kind: 'shells'; readonly shells: Shells; readonly changes: readonly Float64Array[] })
  /**
   * Along each of D coordinates by e_of(x) times a step, which is piecewise linear between those at the edges of cells
   * (D, cells + 1), `perUnit` (D) of them a unit; a radius is stretched by the exponential of it.
   */
  | (ByPosterior & {
      readonly kind: 'along'
      readonly centre: Float64Array
      readonly along: Coordinates
      readonly perUnit: Float64Array
      readonly steps: Float64Array
    })
  /** x + e_of(x) times the sum over waves f of amplitude_f sin(w_f.x + phase_f) w_f; w as rows (F, K). */
  | (ByPosterior & {
      readonly kind: 'waves'
      readonly frequencies: Float64Array
      readonly phases: Float64Array
      readonly amplitudes: Float64Array
    })
  | NeighbourMove

export interface BlindMap {
  /** Columns less `centre` over `scales` (K) are the units in which vectors are moved. */
  readonly centre: Float64Array
  readonly scales: Float64Array
  readonly posterior: Posterior
  readonly moves: readonly BlindMove[]
}

/**
 * Writes the images of the named rows of x (N, K) under `maps`, one after the other, to the same rows of `out`, which
 * may be x. All is summed in float64 and rounded once: what a projection took out would otherwise come back as rounding
 * of what is moved after it.
 */
export function applyBlind(out: Matrix, x: Matrix, rows: Int32Array, maps: readonly BlindMap[]): void {
  const { cols: K } = x
  const steps = maps.map((map) => rowMap(map, K))
  const row = new Float64Array(K)
  for (const i of rows) {
    for (let k = 0; k < K; k++) row[k] = x.data[i * K + k]!
    for (const step of steps) step(row)
    for (let k = 0; k < K; k++) out.data[i * K + k] = row[k]!
  }
}

/** `x` with the named rows mapped. */
export function mappedRows(x: Matrix, rows: Int32Array, maps: readonly BlindMap[]): Matrix {
  const out = copyMatrix(x)
  applyBlind(out, x, rows, maps)
  return out
}

/** Sets a row (K) to its image. */
function rowMap({ centre, scales, posterior, moves }: BlindMap, K: number): (row: Float64Array) => void {
  const features = new Float64Array(1 + K + posterior.phases.length)
  const deviations = new Float64Array(posterior.shares.length)
  const start = new Float64Array(K)
  let [at, next] = [new Float64Array(K), new Float64Array(K)]
  return (row) => {
    for (let k = 0; k < K; k++) start[k] = (row[k]! - centre[k]!) / scales[k]!
    posteriorDeviations(posterior, start, features, deviations)
    at.set(start)
    for (const move of moves) {
      moveRow(move, at, deviations, next)
      ;[at, next] = [next, at]
    }
    for (let k = 0; k < K; k++) row[k]! += (at[k]! - start[k]!) * scales[k]!
  }
}

/**
 * Sets `out` (K), which must not be `row`, to the image of `row` (K), in float64, whose vector says `deviations` (C) of
 * the classes.
 */
export function moveRow(move: BlindMove, row: Float64Array, deviations: Float64Array, out: Float64Array): void {
  if (move.kind === 'affine') return mapRow(move.map, row, out)
  if (move.kind === 'neighbours') return towardsNeighbours(out, row, move)
  out.set(row)
  if (move.kind === 'shells') return addShells(out, row, deviations, move)
  const own = deviations[move.of]!
  if (move.kind === 'linear') addLinear(out, row, own, move)
  else if (move.kind === 'along') addAlong(out, row, own, move)
  else addWaves(out, row, own, move)
  const { shifts } = move
  for (let c = 0; c < shifts.length; c++) {
    const [said, shift] = [deviations[c]!, shifts[c]!]
    for (let k = 0; k < out.length; k++) out[k]! += said * shift[k]!
  }
}

/** Scratch for a row's differences from a centre, and its products: one thread maps one row at a time. */
let apart = new Float64Array(0)
let products = new Float64Array(0)

/** row - centre (K), in scratch that the next call overwrites. */
function differenceFrom(row: Float64Array, centre: Float64Array): Float64Array {
  if (apart.length !== row.length) apart = new Float64Array(row.length)
  for (let k = 0; k < row.length; k++) apart[k] = row[k]! - centre[k]!
  return apart
}

/** Products of D rows (D, K) with x (K), in scratch that the next call overwrites. */
function productsOf(rows: Float64Array, x: Float64Array, D: number): Float64Array {
  if (products.length < D) products = new Float64Array(D)
  products.fill(0, 0, D)
  addProducts(products, rows, x, D)
  return products
}

function addLinear(
  out: Float64Array,
  row: Float64Array,
  own: number,
  { centre, change }: Extract<BlindMove, { kind: 'linear' }>,
): void {
  const K = row.length
  const sums = productsOf(change, differenceFrom(row, centre), K)
  for (let k = 0; k < K; k++) out[k]! += own * sums[k]!
}

function addShells(
  out: Float64Array,
  row: Float64Array,
  deviations: Float64Array,
  { of, shells: { centre, edges }, changes, shifts }: Extract<BlindMove, { kind: 'shells' }>,
): void {
  const K = row.length
  const place = placeAmong(edges, logSquare(row, centre))
  const difference = differenceFrom(row, centre)
  for (let b = Math.floor(place); b < edges.length && shareAt(place, b) > 0; b++) {
    const share = shareAt(place, b)
    if (changes.length > 0) {
      const sums = productsOf(changes[b]!, difference, K)
      for (let k = 0; k < K; k++) out[k]! += share * deviations[of]! * sums[k]!
    }
    for (let c = 0; c < shifts.length; c++)
      for (let k = 0, p = b * K; k < K; k++, p++) out[k]! += share * deviations[c]! * shifts[c]![p]!
  }
}

function addAlong(
  out: Float64Array,
  row: Float64Array,
  own: number,
  { centre, along, perUnit, steps }: Extract<BlindMove, { kind: 'along' }>,
): void {
  const K = row.length
  const D = perUnit.length
  const difference = differenceFrom(row, centre)
  if (along.kind === 'columns') {
    for (let d = 0; d < D; d++) out[d]! += own * stepAt(steps, d, difference[d]! * perUnit[d]!)
  } else if (along.kind === 'directions') {
    const places = productsOf(along.vectors, difference, D)
    for (let d = 0; d < D; d++) places[d] = own * stepAt(steps, d, places[d]! * perUnit[d]!)
    addCombination(out, along.vectors, places, D)
  } else {
    const P = along.through ? along.through.length / K : K
    const seen = along.through ? productsOf(along.through, difference, P) : difference
    let square = 0
    for (let a = 0; a < P; a++) square += seen[a]! ** 2
    // Who stands on the centre has no way out.
    if (square === 0) return
    const stretch = Math.expm1(own * stepAt(steps, 0, Math.log(Math.sqrt(square) / along.unit) * perUnit[0]!))
    for (let k = 0; k < K; k++) out[k]! += stretch * difference[k]!
  }
}

function addWaves(
  out: Float64Array,
  row: Float64Array,
  own: number,
  { frequencies, phases, amplitudes }: Extract<BlindMove, { kind: 'waves' }>,
): void {
  const F = phases.length
  const heights = productsOf(frequencies, row, F)
  for (let f = 0; f < F; f++) heights[f] = own * amplitudes[f]! * Math.sin(heights[f]! + phases[f]!)
  addCombination(out, frequencies, heights, F)
}

/** The step along coordinate d, so many cells from the middle. */
function stepAt(steps: Float64Array, d: number, cells: number): number {
  const at = Math.min(bins, Math.max(0, cells + bins / 2))
  const cell = Math.min(bins - 1, Math.trunc(at))
  const left = steps[d * (bins + 1) + cell]!
  return left + (at - cell) * (steps[d * (bins + 1) + cell + 1]! - left)
}
