/**
 * @file The projection that takes class means out, estimated from users among whom a random half of each class weighs
 * more.
 */

import { matrix, type Matrix } from '@indistinct/core'
import { applyAffine, type AffineMap } from '../closed/affine-map.ts'
import { momentRatios, type FamilyRatio } from '../flow/calibrate/class-moments.ts'
import { rowMean } from '../flow/calibrate/common-axes.ts'
import { classNormals, pooledNormal } from '../closed/class-normals.ts'
import { erasure } from '../closed/leace.ts'
import { dealtOut } from './dealt-out.ts'

export interface HalfProjection {
  readonly map: AffineMap
  /** Directions that it takes out. */
  readonly erased: number
  /** x by that map (n, K). */
  readonly table: Matrix
}

/**
 * How much more than the half alone would say is taken at most: small classes may leave next to nothing between their
 * halves.
 */
const mostWeight = 2

/**
 * LEACE for x (n, K), with class means that lie from those of all users towards those of a random half of each class.
 * What makes such means equal leaves the means over all users apart by a share of what the halves differ by chance: in
 * every direction, as random labels would. The share is the one that gives it the size of random labels, too: T^2
 * stands on its null. Means of all users made equal would be more alike than chance makes them, and held-out users
 * anti-correlated with those whom an attacker learns from.
 *
 * Directions are taken out one by one, those that tell most first, until class means of all users are `explained` by
 * chance.
 */
export function halfProjection(
  x: Matrix,
  classes: readonly Int32Array[],
  seed: number,
  explained: (means: FamilyRatio) => boolean,
): HalfProjection {
  const { mean, total, count } = pooledNormal(classNormals(x, classes))
  const drawn = dealtOut(x.rows, classes, seed, 'half')
  const all = classes.map((members) => rowMean(x, members))
  const halves = drawn.map((members) => rowMean(x, members.slice(0, Math.ceil(members.length / 2)).sort()))
  const shares = classes.map(({ length }) => length / count)
  const rows = Int32Array.from({ length: x.rows }, (_, i) => i)
  // One table for all that are tried: the last one made is the one returned.
  const table = matrix(x.rows, x.cols)
  const projected = (weight: number, most: number): HalfProjection => {
    const means = all.map((own, c) => own.map((value, k) => value + weight * (halves[c]![k]! - value)))
    const { map, erased } = erasure({ mean, total, means, shares, most })
    applyAffine(table, x, rows, map)
    return { map, erased, table }
  }
  for (let most = 0; ; most++) {
    const first = projected(1, most)
    const { mean: means } = momentRatios(first.table, classes)
    if (first.erased < most || most === classes.length - 1 || explained(means)) {
      return first.erased > 0 && means.ratio > 0
        ? projected(Math.min(mostWeight, 1 / Math.sqrt(means.ratio)), most)
        : first
    }
  }
}
