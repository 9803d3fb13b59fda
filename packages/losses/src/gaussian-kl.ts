/**
 * @file Distribution-to-distribution distinguishability by KL divergence (paper, section 3.5.3) between fitted normals.
 */

import { checkOptions, matrix, positiveInverse, type Labels, type Matrix } from '@indistinct/core'
import { classPairs, type ClassPair, type Pairing } from './class-pairs.ts'
import { classRows } from './class-rows.ts'
import type { Loss } from './loss.ts'

export interface GaussianKlOptions {
  /** How more than two classes become pairs. Default 'every'. */
  readonly pairing?: Pairing
  /** True (default): the mean of both directions; false: of the first class of a pair from the second. */
  readonly symmetric?: boolean
  /** Added to every variance, as a multiple of the pair's mean variance at this theta. Default 1e-3. */
  readonly ridge?: number
  /** What is added, in squared units of theta, instead of `ridge` times a mean variance. */
  readonly floor?: number
}

/** One pair's share of the loss. */
export interface PairKl extends ClassPair {
  readonly value: number
  /** Its expectation for two samples of one normal distribution, to first order in 1/n. */
  readonly nullValue: number
  /** What was added to every variance. */
  readonly floor: number
}

export interface GaussianKlLoss extends Loss {
  readonly pairs: readonly PairKl[]
}

/**
 * Weighted sum over pairs of classes (a, b) of theta (N, K) of the divergence between the normals with the classes'
 * means and covariances A, B (divided by n, a floor f added to the diagonal), d the difference of means:
 *
 *     KL(a || b) = (tr(B^-1 A) + d' B^-1 d - K + ln det B - ln det A) / 2.
 *
 * The floor keeps a class with fewer users than dimensions invertible; the gradient takes it as a constant, so a caller
 * that steps lets it follow theta. Scale-free, as the default floor is relative. O(N K^2 + K^3) in float64.
 *
 * Blind to all but means and covariances: classes at zero may differ in every higher moment.
 *
 * Deviation: the paper names KL and no estimator of densities; normals make it closed and differentiable.
 * Deviation: KL is not symmetric and the paper gives no direction; both are averaged by default.
 * @throws RangeError when the labels do not fit theta, fewer than two classes have users, or a covariance is singular.
 */
export function gaussianKl(theta: Matrix, labels: Labels, options: GaussianKlOptions = {}): GaussianKlLoss {
  const caller = 'gaussianKl'
  const classes = classRows(caller, theta, labels)
  if (classes.length < 2)
    throw new RangeError(`${caller}: expected users of at least two classes, got ${classes.length}`)
  checkOptions(caller, options, { pairing: 'string', symmetric: 'boolean', ridge: 'number', floor: 'number' })
  const { pairing = 'every', symmetric = true, ridge = 1e-3, floor } = options
  for (const [name, given] of [
    ['ridge', ridge],
    ['floor', floor ?? 0],
  ] as const) {
    if (!(given >= 0 && given < Infinity))
      throw new RangeError(`${caller}: expected ${name} of at least 0, got ${given}`)
  }
  const K = theta.cols
  const moments = classes.map((rows) => momentsOf(theta, rows))
  const gradient = matrix(theta.rows, K)
  const sum = new Float64Array(gradient.data.length)
  let value = 0
  const pairs = classPairs(
    caller,
    classes.map((rows) => rows.length),
    pairing,
  ).map((pair): PairKl => {
    const [a, b] = [moments[pair.first]!, moments[pair.second]!]
    const added = floor ?? ridge * meanVariance(a, b, K)
    const [inverseA, inverseB] = [a, b].map((side) => inverted(caller, raised(side.covariance, added, K), K)) as [
      Inverted,
      Inverted,
    ]
    const forward = divergence(a, b, inverseA, inverseB, added, K)
    const backward = symmetric ? divergence(b, a, inverseB, inverseA, added, K) : undefined
    const share = symmetric ? 0.5 : 1
    const scale = pair.weight * share
    addGradient(sum, theta, classes[pair.first]!, a, forward.from, scale)
    addGradient(sum, theta, classes[pair.second]!, b, forward.to, scale)
    if (backward) {
      addGradient(sum, theta, classes[pair.second]!, b, backward.from, scale)
      addGradient(sum, theta, classes[pair.first]!, a, backward.to, scale)
    }
    const pairValue = share * (forward.value + (backward?.value ?? 0))
    value += pair.weight * pairValue
    // Half of E[d' S^-1 d] = K s, and a quarter of E|S^-1/2 (A - B) S^-1/2|^2 = K (K + 1) s, with s = 1/n_a + 1/n_b.
    const nullValue = (1 / a.size + 1 / b.size) * (K / 2 + (K * (K + 1)) / 4)
    return { ...pair, value: pairValue, nullValue, floor: added }
  })
  gradient.data.set(sum)
  return { value, gradient, pairs }
}

