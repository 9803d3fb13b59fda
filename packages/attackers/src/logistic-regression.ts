/**
 * @file Logistic regression with an L2 penalty on weights, not on intercepts: the minimiser of
 *
 *     sum_i -log p(code_i | x_i) + ||W||^2 / (2 C),
 *
 * which is scikit-learn's LogisticRegression (lbfgs; one weight vector for two classes, softmax for more). The problem
 * is strictly convex in W, so that whoever converges finds the same weights.
 *
 * L-BFGS, started in each step from the inverse of a matrix that bounds the Hessian everywhere: h X'X + I / C with h = 1/4 for
 * two classes and 1/2 for softmax (Boehning 1992). It makes the iteration count independent of how dimensions are
 * scaled and correlated: about 10 to 25 passes over the rows. Columns are centred first, which changes intercepts only
 * and parts them from weights in that matrix.
 */

import type { Matrix } from '@indistinct/core'
import { choleskyInPlace, solveLower, solveLowerTransposed } from './cholesky.ts'

export interface LogisticOptions {
  /** Inverse strength C of the penalty; 1, scikit-learn's default. */
  readonly inverseStrength?: number
}

export interface LogisticModel {
  readonly inputs: number
  readonly classes: number
  /** (O, K), O = 1 for two classes and C for more. */
  readonly weights: Float64Array
  /** (O) */
  readonly intercepts: Float64Array
  /** Passes over the rows. */
  readonly passes: number
}

/** Steps that the direction remembers. */
const memory = 10
const maxSteps = 500
/** Bound on the squared preconditioned gradient at which weights are right to about 1e-7. */
const tolerance = 1e-14

/**
 * @param x features (N, K)
 * @param codes 0 .. classes - 1 (N)
 * @throws RangeError when C is not above zero; Error when the loss is no longer finite.
 */
export function fitLogistic(x: Matrix, codes: Int32Array, classes: number, options: LogisticOptions = {}): LogisticModel {
  const { inverseStrength = 1 } = options
  if (!(inverseStrength > 0)) throw new RangeError(`fitLogistic: expected inverseStrength above 0, got ${inverseStrength}`)
  const { rows, cols: K } = x
  const outputs = classes === 2 ? 1 : classes
  const penalty = 1 / inverseStrength
  const { mean, centred } = centre(x)
  const curvature = classes === 2 ? 0.25 : 0.5
  const bound = boundingHessian(centred, rows, K, curvature, penalty)

  // Weights (O, K), then intercepts (O).
  const size = outputs * (K + 1)
  let position = new Float64Array(size)
  let next = new Float64Array(size)
  let gradient = new Float64Array(size)
  let nextGradient = new Float64Array(size)
  const direction = new Float64Array(size)
  const logits = new Float64Array(outputs)
  const evaluate = (at: Float64Array, into: Float64Array): number =>
    penalisedLoss(centred, codes, rows, K, outputs, penalty, at, into, logits)
  const precondition = (v: Float64Array): void => {
    for (let o = 0; o < outputs; o++) {
      solveLower(bound, K, v, o * K)
      solveLowerTransposed(bound, K, v, o * K)
      v[outputs * K + o]! /= curvature * rows
    }
  }

  const moves = Array.from({ length: memory }, () => new Float64Array(size))
  const turns = Array.from({ length: memory }, () => new Float64Array(size))
  const inverses = new Float64Array(memory)
  const factors = new Float64Array(memory)
  let kept = 0
  let loss = evaluate(position, gradient)
  let passes = 1
  for (let step = 0; step < maxSteps; step++) {
    direction.set(gradient)
    precondition(direction)
    if (dot(gradient, direction) <= tolerance) break

    // Two-loop recursion, newest pair first; pairs sit in a ring.
    direction.set(gradient)
    const oldest = Math.max(0, kept - memory)
    for (let m = kept - 1; m >= oldest; m--) {
      const at = m % memory
      factors[at] = inverses[at]! * dot(moves[at]!, direction)
      addScaled(direction, turns[at]!, -factors[at]!)
    }
    precondition(direction)
    for (let m = oldest; m < kept; m++) {
      const at = m % memory
      addScaled(direction, moves[at]!, factors[at]! - inverses[at]! * dot(turns[at]!, direction))
    }

    const slope = -dot(gradient, direction)
    let length = 1
    let nextLoss = loss
    for (let halvings = 0; ; halvings++) {
      for (let p = 0; p < size; p++) next[p] = position[p]! - length * direction[p]!
      nextLoss = evaluate(next, nextGradient)
      passes++
      if (!Number.isFinite(nextLoss)) throw new Error(`fitLogistic: expected a finite loss, got ${nextLoss} in step ${step + 1}`)
      // Near the minimum the loss no longer resolves what the gradient still does: its rounding is allowed for.
      if (nextLoss <= loss + 1e-4 * length * slope + 1e-12 * Math.abs(loss) || halvings === 40) break
      length /= 2
    }
    const at = kept % memory
    const move = moves[at]!
    const turn = turns[at]!
    for (let p = 0; p < size; p++) {
      move[p] = next[p]! - position[p]!
      turn[p] = nextGradient[p]! - gradient[p]!
    }
    const curved = dot(move, turn)
    if (curved > 0) {
      inverses[at] = 1 / curved
      kept++
    }
    ;[position, next] = [next, position]
    ;[gradient, nextGradient] = [nextGradient, gradient]
    loss = nextLoss
  }

  const weights = position.slice(0, outputs * K)
  const intercepts = position.slice(outputs * K)
  for (let o = 0; o < outputs; o++) for (let j = 0; j < K; j++) intercepts[o]! -= weights[o * K + j]! * mean[j]!
  return { inputs: K, classes, weights, intercepts, passes }
}

