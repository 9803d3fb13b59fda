/**
 * @file The adversary of Adv-InT and of adversarial U2U-R: a perceptron with one hidden layer of rectified units and a
 * softmax, which reads users' embeddings and guesses their class. Gradients by hand, products in the kernels.
 *
 * Inputs are standardised by the mean and spread of the users at hand. An adversary on raw values would see next to
 * nothing in tables that start at N(0, 0.01^2), and a recommender could escape it by shrinking; the attackers who come
 * after training standardise as well. The gradient goes through mean and spread: it is that of the loss as computed.
 *
 * Parameters are one flat array, [hidden weights (K, H) | hidden biases (H) | output weights (C, H) | output biases
 * (C)].
 */

import { matrix, type Matrix, type Random } from '@indistinct/core'
import { adamStep, allocate, gemmNN, gemmNT, gemmTN, release } from '@indistinct/kernels'

/** Parameters with Adam's moments. Not in kernel memory: nobody has to give them back. */
export interface Adversary {
  readonly inputs: number
  readonly hidden: number
  readonly classes: number
  readonly parameters: Float32Array
  readonly m: Float32Array
  readonly v: Float32Array
  /** Adam steps taken. */
  steps: number
}

export interface AdversaryLoss {
  /** Cross-entropy: mean over users, weighted by class. */
  readonly value: number
  /** With respect to the users' embeddings (n, K). */
  readonly gradient: Matrix
  /** With respect to the parameters, in their order. */
  readonly parameterGradient: Float32Array
}

/** Glorot-uniform weights, zero biases. */
export function newAdversary(inputs: number, hidden: number, classes: number, random: Random): Adversary {
  const length = (inputs + 1) * hidden + (hidden + 1) * classes
  const parameters = new Float32Array(length)
  const fill = (first: number, count: number, fans: number): void => {
    const bound = Math.sqrt(6 / fans)
    for (let p = first; p < first + count; p++) parameters[p] = bound * (2 * random.uniform() - 1)
  }
  fill(0, inputs * hidden, inputs + hidden)
  fill((inputs + 1) * hidden, hidden * classes, hidden + classes)
  return { inputs, hidden, classes, parameters, m: new Float32Array(length), v: new Float32Array(length), steps: 0 }
}

/** Weight of a user of each class, n / (C n_c): every class has the same say, the mean weight is 1. */
export function balancingWeights(sizes: readonly number[]): Float64Array {
  const n = sizes.reduce((sum, size) => sum + size, 0)
  return Float64Array.from(sizes, (size) => n / (sizes.length * size))
}

/**
 * Loss of the adversary on users x (n, K) with classes `codes` (n), and both its gradients.
 * @param classWeights weight of a user of each class (C)
 */
export function adversaryLoss(
  adversary: Adversary,
  x: Matrix,
  codes: Int32Array,
  classWeights: Float64Array,
): AdversaryLoss {
  const { hidden, classes, inputs: K } = adversary
  const n = x.rows
  const parts = partsOf(adversary, adversary.parameters)
  return withScratch((table) => {
    const spread = new Float64Array(K)
    const features = standardised(x, table, spread)
    const units = table(n, hidden)
    const output = table(n, classes)
    probabilities(features, parts, units, output)

    let weightSum = 0
    for (let i = 0; i < n; i++) weightSum += classWeights[codes[i]!]!
    let value = 0
    for (let i = 0; i < n; i++) {
      const share = classWeights[codes[i]!]! / weightSum
      const at = i * classes
      value -= share * Math.log(Math.max(output.data[at + codes[i]!]!, smallest))
      output.data[at + codes[i]!]! -= 1
      for (let c = 0; c < classes; c++) output.data[at + c]! *= share
    }

    const parameterGradient = new Float32Array(adversary.parameters.length)
    const gradients = partsOf(adversary, parameterGradient)
    gemmTN(output, units, gradients.outputWeights)
    const outputSums = new Float64Array(classes)
    for (let p = 0; p < output.data.length; p++) outputSums[p % classes]! += output.data[p]!
    gradients.outputBiases.set(outputSums)
    const unitGradient = table(n, hidden)
    gemmNN(output, parts.outputWeights, unitGradient)
    for (let p = 0; p < unitGradient.data.length; p++) if (units.data[p] === 0) unitGradient.data[p] = 0
    gemmTN(features, unitGradient, gradients.hidden)

    const featureGradient = table(n, K)
    gemmNT(unitGradient, parts.hiddenWeights, featureGradient)
    return { value, gradient: throughStandardisation(features, featureGradient, spread), parameterGradient }
  })
}

/** One Adam step down a gradient of `adversaryLoss` plus `decay` times the parameters, biases included. */
export function trainAdversary(
  adversary: Adversary,
  parameterGradient: Float32Array,
  learningRate: number,
  decay = 0,
): void {
  adversary.steps++
  adamStep(adversary.parameters, parameterGradient, adversary.m, adversary.v, {
    lr: learningRate,
    step: adversary.steps,
    weightDecay: decay,
  })
}

