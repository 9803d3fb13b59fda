/** @file One map for everybody, a function of the vector alone: what `blind` leaves of its fit. */

import type { Matrix } from '@indistinct/core'
import { mapRow, type AffineMap } from '../closed/affine-map.ts'
import { bins } from '../flow/shape-counts.ts'
import { posteriorDeviations, type Posterior } from './posterior.ts'

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
  /** x + e_of(x) times the sum over waves f of amplitude_f sin(w_f.x + phase_f) w_f, w as rows (F, K). */
  | (ByPosterior & {
      readonly kind: 'waves'
      readonly frequencies: Float64Array
      readonly phases: Float64Array
      readonly amplitudes: Float64Array
    })

export interface BlindMap {
  /** Columns less `centre` over `scales` (K) are the units in which vectors are moved. */
  readonly centre: Float64Array
  readonly scales: Float64Array
  readonly posterior: Posterior
  readonly moves: readonly BlindMove[]
}

/**
 * Writes the images of the named rows of x (N, K) to the same rows of `out`, which may be x. All is summed in float64
 * and rounded once: what a projection took out would otherwise come back as rounding of what is moved after it.
 */
export function applyBlind(out: Matrix, x: Matrix, rows: Int32Array, map: BlindMap): void {
  const { cols: K } = x
  const { centre, scales, posterior } = map
  const features = new Float64Array(1 + K + posterior.phases.length)
  const deviations = new Float64Array(posterior.shares.length)
  const start = new Float64Array(K)
  for (const i of rows) {
    for (let k = 0; k < K; k++) start[k] = (x.data[i * K + k]! - centre[k]!) / scales[k]!
    posteriorDeviations(posterior, start, features, deviations)
    let at: Float64Array = start
    for (const move of map.moves) at = movedRow(move, at, deviations)
    for (let k = 0; k < K; k++) out.data[i * K + k] = x.data[i * K + k]! + (at[k]! - start[k]!) * scales[k]!
  }
}

/** The image of one row (K), in float64, whose vector says `deviations` (C) of the classes. */
export function movedRow(move: BlindMove, row: Float64Array, deviations: ArrayLike<number>): Float64Array {
  if (move.kind === 'affine') return mapRow(move.map, row)
  const out = row.slice()
  const own = deviations[move.of]!
  if (move.kind === 'linear') addLinear(out, row, own, move)
  else if (move.kind === 'along') addAlong(out, row, own, move)
  else addWaves(out, row, own, move)
  const { shifts } = move
  for (let c = 0; c < shifts.length; c++)
    for (let k = 0; k < out.length; k++) out[k]! += deviations[c]! * shifts[c]![k]!
  return out
}

function addLinear(
  out: Float64Array,
  row: Float64Array,
  own: number,
  { centre, change }: Extract<BlindMove, { kind: 'linear' }>,
): void {
  const K = row.length
  for (let j = 0, p = 0; j < K; j++) {
    let sum = 0
    for (let k = 0; k < K; k++, p++) sum += change[p]! * (row[k]! - centre[k]!)
    out[j]! += own * sum
  }
}

function addAlong(
  out: Float64Array,
  row: Float64Array,
  own: number,
  { centre, along, perUnit, steps }: Extract<BlindMove, { kind: 'along' }>,
): void {
  const K = row.length
  for (let d = 0; d < perUnit.length; d++) {
    if (along.kind === 'columns') {
      out[d]! += own * stepAt(steps, d, (row[d]! - centre[d]!) * perUnit[d]!)
    } else if (along.kind === 'directions') {
      let at = 0
      for (let k = 0; k < K; k++) at += along.vectors[d * K + k]! * (row[k]! - centre[k]!)
      const step = own * stepAt(steps, d, at * perUnit[d]!)
      for (let k = 0; k < K; k++) out[k]! += step * along.vectors[d * K + k]!
    } else {
      const square = squaredLength(row, centre, along.through)
      // Who stands on the centre has no way out.
      if (square === 0) continue
      const stretch = Math.expm1(own * stepAt(steps, d, Math.log(Math.sqrt(square) / along.unit) * perUnit[d]!))
      for (let k = 0; k < K; k++) out[k]! += stretch * (row[k]! - centre[k]!)
    }
  }
}

function addWaves(
  out: Float64Array,
  row: Float64Array,
  own: number,
  { frequencies, phases, amplitudes }: Extract<BlindMove, { kind: 'waves' }>,
): void {
  const K = row.length
  for (let f = 0; f < phases.length; f++) {
    let angle = phases[f]!
    for (let k = 0, p = f * K; k < K; k++, p++) angle += frequencies[p]! * row[k]!
    const height = own * amplitudes[f]! * Math.sin(angle)
    for (let k = 0, p = f * K; k < K; k++, p++) out[k]! += height * frequencies[p]!
  }
}

function squaredLength(row: Float64Array, centre: Float64Array, through?: Float64Array): number {
  const K = row.length
  let square = 0
  for (let p = 0; p < (through?.length ?? K * K); p += K) {
    let sum = through ? 0 : row[p / K]! - centre[p / K]!
    if (through) for (let k = 0; k < K; k++) sum += through[p + k]! * (row[k]! - centre[k]!)
    square += sum * sum
  }
  return square
}

/** The step along coordinate d, so many cells from the middle. */
function stepAt(steps: Float64Array, d: number, cells: number): number {
  const at = Math.min(bins, Math.max(0, cells + bins / 2))
  const cell = Math.min(bins - 1, Math.trunc(at))
  const left = steps[d * (bins + 1) + cell]!
  return left + (at - cell) * (steps[d * (bins + 1) + cell + 1]! - left)
}