/** Log-odds of the second class (N) for two classes, unnormalised log-probabilities (N, C) for more. */
export function logisticLogits({ inputs, weights, intercepts }: LogisticModel, x: Matrix): Float64Array {
  if (x.cols !== inputs) throw new RangeError(`logisticLogits: expected ${inputs} columns, got ${x.cols}`)
  const outputs = intercepts.length
  const out = new Float64Array(x.rows * outputs)
  for (let i = 0; i < x.rows; i++) {
    for (let o = 0; o < outputs; o++) {
      let sum = intercepts[o]!
      for (let j = 0; j < inputs; j++) sum += weights[o * inputs + j]! * x.data[i * inputs + j]!
      out[i * outputs + o] = sum
    }
  }
  return out
}

function centre({ rows, cols, data }: Matrix): { mean: Float64Array; centred: Float64Array } {
  const mean = new Float64Array(cols)
  for (let i = 0, p = 0; i < rows; i++) for (let j = 0; j < cols; j++, p++) mean[j]! += data[p]!
  for (let j = 0; j < cols; j++) mean[j]! /= rows
  const centred = new Float64Array(data.length)
  for (let i = 0, p = 0; i < rows; i++) for (let j = 0; j < cols; j++, p++) centred[p] = data[p]! - mean[j]!
  return { mean, centred }
}

/** Cholesky factor of curvature X'X + penalty I (K, K). */
function boundingHessian(x: Float64Array, rows: number, K: number, curvature: number, penalty: number): Float64Array {
  const out = new Float64Array(K * K)
  for (let i = 0; i < rows; i++) {
    const start = i * K
    for (let j = 0; j < K; j++) {
      const left = x[start + j]!
      for (let k = 0; k <= j; k++) out[j * K + k]! += left * x[start + k]!
    }
  }
  for (let j = 0; j < K; j++) {
    for (let k = 0; k <= j; k++) out[j * K + k]! *= curvature
    out[j * K + j]! += penalty
  }
  choleskyInPlace('fitLogistic', out, K)
  return out
}

/** The penalised loss at `at`; its gradient goes to `gradient`, and `logits` (O) is scratch. */
function penalisedLoss(
  x: Float64Array,
  codes: Int32Array,
  rows: number,
  K: number,
  outputs: number,
  penalty: number,
  at: Float64Array,
  gradient: Float64Array,
  logits: Float64Array,
): number {
  const biases = outputs * K
  let loss = 0
  for (let p = 0; p < biases; p++) {
    loss += 0.5 * penalty * at[p]! * at[p]!
    gradient[p] = penalty * at[p]!
  }
  gradient.fill(0, biases)
  for (let i = 0; i < rows; i++) {
    const start = i * K
    const code = codes[i]!
    for (let o = 0; o < outputs; o++) {
      let sum = at[biases + o]!
      const row = o * K
      for (let j = 0; j < K; j++) sum += at[row + j]! * x[start + j]!
      logits[o] = sum
    }
    if (outputs === 1) {
      const logit = logits[0]!
      const small = Math.exp(-Math.abs(logit))
      // log(1 + e^z) - y z, without overflow.
      loss += Math.max(logit, 0) - (code === 1 ? logit : 0) + Math.log1p(small)
      logits[0] = (logit >= 0 ? 1 : small) / (1 + small) - (code === 1 ? 1 : 0)
    } else {
      let highest = -Infinity
      for (let o = 0; o < outputs; o++) if (logits[o]! > highest) highest = logits[o]!
      let sum = 0
      for (let o = 0; o < outputs; o++) sum += Math.exp(logits[o]! - highest)
      const normaliser = highest + Math.log(sum)
      loss += normaliser - logits[code]!
      for (let o = 0; o < outputs; o++) logits[o] = Math.exp(logits[o]! - normaliser) - (o === code ? 1 : 0)
    }
    for (let o = 0; o < outputs; o++) {
      const residual = logits[o]!
      const row = o * K
      gradient[biases + o]! += residual
      for (let j = 0; j < K; j++) gradient[row + j]! += residual * x[start + j]!
    }
  }
  return loss
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let p = 0; p < a.length; p++) sum += a[p]! * b[p]!
  return sum
}

function addScaled(to: Float64Array, from: Float64Array, factor: number): void {
  for (let p = 0; p < to.length; p++) to[p]! += factor * from[p]!
}
