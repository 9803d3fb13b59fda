/** @file One map for everybody, a function of the vector alone: what `blind` leaves of its fit. */

import type { Matrix } from '@indistinct/core'
import { mapRow, type AffineMap } from '../affine-map.ts'
import { posteriorDeviations, type Posterior } from './posterior.ts'

/** Moves of a vector x (K), in the units of the map. */
export type BlindMove =
  /** The same affine map for all. */
  | { readonly kind: 'affine'; readonly map: AffineMap }
  /**
   * x + e_of(x) change (x - centre) + the sum over classes of e_c(x) shifts_c, where e_c(x) is what the vector, as it was before all
   * moves, says of class c beyond its share: change (K, K), shifts (C x (K)).
   */
  | { readonly kind: 'by-posterior'; readonly of: number; readonly centre: Float64Array; readonly change: Float64Array; readonly shifts: readonly Float64Array[] }

export interface BlindMap {
  /** Columns less `centre` over `scales` (K) are the units in which vectors are moved. */
  readonly centre: Float64Array
  readonly scales: Float64Array
  readonly posterior: Posterior
  readonly moves: readonly BlindMove[]
}

/**
 * Writes the images of the named rows of x (N, K) to the same rows of `out`, which may be x. All is summed in float64 and rounded once:
 * what a projection took out would otherwise come back as rounding of what is moved after it.
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
  const K = row.length
  const { centre, change, shifts } = move
  const own = deviations[move.of]!
  const out = row.slice()
  for (let j = 0, p = 0; j < K; j++) {
    let sum = 0
    for (let k = 0; k < K; k++, p++) sum += change[p]! * (row[k]! - centre[k]!)
    out[j]! += own * sum
  }
  for (let c = 0; c < shifts.length; c++) for (let k = 0; k < K; k++) out[k]! += deviations[c]! * shifts[c]![k]!
  return out
}