interface Inverted {
  readonly inverse: Float64Array
  readonly logDeterminant: number
}

/** Of a covariance (K, K), which is overwritten. */
function inverted(caller: string, covariance: Float64Array, K: number): Inverted {
  try {
    const inverse = positiveInverse(covariance, K)
    // Its factor lies in the lower triangle now.
    let logDeterminant = 0
    for (let k = 0; k < K; k++) logDeterminant += 2 * Math.log(covariance[k * K + k]!)
    return { inverse, logDeterminant }
  } catch (cause) {
    throw new RangeError(`${caller}: expected a covariance that can be inverted; ${(cause as Error).message}`, {
      cause,
    })
  }
}

interface Moments {
  readonly size: number
  readonly mean: Float64Array
  /** (K, K), divided by n. */
  readonly covariance: Float64Array
}

function momentsOf(theta: Matrix, rows: Int32Array): Moments {
  const { cols: K, data } = theta
  const size = rows.length
  const mean = new Float64Array(K)
  for (const i of rows) for (let k = 0; k < K; k++) mean[k]! += data[i * K + k]! / size
  const covariance = new Float64Array(K * K)
  const x = new Float64Array(K)
  for (const i of rows) {
    for (let k = 0; k < K; k++) x[k] = data[i * K + k]! - mean[k]!
    for (let k = 0; k < K; k++) for (let l = 0; l <= k; l++) covariance[k * K + l]! += (x[k]! * x[l]!) / size
  }
  for (let k = 0; k < K; k++) for (let l = 0; l < k; l++) covariance[l * K + k] = covariance[k * K + l]!
  return { size, mean, covariance }
}

/** Mean variance within the two classes, over users and dimensions. */
function meanVariance(a: Moments, b: Moments, K: number): number {
  let sum = 0
  for (let k = 0; k < K; k++) sum += a.size * a.covariance[k * K + k]! + b.size * b.covariance[k * K + k]!
  return sum / (K * (a.size + b.size))
}

function raised(covariance: Float64Array, floor: number, K: number): Float64Array {
  const out = covariance.slice()
  for (let k = 0; k < K; k++) out[k * K + k]! += floor
  return out
}

/** Gradient with respect to one side's mean (K) and covariance (K, K). */
interface MomentGradient {
  readonly mean: Float64Array
  readonly covariance: Float64Array
}

/** KL(a || b), and its gradients with respect to the moments of a (`from`) and of b (`to`). */
function divergence(
  a: Moments,
  b: Moments,
  inverseA: Inverted,
  inverseB: Inverted,
  floor: number,
  K: number,
): { value: number; from: MomentGradient; to: MomentGradient } {
  const B = inverseB.inverse
  const difference = a.mean.map((m, k) => m - b.mean[k]!)
  const solved = product(B, difference, K, 1)
  const ratio = product(B, raised(a.covariance, floor, K), K, K)
  const inner = product(ratio, B, K, K)
  let value = inverseB.logDeterminant - inverseA.logDeterminant - K
  for (let k = 0; k < K; k++) value += ratio[k * K + k]! + difference[k]! * solved[k]!
  const from = B.map((entry, p) => (entry - inverseA.inverse[p]!) / 2)
  const to = B.map((entry, p) => (entry - inner[p]! - solved[Math.floor(p / K)]! * solved[p % K]!) / 2)
  return {
    value: value / 2,
    from: { mean: solved, covariance: from },
    to: { mean: solved.map((g) => -g), covariance: to },
  }
}

/** a b with a (K, K) and b (K, cols). */
function product(a: Float64Array, b: Float64Array, K: number, cols: number): Float64Array {
  const out = new Float64Array(K * cols)
  for (let i = 0; i < K; i++) {
    for (let k = 0; k < K; k++) {
      const factor = a[i * K + k]!
      for (let j = 0; j < cols; j++) out[i * cols + j]! += factor * b[k * cols + j]!
    }
  }
  return out
}

/** Takes a gradient on moments back to the users: (g + 2 G (theta_i - mean)) / n, times `scale`. */
function addGradient(
  sum: Float64Array,
  theta: Matrix,
  rows: Int32Array,
  { size, mean }: Moments,
  gradient: MomentGradient,
  scale: number,
): void {
  const { cols: K, data } = theta
  for (const i of rows) {
    for (let k = 0; k < K; k++) {
      let entry = gradient.mean[k]!
      for (let l = 0; l < K; l++)
        entry += (gradient.covariance[k * K + l]! + gradient.covariance[l * K + k]!) * (data[i * K + l]! - mean[l]!)
      sum[i * K + k]! += (scale / size) * entry
    }
  }
}
