/**
 * @file Dimensions of deviation 1 that are uncorrelated, as the attacker's own shadow set has them. What a table hides
 * in a direction of little variance across dimensions stands out like any other, which standardising cannot do.
 */

import type { Matrix } from '@indistinct/core'
import { oasShrinkage } from './oas-shrinkage.ts'

/**
 * The map x -> (x - mean) D^-1 P^-1/2 for any rows (M, K), with mean, deviations D and correlations P of `shadow` (N,
 * K): ZCA-cor whitening (Kessy, Lewin and Strimmer 2018), the one that stays closest to the standardised dimensions.
 * P is drawn towards the identity as `oasShrinkage` says, so that fewer rows than dimensions, or dimensions that
 * depend on one another, do not blow up what has no variance. Dimensions that are constant in `shadow` are only
 * centred.
 */
export function whitener(shadow: Matrix): (x: Matrix) => Matrix {
  const { rows, cols: K, data } = shadow
  const mean = new Float64Array(K)
  for (let p = 0; p < data.length; p++) mean[p % K]! += data[p]! / rows
  const scale = new Float64Array(K)
  for (let p = 0; p < data.length; p++) scale[p % K]! += (data[p]! - mean[p % K]!) ** 2 / rows
  for (let j = 0; j < K; j++) {
    const deviation = Math.sqrt(scale[j]!)
    // float32 values that are equal differ from their float64 mean by its rounding only.
    scale[j] = deviation > 1e-12 * Math.abs(mean[j]!) ? 1 / deviation : 0
  }
  const correlations = new Float64Array(K * K)
  const z = new Float64Array(K)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < K; j++) z[j] = (data[i * K + j]! - mean[j]!) * scale[j]!
    for (let j = 0; j < K; j++) {
      const left = z[j]! / rows
      for (let k = 0; k <= j; k++) correlations[j * K + k]! += left * z[k]!
    }
  }
  for (let j = 0; j < K; j++) {
    // A constant dimension is one of its own, uncorrelated with the others.
    if (scale[j] === 0) correlations[j * K + j] = 1
    for (let k = 0; k < j; k++) correlations[k * K + j] = correlations[j * K + k]!
  }
  const shrinkage = oasShrinkage(correlations, K, rows)
  for (let p = 0; p < K * K; p++) correlations[p]! *= 1 - shrinkage
  for (let j = 0; j < K; j++) correlations[j * K + j]! += shrinkage

  const map = inverseSquareRoot(correlations, K)
  for (let j = 0; j < K; j++) for (let k = 0; k < K; k++) map[j * K + k]! *= scale[j] === 0 ? 1 : scale[j]!
  return (x) => {
    const out = new Float32Array(x.data.length)
    const sums = new Float64Array(K)
    for (let i = 0; i < x.rows; i++) {
      sums.fill(0)
      for (let j = 0; j < K; j++) {
        const left = x.data[i * K + j]! - mean[j]!
        for (let k = 0; k < K; k++) sums[k]! += left * map[j * K + k]!
      }
      out.set(sums, i * K)
    }
    return { rows: x.rows, cols: K, data: out }
  }
}

/** A correlation matrix with a floor of 1e-6 under its eigenvalues takes about 25 rounds. */
const maxRounds = 100

/**
 * a^-1/2 of a symmetric positive definite (K, K), symmetric: the coupled Newton-Schulz iteration (Higham, Functions of
 * Matrices, 2008, chapter 6), which needs nothing but products. Eigenvalues of a, scaled to at most 1, grow by 9/4 a
 * round while they are small; once near 1, what is missing of it is squared.
 */
export function inverseSquareRoot(a: Float64Array, K: number): Float64Array {
  // Any bound on the largest eigenvalue will do; this is the largest row sum.
  let bound = 0
  for (let i = 0; i < K; i++) {
    let sum = 0
    for (let j = 0; j < K; j++) sum += Math.abs(a[i * K + j]!)
    if (sum > bound) bound = sum
  }
  let root = a.map((value) => value / bound)
  let inverse = new Float64Array(K * K)
  for (let j = 0; j < K; j++) inverse[j * K + j] = 1
  const residual = new Float64Array(K * K)
  let spare = new Float64Array(K * K)
  let previous = Infinity
  for (let round = 0; round < maxRounds; round++) {
    multiply(inverse, root, residual, K)
    let off = 0
    for (let i = 0; i < K; i++) {
      for (let j = 0; j < K; j++) {
        const one = i === j ? 1 : 0
        off = Math.max(off, Math.abs(one - residual[i * K + j]!))
        residual[i * K + j] = 1.5 * one - 0.5 * residual[i * K + j]!
      }
    }
    // It falls quadratically until only rounding is left, which further rounds would gather.
    if (off < 1e-14 || (off < 1e-8 && off >= previous)) break
    previous = off
    multiply(root, residual, spare, K)
    ;[root, spare] = [spare, root]
    multiply(residual, inverse, spare, K)
    ;[inverse, spare] = [spare, inverse]
  }
  const scale = 1 / Math.sqrt(bound)
  for (let p = 0; p < K * K; p++) inverse[p]! *= scale
  return inverse
}

/** out = a b, all (K, K). */
function multiply(a: Float64Array, b: Float64Array, out: Float64Array, K: number): void {
  out.fill(0)
  for (let i = 0; i < K; i++) {
    for (let k = 0; k < K; k++) {
      const left = a[i * K + k]!
      for (let j = 0; j < K; j++) out[i * K + j]! += left * b[k * K + j]!
    }
  }
}