/** Class probabilities (n, C) of users x (n, K), standardised among themselves. */
export function adversaryProbabilities(adversary: Adversary, x: Matrix): Matrix {
  return withScratch((table) => {
    const output = table(x.rows, adversary.classes)
    const features = standardised(x, table, new Float64Array(x.cols))
    probabilities(features, partsOf(adversary, adversary.parameters), table(x.rows, adversary.hidden), output)
    return matrix(output.rows, output.cols, output.data.slice())
  })
}

/** A probability below this costs no more. */
const smallest = 1e-12

interface Parts {
  /** Weights and, in the last row, biases (K + 1, H). */
  readonly hidden: Matrix
  /** (K, H) */
  readonly hiddenWeights: Matrix
  /** (C, H) */
  readonly outputWeights: Matrix
  /** (C) */
  readonly outputBiases: Float32Array
}

function partsOf({ inputs, hidden, classes }: Adversary, flat: Float32Array): Parts {
  const second = (inputs + 1) * hidden
  const third = second + classes * hidden
  return {
    hidden: matrix(inputs + 1, hidden, flat.subarray(0, second)),
    hiddenWeights: matrix(inputs, hidden, flat.subarray(0, inputs * hidden)),
    outputWeights: matrix(classes, hidden, flat.subarray(second, third)),
    outputBiases: flat.subarray(third),
  }
}

type NewTable = (rows: number, cols: number) => Matrix

/** Runs `use` with tables in kernel memory, which are given back afterwards. */
function withScratch<Result>(use: (table: NewTable) => Result): Result {
  const taken: Float32Array[] = []
  try {
    return use((rows, cols) => {
      const data = allocate(rows * cols)
      taken.push(data)
      return matrix(rows, cols, data)
    })
  } finally {
    taken.forEach(release)
  }
}

/**
 * (n, K + 1): columns of mean 0 and spread 1, the last of ones; `spread` receives the spreads, 0 for a constant column.
 */
function standardised(x: Matrix, table: NewTable, spread: Float64Array): Matrix {
  const { rows: n, cols: K, data } = x
  const mean = new Float64Array(K)
  for (let i = 0; i < n; i++) for (let k = 0; k < K; k++) mean[k]! += data[i * K + k]! / n
  for (let i = 0; i < n; i++) for (let k = 0; k < K; k++) spread[k]! += (data[i * K + k]! - mean[k]!) ** 2 / n
  // The mean of equal values is rounded: what is left of them is no spread, and far below that of two float32 values.
  for (let k = 0; k < K; k++) spread[k] = spread[k]! > (1e-10 * mean[k]!) ** 2 ? Math.sqrt(spread[k]!) : 0
  const features = table(n, K + 1)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < K; k++)
      features.data[i * (K + 1) + k] = spread[k] === 0 ? 0 : (data[i * K + k]! - mean[k]!) / spread[k]!
    features.data[i * (K + 1) + K] = 1
  }
  return features
}

/** Fills `units` (n, H) and `output` (n, C). */
function probabilities(features: Matrix, parts: Parts, units: Matrix, output: Matrix): void {
  gemmNN(features, parts.hidden, units)
  const hidden = units.data
  for (let p = 0; p < hidden.length; p++) if (!(hidden[p]! > 0)) hidden[p] = 0
  gemmNT(units, parts.outputWeights, output)
  const { cols: C, data } = output
  for (let start = 0; start < data.length; start += C) {
    let largest = -Infinity
    for (let c = 0; c < C; c++) largest = Math.max(largest, (data[start + c]! += parts.outputBiases[c]!))
    let total = 0
    for (let c = 0; c < C; c++) total += data[start + c] = Math.exp(data[start + c]! - largest)
    for (let c = 0; c < C; c++) data[start + c]! /= total
  }
}

/**
 * Gradient on x = mean + spread * feature, where mean and spread follow x: what shifts or scales a column is taken out.
 */
function throughStandardisation(features: Matrix, featureGradient: Matrix, spread: Float64Array): Matrix {
  const { rows: n, cols: K, data: g } = featureGradient
  const z = features.data
  const [shift, scale] = [new Float64Array(K), new Float64Array(K)]
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < K; k++) {
      shift[k]! += g[i * K + k]! / n
      scale[k]! += (g[i * K + k]! * z[i * (K + 1) + k]!) / n
    }
  }
  const gradient = matrix(n, K)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < K; k++) {
      const entry = g[i * K + k]! - shift[k]! - z[i * (K + 1) + k]! * scale[k]!
      gradient.data[i * K + k] = spread[k] === 0 ? 0 : entry / spread[k]!
    }
  }
  return gradient
}
