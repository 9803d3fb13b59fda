/** @file Soft shells around a centre, in which classes are compared and moved: few, each passing into the next. */

import type { Matrix } from '@indistinct/core'

/** Shells, where users are enough to lie in different ones. */
export const mostShells = 3
/** Share of the users within the first, and beyond the last. */
const outermost = 0.1

/** A user belongs wholly to shell b at edge b, and by shares to two of them in between. */
export interface Shells {
  /** (K). */
  readonly centre: Float64Array
  /** Logarithms of squared distances from the centre, rising (B). */
  readonly edges: Float64Array
}

/** Shells around `centre` (K) between the distances of the users of x (n, K). */
export function shellsOf(x: Matrix, centre: Float64Array): Shells {
  const distances = Float64Array.from({ length: x.rows }, (_, i) =>
    logSquare(x.data.subarray(i * x.cols, (i + 1) * x.cols), centre),
  )
  const sorted = distances.filter(Number.isFinite).sort()
  const edges = Array.from(
    { length: mostShells },
    (_, b) => sorted[Math.round((outermost + ((1 - 2 * outermost) * b) / (mostShells - 1)) * (sorted.length - 1))] ?? 0,
  )
  return { centre, edges: Float64Array.from(new Set(edges)) }
}

/** The logarithm of the squared distance of a row (K) from `centre`; -Infinity on it. */
export function logSquare(row: Float32Array | Float64Array, centre: Float64Array): number {
  let square = 0
  for (let k = 0; k < centre.length; k++) square += (row[k]! - centre[k]!) ** 2
  return Math.log(square)
}

/** Where among `edges` (B) a distance lies, from 0 to B - 1: shell b has the share `shareAt(place, b)` of it. */
export function placeAmong(edges: Float64Array, distance: number): number {
  const last = edges.length - 1
  if (!(distance > edges[0]!)) return 0
  if (distance >= edges[last]!) return last
  let b = 0
  while (distance >= edges[b + 1]!) b++
  return b + (distance - edges[b]!) / (edges[b + 1]! - edges[b]!)
}

export function shareAt(place: number, b: number): number {
  return Math.max(0, 1 - Math.abs(place - b))
}

/** `placeAmong` of every row of x (n, K). */
export function placesOf(x: Matrix, { centre, edges }: Shells): Float64Array {
  return Float64Array.from({ length: x.rows }, (_, i) =>
    placeAmong(edges, logSquare(x.data.subarray(i * x.cols, (i + 1) * x.cols), centre)),
  )
}
