/**
 * @file Logistic regression with an L2 penalty on weights, not on intercepts: the minimiser of
 *
 *     sum_i -log p(code_i | x_i) + ||W||^2 / (2 C),
 *
 * which is scikit-learn's LogisticRegression (lbfgs; one weight vector for two classes, softmax for more). The problem
 * is strictly convex in W, so that whoever converges finds the same weights.
 *
 * L-BFGS, preconditioned by each output's own block of the Hessian, so that it does not matter how dimensions are
 * scaled and correlated. At first that is a bound that holds everywhere, h X'X + I / C with h = 1/4 for two classes
 * and 1/2 for softmax (Boehning 1992), which weak signals need nothing beyond: about 10 passes over the rows. Where
 * classes come apart the Hessian falls far below it, and the blocks are taken anew every `refreshed` steps.
 */

import { product64, product64NT, product64TN, type Dense } from '@indistinct/kernels'
import { choleskyInPlace, solveLower, solveLowerTransposed } from './cholesky.ts'
import { minimise } from './lbfgs.ts'
import type { RowProducts } from './row-products.ts'
import { coordinatesOfKnown, rowSpace } from './row-space.ts'

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

/**
 * @param x features (N, K)
 * @param codes 0 .. classes - 1 (N)
 * @throws RangeError when C is not above zero; Error when the loss is no longer finite.
 */
export function fitLogistic(
  x: Dense,
  codes: Int32Array,
  classes: number,
  options: LogisticOptions = {},
): LogisticModel {
  const { inverseStrength = 1 } = options
  if (!(inverseStrength > 0))
    throw new RangeError(`fitLogistic: expected inverseStrength above 0, got ${inverseStrength}`)
  if (x.rows < x.cols) return fitByRows(x, codes, classes, options)
  const { rows, cols: K } = x
  const outputs = classes === 2 ? 1 : classes
  const penalty = 1 / inverseStrength
  const { mean, centred, augmented } = centre(x)

  // Each output's weights (K) and intercept, one output after the other.
  const width = K + 1
  const probabilities = new Float64Array(rows * outputs)
  const bound = new Float64Array(rows).fill(classes === 2 ? 0.25 : 0.5)
  let blocks = new Array<Float64Array>(outputs).fill(hessianBlock(augmented, bound, penalty))
  const { position, passes } = minimise('fitLogistic', outputs * width, {
    evaluate: (at, into) => penalisedLoss(centred, codes, rows, K, outputs, penalty, at, into, probabilities),
    precondition(v) {
      for (let o = 0; o < outputs; o++) {
        solveLower(blocks[o]!, width, v, o * width)
        solveLowerTransposed(blocks[o]!, width, v, o * width)
      }
    },
    refresh() {
      blocks = blocks.map((_, o) => {
        for (let i = 0; i < rows; i++)
          bound[i] = probabilities[i * outputs + o]! * (1 - probabilities[i * outputs + o]!)
        return hessianBlock(augmented, bound, penalty)
      })
    },
  })
  return { inputs: K, classes, ...unpacked(position, outputs, mean), passes }
}

/** Weights and intercepts of `position`, whose intercepts are of rows less their mean (K). */
function unpacked(
  position: Float64Array,
  outputs: number,
  mean: Float64Array,
): Pick<LogisticModel, 'weights' | 'intercepts'> {
  const K = mean.length
  const width = K + 1
  const weights = new Float64Array(outputs * K)
  const intercepts = new Float64Array(outputs)
  for (let o = 0; o < outputs; o++) {
    intercepts[o] = position[o * width + K]!
    for (let j = 0; j < K; j++) {
      weights[o * K + j] = position[o * width + j]!
      intercepts[o]! -= weights[o * K + j]! * mean[j]!
    }
  }
  // Softmax does not see what is added to all intercepts alike: they are made to sum to zero, as scikit-learn's do.
  const common = outputs === 1 ? 0 : intercepts.reduce((sum, value) => sum + value, 0) / outputs
  for (let o = 0; o < outputs; o++) intercepts[o]! -= common
  return { weights, intercepts }
}

/** Log-odds of the second class (N) for two classes, unnormalised log-probabilities (N, C) for more. */
export function logisticLogits({ inputs, weights, intercepts }: LogisticModel, x: Dense): Float64Array {
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

/** The mean of rows (N, K), rows less it, and these with a last column of ones. */
function centre({ rows, cols, data }: Dense): { mean: Float64Array; centred: Float64Array; augmented: Dense } {
  const mean = new Float64Array(cols)
  for (let i = 0, p = 0; i < rows; i++) for (let j = 0; j < cols; j++, p++) mean[j]! += data[p]!
  for (let j = 0; j < cols; j++) mean[j]! /= rows
  const centred = new Float64Array(data.length)
  const augmented = new Float64Array(rows * (cols + 1)).fill(1)
  for (let i = 0, p = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++, p++) augmented[p + i] = centred[p] = data[p]! - mean[j]!
  }
  return { mean, centred, augmented: { rows, cols: cols + 1, data: augmented } }
}

