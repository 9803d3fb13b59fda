/**
 * @file Dimensions of deviation 1 that are uncorrelated, as the attacker's own shadow set has them. What a table hides
 * in a direction of little variance across dimensions stands out like any other, which standardising cannot do.
 */

import type { Matrix } from '@indistinct/core'
import { product64, product64NT, product64TN, type Dense } from '@indistinct/kernels'
import { choleskyInverse } from './cholesky.ts'
import { oasOfSums, oasShrinkage } from './oas-shrinkage.ts'
import { columnSpread } from './standardise.ts'

/**
 * The map x -> (x - mean) D^-1 P^-1/2 for any rows (M, K), with mean, deviations D and correlations P of `shadow` (N,
 * K): ZCA-cor whitening (Kessy, Lewin and Strimmer 2018), the one that stays closest to the standardised dimensions.
 * P is drawn towards the identity as `oasShrinkage` says, so that fewer rows than dimensions, or dimensions that
 * depend on one another, do not blow up what has no variance. Dimensions that are constant in `shadow` are only
 * centred. Time and memory grow with the smaller of N and K.
 */
export function whitener(shadow: Matrix): (x: Matrix) => Matrix {
  const { mean, deviation } = columnSpread(shadow)
  const scale = deviation.map((each) => (each > 0 ? 1 / each : 0))
  const standardised = (x: Matrix): Dense => {
    const data = new Float64Array(x.data.length)
    for (let i = 0, p = 0; i < x.rows; i++)
      for (let j = 0; j < x.cols; j++, p++) data[p] = (x.data[p]! - mean[j]!) * scale[j]!
    return { rows: x.rows, cols: x.cols, data }
  }
  const z = standardised(shadow)
  const constant = [...scale.keys()].filter((j) => scale[j] === 0)
  const rotate = shadow.rows < shadow.cols ? rowsWhitener(z, constant.length) : columnsWhitener(z, constant)
  return (x) => {
    const out = new Float32Array(x.data.length)
    for (let first = 0; first < x.rows; first += blockRows) {
      const end = Math.min(x.rows, first + blockRows)
      const rows = x.data.subarray(first * x.cols, end * x.cols)
      out.set(rotate(standardised({ rows: end - first, cols: x.cols, data: rows })), first * x.cols)
    }
    for (const j of constant) for (let p = j; p < out.length; p += x.cols) out[p] = x.data[p]! - mean[j]!
    return { rows: x.rows, cols: x.cols, data: out }
  }
}

/** Rows that are mapped at once. */
const blockRows = 4096

/** z -> z P^-1/2, by the correlations of columns of z (N, K). */
function columnsWhitener(z: Dense, constant: readonly number[]): (rows: Dense) => Float64Array {
  const { rows: N, cols: K } = z
  const correlations = product64TN(z, z)
  for (let p = 0; p < K * K; p++) correlations[p]! /= N
  // A constant dimension is one of its own, uncorrelated with the others.
  for (const j of constant) correlations[j * K + j] = 1
  const shrinkage = oasShrinkage(correlations, K, N)
  for (let p = 0; p < K * K; p++) correlations[p]! *= 1 - shrinkage
  for (let j = 0; j < K; j++) correlations[j * K + j]! += shrinkage
  const map = { rows: K, cols: K, data: inverseSquareRoot(correlations, K) }
  return (rows) => product64(rows, map)
}

/**
 * The same by products of rows, G = z z' / N (N, N): P's eigenvalues are G's and, beyond the rows' span, the shrinkage
 * s. With A = (1 - s) G + s I, P^-1/2 = (I - z' (1 - s) (A + sqrt(s) A^1/2)^-1 z / N) / sqrt(s).
 */
function rowsWhitener(z: Dense, constants: number): (rows: Dense) => Float64Array {
  const { rows: N, cols: K } = z
  const a = product64NT(z, z)
  let squares = constants
  for (let p = 0; p < N * N; p++) {
    a[p]! /= N
    squares += a[p]! * a[p]!
  }
  const shrinkage = oasOfSums(squares, K, K, N)
  // Nothing tells the correlations from chance.
  if (shrinkage === 1) return (rows) => new Float64Array(rows.data)
  const root = Math.sqrt(shrinkage)
  for (let p = 0; p < N * N; p++) a[p]! *= 1 - shrinkage
  for (let j = 0; j < N; j++) a[j * N + j]! += shrinkage
  const inner = squareRoots(a, N).root
  for (let p = 0; p < N * N; p++) inner[p] = a[p]! + root * inner[p]!
  const inverse = choleskyInverse('whitener', inner, N)
  for (let p = 0; p < N * N; p++) inverse[p]! *= (1 - shrinkage) / N
  const back = { rows: N, cols: K, data: product64({ rows: N, cols: N, data: inverse }, z) }
  return (rows) => {
    const out = product64({ rows: rows.rows, cols: N, data: product64NT(rows, z) }, back)
    for (let p = 0; p < out.length; p++) out[p] = (rows.data[p]! - out[p]!) / root
    return out
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
  return squareRoots(a, K).inverse
}

/** a^1/2 and a^-1/2. */
function squareRoots(a: Float64Array, K: number): { readonly root: Float64Array; readonly inverse: Float64Array } {
  // Any bound on the largest eigenvalue will do; this is the largest row sum.
  let bound = 0
  for (let i = 0; i < K; i++) {
    let sum = 0
    for (let j = 0; j < K; j++) sum += Math.abs(a[i * K + j]!)
    if (sum > bound) bound = sum
  }
  let root: Float64Array = a.map((value) => value / bound)
  let inverse: Float64Array = new Float64Array(K * K)
  for (let j = 0; j < K; j++) inverse[j * K + j] = 1
  const square = (data: Float64Array): Dense => ({ rows: K, cols: K, data })
  let previous = Infinity
  for (let round = 0; round < maxRounds; round++) {
    const residual = product64(square(inverse), square(root))
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
    root = product64(square(root), square(residual))
    inverse = product64(square(residual), square(inverse))
  }
  const scale = Math.sqrt(bound)
  for (let p = 0; p < K * K; p++) {
    root[p]! *= scale
    inverse[p]! /= scale
  }
  return { root, inverse }
}
