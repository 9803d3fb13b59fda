/**
 * @file The directions along which the rows of a tall matrix vary most, by a randomised singular value decomposition
 * (Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.1, one power iteration): three products with the matrix.
 */

import { randomStream, type Matrix } from '@indistinct/core'
import { orthonormalColumns } from './orthonormal-columns.ts'
import { alongPrincipalAxes } from './principal-axes.ts'

/** A centred matrix (N, I) that is known by its products alone. */
export interface CentredMap {
  readonly rows: number
  readonly cols: number
  /** The matrix times (I, L): (N, L). */
  times(right: Float64Array, l: number): Float64Array
  /** The transposed matrix times (N, L): (I, L). */
  transposeTimes(right: Float64Array, l: number): Float64Array
}

export interface LeadingDirections {
  /** (N, width), or fewer columns where the matrix has no more; largest variance first. */
  readonly table: Matrix
  /** Sum of squares of the table. */
  readonly squares: number
}

/** Directions beyond `width` that are followed and then dropped. */
const oversampling = 8

/** The rows of `map` along its `width` leading directions, which start from directions drawn by `seed`. */
export function leadingDirections(
  map: CentredMap,
  { width, seed }: { readonly width: number; readonly seed: number },
): LeadingDirections {
  const { rows, cols } = map
  const kept = Math.min(width, rows, cols)
  const l = Math.min(kept + oversampling, rows, cols)
  const random = randomStream(seed, 'observations', 'scores')
  const start = Float64Array.from({ length: cols * l }, () => random.normal())
  const basis = orthonormalColumns(map.times(start, l), rows, l)
  const axes = orthonormalColumns(map.transposeTimes(basis, l), cols, l)
  const { table, values } = alongPrincipalAxes(map.times(axes, l), rows, l, kept)
  return { table, squares: values.slice(0, kept).reduce((sum, value) => sum + Math.max(0, value), 0) }
}
