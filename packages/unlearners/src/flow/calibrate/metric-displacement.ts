/**
 * @file Displacements that change class means and covariances as asked, to first order, at the least cost in a metric
 * of scores.
 */

import { positiveInverse, type Matrix } from '@indistinct/core'
import { symmetricEigen } from '@indistinct/kernels'
import type { ClassMoments } from './common-axes.ts'
import type { ScoreMetric } from '../score-metric.ts'
import { spectralFunction } from '../../linear-algebra/spectral-function.ts'

/**
 * Change of a class's mean (K) and of the covariance of its whitened coordinates over the compared axes, halved (P, P),
 * symmetric.
 */
export interface MomentChange {
  readonly mean: Float64Array
  readonly covariance: Float64Array
}

const mostIterations = 60
/** Residual, in the norm of the preconditioner, at which a solution counts. Its square. */
const accuracy = 1e-10

/**
 * Adds to `out` (N, K), on the rows `members` of class c, d_i = M_i^-1 (lambda + W' Lambda z_i), z_i being the whitened
 * coordinates of theta_i on the compared axes and W what whitens them. lambda (K) and symmetric Lambda (P, P) are such
 * that the mean of d is `change.mean` and the symmetric part of the mean of (W d) z' is `change.covariance`: of all
 * displacements that do so, this one has the least sum of d' M d (Lagrange's condition). Found by conjugate gradients.
 */
export function addLeastCost(
  out: Matrix,
  theta: Matrix,
  members: Int32Array,
  c: number,
  moments: ClassMoments,
  metric: ScoreMetric,
  change: MomentChange,
): void {
  const system = classSystem(theta, members, c, moments, metric)
  const solution = conjugateGradients(system, joined(change), theta.cols, moments.compared)
  system.visit(solution, (i, d) => {
    for (let k = 0; k < theta.cols; k++) out.data[i * theta.cols + k]! += d[k]!
  })
}

/** What d (N, K) changes to first order in class c: what `addLeastCost` would be asked for to get the same. */
export function firstOrderChange(
  d: Matrix,
  theta: Matrix,
  members: Int32Array,
  c: number,
  moments: ClassMoments,
): MomentChange {
  const { means, compared: P, whitening } = moments
  const K = theta.cols
  const mean = new Float64Array(K)
  const cross = new Float64Array(P * K)
  const z = new Float64Array(P)
  for (const i of members) {
    whiten(theta, i, means[c]!, whitening, z)
    for (let k = 0; k < K; k++) mean[k]! += d.data[i * K + k]! / members.length
    for (let p = 0; p < P; p++)
      for (let k = 0; k < K; k++) cross[p * K + k]! += (z[p]! * d.data[i * K + k]!) / members.length
  }
  return { mean, covariance: symmetricPart(cross, whitening, K, P) }
}

interface ClassSystem {
  /** Calls `each` with every member's displacement under the multipliers (lambda, then Lambda row-major). */
  visit(multipliers: Float64Array, each: (row: number, d: Float64Array, z: Float64Array) => void): void
  /** The changes that multipliers make. */
  apply(multipliers: Float64Array): Float64Array
  /** Multipliers that would make about these changes, if all users had the mean metric. */
  precondition(changes: Float64Array): Float64Array
}

function classSystem(
  theta: Matrix,
  members: Int32Array,
  c: number,
  moments: ClassMoments,
  metric: ScoreMetric,
): ClassSystem {
  const { means, compared: P, whitening } = moments
  const K = theta.cols
  const { inverses, stride } = metric
  const z = new Float64Array(P)
  const force = new Float64Array(K)
  const turned = new Float64Array(P)
  const d = new Float64Array(K)
  const visit: ClassSystem['visit'] = (multipliers, each) => {
    for (const i of members) {
      whiten(theta, i, means[c]!, whitening, z)
      for (let p = 0; p < P; p++) {
        let sum = 0
        for (let q = 0; q < P; q++) sum += multipliers[K + p * P + q]! * z[q]!
        turned[p] = sum
      }
      for (let k = 0; k < K; k++) force[k] = multipliers[k]!
      for (let p = 0; p < P; p++) {
        const factor = turned[p]!
        for (let k = 0; k < K; k++) force[k]! += whitening[p * K + k]! * factor
      }
      const from = i * stride
      for (let k = 0; k < K; k++) {
        let sum = 0
        for (let l = 0; l < K; l++) sum += inverses[from + k * K + l]! * force[l]!
        d[k] = sum
      }
      each(i, d, z)
    }
  }

  return {
    visit,
    apply(multipliers) {
      const sums = new Float64Array(K + P * P)
      const cross = new Float64Array(P * K)
      visit(multipliers, (_, own, at) => {
        for (let k = 0; k < K; k++) sums[k]! += own[k]! / members.length
        for (let p = 0; p < P; p++) {
          const factor = at[p]! / members.length
          for (let k = 0; k < K; k++) cross[p * K + k]! += factor * own[k]!
        }
      })
      sums.set(symmetricPart(cross, whitening, K, P), K)
      return sums
    },
    precondition: meanPreconditioner(members, c, moments, metric),
  }
}

