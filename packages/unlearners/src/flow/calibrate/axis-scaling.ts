/** @file Coordinates in which distances give axes of little variance more weight than they have. */

import { matrix, type Matrix } from '@indistinct/core'
import { product64TN } from '@indistinct/kernels'
import type { ClassMoments } from './common-axes.ts'

/** Axes count as no narrower than this share of the widest one's variance. */
const narrowest = 1e-8

/**
 * Rows a (K, K) such that a theta is theta along the axes of its pooled covariance, each divided by its spread to the
 * power `whitening`: at 0 distances stay, at 1 every axis weighs the same. Squares of a average 1, so that steps keep
 * their size.
 */
export function axisScaling({ axes, variances, centre }: ClassMoments, whitening: number): Matrix {
  const [A, K] = [variances.length, centre.length]
  const scaleOf = (variance: number): number => Math.max(variance, narrowest * variances[0]!) ** -whitening
  const across = scaleOf(0)
  const squares = variances.map(scaleOf)
  const mean = squares.reduce((sum, square) => sum + square / K, ((K - A) / K) * across)
  if (A === K)
    return matrix(
      K,
      K,
      Float32Array.from(axes, (value, p) => value * Math.sqrt(squares[Math.floor(p / K)]! / mean)),
    )
  // Where axes do not span all columns, the symmetric a, which needs no others: what is across them has one scale.
  const own = squares.map((square) => Math.sqrt(square / mean) - Math.sqrt(across / mean))
  const scaled = axes.map((value, p) => value * own[Math.floor(p / K)]!)
  const along = product64TN({ rows: A, cols: K, data: axes }, { rows: A, cols: K, data: scaled })
  for (let k = 0; k < K; k++) along[k * (K + 1)]! += Math.sqrt(across / mean)
  return matrix(K, K, Float32Array.from(along))
}
