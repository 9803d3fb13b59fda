/** @file Coordinates in which distances give axes of little variance more weight than they have. */

import { matrix, type Matrix } from '@indistinct/core'
import type { ClassMoments } from './class-moments.ts'

/** Axes count as no narrower than this share of the widest one's variance. */
const narrowest = 1e-8

/**
 * Rows a (K, K) such that a theta is theta along the axes of its pooled covariance, each divided by its spread to the
 * power `whitening`: at 0 distances stay, at 1 every axis weighs the same. Squares of a average 1, so that steps keep
 * their size.
 */
export function axisScaling({ axes, variances }: ClassMoments, whitening: number): Matrix {
  const K = variances.length
  const squares = variances.map((variance) => Math.max(variance, narrowest * variances[0]!) ** -whitening)
  const mean = squares.reduce((sum, square) => sum + square / K, 0)
  return matrix(
    K,
    K,
    Float32Array.from(axes, (value, p) => value * Math.sqrt(squares[Math.floor(p / K)]! / mean)),
  )
}
