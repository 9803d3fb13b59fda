/**
 * @file Distributions of classes by distance from the centre, brought to the differences that chance gives them. The
 * kernel's steps draw users of one class onto a shell, others off it: many dimensions add up to a distance that no
 * single one shows.
 */

import { matrix, type Matrix } from '@indistinct/core'
import { calibratedAlong, ratioAlong } from './calibrate-shapes.ts'
import type { ShapeFrame } from './shape-counts.ts'
import { classMoments, type FamilyRatio } from './class-moments.ts'
import type { ClassMoments } from './common-axes.ts'

/**
 * Spread of the logarithm of a distance by which cells are laid out: they reach from 0.22 to 4.5 times the root mean
 * square.
 */
const logSpread = 0.25

/**
 * Distances as they are, and in whitened coordinates on the axes on which covariances are compared, where there are
 * any.
 */
export function radiusFrames({ centre, variances, compared: P, whitening }: ClassMoments): readonly ShapeFrame[] {
  const K = centre.length
  const spreads = Float64Array.of(logSpread)
  const plain = Math.sqrt(variances.reduce((sum, variance) => sum + variance, 0))
  const frames: ShapeFrame[] = [{ centre, directions: { unit: plain }, spreads, held: 1 }]
  if (P > 0)
    frames.push({
      centre,
      directions: { unit: Math.sqrt(P), through: matrix(P, K, Float32Array.from(whitening)) },
      spreads,
      held: 1,
    })
  return frames
}

/**
 * Draws users of every class of theta (N, K) out from the centre, or in, so that distances differ no more than `level`
 * times chance.
 * @param moments of theta, where they are known
 */
export function calibrateRadii(
  theta: Matrix,
  classes: readonly Int32Array[],
  level: number,
  moments: ClassMoments = classMoments(theta, classes),
): Matrix {
  return calibratedAlong(radiusFrames(moments), theta, classes, level)
}

/**
 * Squared differences of distances over their null, mean over functions, by the distance where it is the larger.
 * @param moments of theta, where they are known
 */
export function radiusRatio(
  theta: Matrix,
  classes: readonly Int32Array[],
  moments: ClassMoments = classMoments(theta, classes),
): FamilyRatio {
  return ratioAlong(radiusFrames(moments), theta, classes)
}