/** Multipliers (lambda, then Lambda row-major) that would make about `changes`, if all users had the mean metric. */
function meanPreconditioner(
  members: Int32Array,
  c: number,
  { compared: P, whitening, covariances, means }: ClassMoments,
  { inverses, stride }: ScoreMetric,
): ClassSystem['precondition'] {
  const K = means[c]!.length
  const meanInverse = new Float64Array(K * K)
  for (const i of members) for (let p = 0; p < K * K; p++) meanInverse[p]! += inverses[i * stride + p]! / members.length
  const meanMetric = positiveInverse(meanInverse.slice(), K)
  // In the eigenvectors of W M^-1 W' against the class covariance, sym(S Lambda C) = X has an inverse entry by entry.
  const compliance = sandwich(whitening, meanInverse, K, P)
  const solve = lyapunov(compliance, covariances[c]!, P)
  return (changes) => {
    const out = new Float64Array(K + P * P)
    for (let k = 0; k < K; k++) for (let l = 0; l < K; l++) out[k]! += meanMetric[k * K + l]! * changes[l]!
    out.set(solve(changes.subarray(K)), K)
    return out
  }
}

function conjugateGradients(system: ClassSystem, target: Float64Array, K: number, P: number): Float64Array {
  const solution = new Float64Array(K + P * P)
  const residual = target.slice()
  let preconditioned = system.precondition(residual)
  const direction = preconditioned.slice()
  let norm = dot(residual, preconditioned)
  const stop = norm * accuracy
  for (let iteration = 0; iteration < mostIterations && norm > stop; iteration++) {
    const image = system.apply(direction)
    const curvature = dot(direction, image)
    if (!(curvature > 0)) break
    const step = norm / curvature
    for (let p = 0; p < solution.length; p++) {
      solution[p]! += step * direction[p]!
      residual[p]! -= step * image[p]!
    }
    preconditioned = system.precondition(residual)
    const next = dot(residual, preconditioned)
    for (let p = 0; p < direction.length; p++) direction[p] = preconditioned[p]! + (next / norm) * direction[p]!
    norm = next
  }
  return solution
}

/**
 * A solver of sym(S X C) = Y for symmetric positive S, C (P, P) and symmetric Y: with S^1/2 C S^1/2... diagonal
 * together, entries part. S = A A', A^-1 C A^-T = V D V': X = A^-T V E V' A^-1 with E_pq = 2 (V' A^-1 Y A^-T V)_pq /
 * (D_p + D_q) once the left factor is undone.
 */
function lyapunov(s: Float64Array, c: Float64Array, P: number): (y: Float64Array) => Float64Array {
  if (P === 0) return () => new Float64Array(0)
  const eigen = symmetricEigen(s, P)
  const floor = 1e-9 * eigen.values[0]!
  const inverse = spectralFunction(eigen, (value) => 1 / Math.sqrt(Math.max(floor, value)))
  // sym(S X C) = Y becomes, with X~ = S^1/2 X S^1/2 and D = S^-1/2 C S^-1/2: (X~ D + D X~) / 2 = S^-1/2 Y S^-1/2.
  const { values, vectors } = symmetricEigen(triple(inverse, c, inverse, P), P)
  const least = 1e-9 * values[0]!
  const across = transposedSquare(vectors, P)
  return (y) => {
    const inside = triple(vectors, triple(inverse, y, inverse, P), across, P)
    for (let p = 0; p < P; p++)
      for (let q = 0; q < P; q++) inside[p * P + q]! *= 2 / Math.max(least, values[p]! + values[q]!)
    return triple(inverse, triple(across, inside, vectors, P), inverse, P)
  }
}

function joined({ mean, covariance }: MomentChange): Float64Array {
  const out = new Float64Array(mean.length + covariance.length)
  out.set(mean)
  out.set(covariance, mean.length)
  return out
}

/** Whitened coordinates of row i in z (P). */
function whiten(theta: Matrix, i: number, mean: Float64Array, whitening: Float64Array, z: Float64Array): void {
  const K = theta.cols
  for (let p = 0; p < z.length; p++) {
    let sum = 0
    for (let k = 0; k < K; k++) sum += whitening[p * K + k]! * (theta.data[i * K + k]! - mean[k]!)
    z[p] = sum
  }
}

/** Symmetric part of W X, X = cross' (K, P) given as cross (P, K). */
function symmetricPart(cross: Float64Array, whitening: Float64Array, K: number, P: number): Float64Array {
  const out = new Float64Array(P * P)
  for (let p = 0; p < P; p++) {
    for (let q = 0; q < P; q++) {
      let sum = 0
      for (let k = 0; k < K; k++) sum += whitening[p * K + k]! * cross[q * K + k]!
      out[p * P + q]! += sum / 2
      out[q * P + p]! += sum / 2
    }
  }
  return out
}

/** W S W' (P, P). */
function sandwich(whitening: Float64Array, s: Float64Array, K: number, P: number): Float64Array {
  const half = new Float64Array(P * K)
  for (let p = 0; p < P; p++)
    for (let k = 0; k < K; k++) for (let l = 0; l < K; l++) half[p * K + l]! += whitening[p * K + k]! * s[k * K + l]!
  const out = new Float64Array(P * P)
  for (let p = 0; p < P; p++)
    for (let q = 0; q < P; q++) for (let k = 0; k < K; k++) out[p * P + q]! += half[p * K + k]! * whitening[q * K + k]!
  return out
}

function triple(a: Float64Array, b: Float64Array, c: Float64Array, n: number): Float64Array {
  return square(square(a, b, n), c, n)
}

function square(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k]!
      for (let j = 0; j < n; j++) out[i * n + j]! += factor * b[k * n + j]!
    }
  }
  return out
}

function transposedSquare(a: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[j * n + i] = a[i * n + j]!
  return out
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let p = 0; p < a.length; p++) sum += a[p]! * b[p]!
  return sum
}
