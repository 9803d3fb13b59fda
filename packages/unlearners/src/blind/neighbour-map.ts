/**
 * @file Rows drawn towards those near to them, whatever their labels: a row alone holds noise, which neighbours average
 * away. References are frozen, so that it is a map like the others.
 */

import type { Matrix } from '@indistinct/core'
import { classNormals, pooledNormal } from '../closed/class-normals.ts'
import { columnScales } from '../linear-algebra/column-scales.ts'
import type { BlindMap } from './blind-map.ts'
import { dealtOut } from './dealt-out.ts'
import { neighbourMove } from './neighbour-move.ts'

/** Rows that others are drawn towards, at most: work and the fit grow with them. */
const mostReferences = 10_000
/** Share of its own that a row keeps. */
const own = 0.5

/**
 * Half the way of every vector to the mean of the `count` named rows of x (N, K) that are nearest to it, by distance in
 * units of the columns' spread. A row is near to itself.
 */
export function neighbourMap(x: Matrix, rows: Int32Array, count: number, seed: number): BlindMap {
  const K = x.cols
  const normals = classNormals(x, [rows])
  const { mean: centre } = pooledNormal(normals)
  const scales = columnScales(normals)
  const drawn = dealtOut(x.rows, [rows], seed, 'references')[0]!.slice(0, mostReferences).sort()
  const references = new Float64Array(drawn.length * K)
  drawn.forEach((row, r) => {
    for (let k = 0; k < K; k++) references[r * K + k] = (x.data[row * K + k]! - centre[k]!) / scales[k]!
  })
  const none = new Float64Array(0)
  const posterior = { shares: none, frequencies: none, phases: none, weights: none }
  return { centre, scales, posterior, moves: [neighbourMove(references, K, Math.min(count, drawn.length), own)] }
}