/** Cholesky factor of [X 1]' diag(curvatures) [X 1] + penalty on the weights (K + 1, K + 1). */
function hessianBlock(x: Dense, curvatures: Float64Array, penalty: number): Float64Array {
  const { rows, cols: width, data } = x
  const weighted = new Float64Array(data.length)
  for (let i = 0, p = 0; i < rows; i++) for (let j = 0; j < width; j++, p++) weighted[p] = curvatures[i]! * data[p]!
  const out = product64TN({ rows, cols: width, data: weighted }, x)
  for (let j = 0; j < width - 1; j++) out[j * width + j]! += penalty
  // Intercepts carry no penalty: where every row is certain nothing else would hold theirs.
  out[width * width - 1]! += 1e-9 * rows
  choleskyInPlace('fitLogistic', out, width)
  return out
}

/** The same minimiser where rows are fewer than dimensions: weights lie in the space that the rows span. */
function fitByRows(x: Dense, codes: Int32Array, classes: number, options: LogisticOptions): LogisticModel {
  const { mean, centred, lower } = rowSpace(x)
  const K = x.cols
  const { duals, intercepts: ofCentred, passes } = fitInSpan(lower, codes, classes, options)
  const weights = product64(duals, centred)
  const intercepts = ofCentred.map((value, o) => mean.reduce((sum, each, j) => sum - each * weights[o * K + j]!, value))
  return { inputs: K, classes, weights, intercepts, passes }
}

/** `logisticLogits` of the asked rows, fitted to the known ones, from products alone. */
export function logisticLogitsOfProducts(
  { known, asked }: RowProducts,
  codes: Int32Array,
  classes: number,
  options: LogisticOptions = {},
): Float64Array {
  const { duals, intercepts } = fitInSpan(coordinatesOfKnown(known), codes, classes, options)
  const logits = product64NT(asked, duals)
  for (let p = 0; p < logits.length; p++) logits[p]! += intercepts[p % intercepts.length]!
  return logits
}

/** Duals (O, N): weights are their sums of the rows less their mean, whose coordinates are `lower`. */
function fitInSpan(
  lower: Float64Array,
  codes: Int32Array,
  classes: number,
  options: LogisticOptions,
): { readonly duals: Dense; readonly intercepts: Float64Array; readonly passes: number } {
  const N = codes.length
  const { weights, intercepts, passes } = fitLogistic({ rows: N, cols: N, data: lower }, codes, classes, options)
  const outputs = intercepts.length
  for (let o = 0; o < outputs; o++) solveLowerTransposed(lower, N, weights, o * N)
  return { duals: { rows: outputs, cols: N, data: weights }, intercepts, passes }
}

/**
 * The penalised loss at `at`; its gradient goes to `gradient` and the outputs' probabilities (N, O) to `probabilities`.
 */
function penalisedLoss(
  x: Float64Array,
  codes: Int32Array,
  rows: number,
  K: number,
  outputs: number,
  penalty: number,
  at: Float64Array,
  gradient: Float64Array,
  probabilities: Float64Array,
): number {
  const width = K + 1
  let loss = 0
  for (let o = 0; o < outputs; o++) {
    for (let p = o * width; p < o * width + K; p++) {
      loss += 0.5 * penalty * at[p]! * at[p]!
      gradient[p] = penalty * at[p]!
    }
    gradient[o * width + K] = 0
  }
  for (let i = 0; i < rows; i++) {
    const start = i * K
    const first = i * outputs
    const code = codes[i]!
    for (let o = 0; o < outputs; o++) {
      const row = o * width
      let sum = at[row + K]!
      for (let j = 0; j < K; j++) sum += at[row + j]! * x[start + j]!
      probabilities[first + o] = sum
    }
    if (outputs === 1) {
      const logit = probabilities[first]!
      const small = Math.exp(-Math.abs(logit))
      // log(1 + e^z) - y z, without overflow.
      loss += Math.max(logit, 0) - (code === 1 ? logit : 0) + Math.log1p(small)
      probabilities[first] = (logit >= 0 ? 1 : small) / (1 + small)
    } else {
      let highest = -Infinity
      for (let o = 0; o < outputs; o++) if (probabilities[first + o]! > highest) highest = probabilities[first + o]!
      let sum = 0
      for (let o = 0; o < outputs; o++) sum += Math.exp(probabilities[first + o]! - highest)
      const normaliser = highest + Math.log(sum)
      loss += normaliser - probabilities[first + code]!
      for (let o = 0; o < outputs; o++) probabilities[first + o] = Math.exp(probabilities[first + o]! - normaliser)
    }
    for (let o = 0; o < outputs; o++) {
      const residual = probabilities[first + o]! - (code === (outputs === 1 ? 1 : o) ? 1 : 0)
      const row = o * width
      gradient[row + K]! += residual
      for (let j = 0; j < K; j++) gradient[row + j]! += residual * x[start + j]!
    }
  }
  return loss
}
