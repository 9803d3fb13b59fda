/**
 * @file Columns brought to one scale before matrices of them are taken apart: what counts as no variance is then a
 * matter of each column, and not of the widest one.
 */

import type { AffineMap } from '../closed/affine-map.ts'
import { pooledNormal, type ClassNormal } from '../closed/class-normals.ts'

/**
 * Widest over narrowest spread of columns beyond which distances in the table's own units say nothing of narrow ones.
 */
export const mostUnlike = 1000

/** Spread of every column over all users (K); 1 for a column that does not vary. */
export function columnScales(normals: readonly ClassNormal[]): Float64Array {
  const { mean, total } = pooledNormal(normals)
  const K = mean.length
  return mean.map((centre, k) => {
    const spread = Math.sqrt(total[k * K + k]!)
    // What is left of equal values is the rounding of their mean.
    return spread > 1e-12 * Math.abs(centre) && spread > 0 ? spread : 1
  })
}

/** Whether columns differ so much that their own units are no measure of how far a user moves. */
export function areUnlike(scales: Float64Array, normals: readonly ClassNormal[]): boolean {
  const { total } = pooledNormal(normals)
  const spreads = scales.filter((_, k) => total[k * (scales.length + 1)]! > 0)
  return spreads.length > 1 && Math.max(...spreads) > mostUnlike * Math.min(...spreads)
}

/** Normals of the same users with every column divided by its scale. */
export function inScales(normals: readonly ClassNormal[], scales: Float64Array): ClassNormal[] {
  const K = scales.length
  return normals.map(({ count, mean, covariance }) => ({
    count,
    mean: mean.map((value, k) => value / scales[k]!),
    covariance: covariance.map((value, p) => value / scales[Math.floor(p / K)]! / scales[p % K]!),
  }))
}

/** The map of columns as they are, from the map of columns divided by their scales. */
export function outOfScales({ centre, change, shift }: AffineMap, scales: Float64Array): AffineMap {
  const K = scales.length
  return {
    centre: centre.map((value, k) => value * scales[k]!),
    change: change.map((value, p) => (value * scales[Math.floor(p / K)]!) / scales[p % K]!),
    shift: shift.map((value, k) => value * scales[k]!),
  }
}
