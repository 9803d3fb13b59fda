/**
 * @file A perceptron with one hidden layer, trained as scikit-learn's MLPClassifier is (version 1.2): ReLU, logistic
 * output for two classes and softmax for more, Adam, L2 on weights but not on biases, Glorot-uniform start, a new order
 * of rows each epoch, and a stop when the training loss has not fallen by `tolerance` for `patience` epochs.
 *
 * Arrays lie in kernel memory, where the products of each batch run. Features carry a last column of ones, so that one
 * product adds the hidden biases and another gives their gradient. Parameters are one flat array,
 * [output weights (O, H) | hidden weights (K, H) | hidden biases (H) | output biases (O)]: weights and biases are
 * contiguous, since only weights decay.
 */

import { shuffle, type Matrix, type Random } from '@indistinct/core'
import { adamStep, release } from '@indistinct/kernels'
import {
  type Layers,
  layersOf,
  batchOf,
  initialise,
  gatherBatch,
  probabilities,
  forward,
  backward,
  sumOfSquares,
} from './mlp-passes.ts'

export interface MlpOptions {
  /** Hidden units; 100. */
  readonly hidden?: number
  /** L2 coefficient; 1 (the paper's; scikit-learn's own default is 0.0001). */
  readonly alpha?: number
  /** Adam's step; 0.001. */
  readonly learningRate?: number
  /** Rows a batch, at most; 200. */
  readonly batch?: number
  /** 1,000 (the paper's). */
  readonly maxEpochs?: number
  /** 0.0001. */
  readonly tolerance?: number
  /** 10. */
  readonly patience?: number
  /** Whether each epoch sees the rows in a new order; true. */
  readonly reorder?: boolean
}

export interface MlpNetwork {
  readonly inputs: number
  readonly hidden: number
  /** Output units: 1 for two classes, C for more. */
  readonly outputs: number
  readonly parameters: Float32Array
  /** Training loss of each epoch, mean over its batches as they went by. */
  readonly losses: readonly number[]
}

const beta1 = 0.9
const beta2 = 0.999
const epsilon = 1e-8

/**
 * @param x features (N, K)
 * @param codes labels 0 .. classes - 1 (N)
 * @throws Error with epoch and loss when the loss is no longer finite.
 */
export function trainMlp(
  x: Matrix,
  codes: Int32Array,
  classes: number,
  random: Random,
  options: MlpOptions = {},
): MlpNetwork {
  const {
    hidden = 100,
    alpha = 1,
    learningRate = 1e-3,
    maxEpochs = 1000,
    tolerance = 1e-4,
    patience = 10,
    reorder = true,
  } = options
  const rows = x.rows
  const outputs = classes === 2 ? 1 : classes
  const batch = Math.min(options.batch ?? 200, rows)
  const layers = layersOf(x.cols, hidden, outputs)
  const state = { parameters: layers.views(), gradient: layers.views(), m: layers.views(), v: layers.views() }
  const { parameters, gradient } = state
  const full = batchOf(batch, x.cols, hidden, outputs)
  const rest = rows % batch === 0 ? full : batchOf(rows % batch, x.cols, hidden, outputs)
  initialise(parameters, x.cols, hidden, outputs, random)

  const order = Int32Array.from({ length: rows }, (_, i) => i)
  const losses: number[] = []
  let best = Infinity
  let stalled = 0
  let step = 0
  try {
    for (let epoch = 0; epoch < maxEpochs && stalled <= patience; epoch++) {
      if (reorder) shuffle(order, random)
      let total = 0
      for (let start = 0; start < rows; start += batch) {
        const now = start + batch <= rows ? full : rest
        gatherBatch(x, order, start, now.features)
        total += forward(now, parameters, codes, order, start) + 0.5 * alpha * sumOfSquares(parameters.weights)
        backward(now, parameters, gradient)
        step++
        update(state, { learningRate, alpha, rows: now.features.rows, step })
      }
      const loss = total / rows
      if (!Number.isFinite(loss)) throw new Error(`trainMlp: expected a finite loss, got ${loss} in epoch ${epoch + 1}`)
      losses.push(loss)
      stalled = loss > best - tolerance ? stalled + 1 : 0
      best = Math.min(best, loss)
    }
    return { inputs: x.cols, hidden, outputs, parameters: parameters.all.slice(), losses }
  } finally {
    for (const views of Object.values(state)) release(views.all)
    full.release()
    if (rest !== full) rest.release()
  }
}

/** A network's parameters, their gradients, and Adam's moments. */
interface Training {
  readonly parameters: Layers
  readonly gradient: Layers
  readonly m: Layers
  readonly v: Layers
}

/** Adam's step after a batch of `rows`. */
function update(
  { parameters, gradient, m, v }: Training,
  {
    learningRate,
    alpha,
    rows,
    step,
  }: { readonly learningRate: number; readonly alpha: number; readonly rows: number; readonly step: number },
): void {
  // scikit-learn adds epsilon to the root of the uncorrected second moment; the kernel corrects the root first.
  const adam = { lr: learningRate, beta1, beta2, epsilon: epsilon / Math.sqrt(1 - beta2 ** step), step }
  adamStep(parameters.weights, gradient.weights, m.weights, v.weights, { ...adam, weightDecay: alpha / rows })
  adamStep(parameters.biases, gradient.biases, m.biases, v.biases, adam)
}

/** Class probabilities (N, C) of rows (N, K). */
export function mlpProbabilities(network: MlpNetwork, x: Matrix): Matrix {
  const { inputs, hidden, outputs } = network
  if (x.cols !== inputs) throw new RangeError(`mlpProbabilities: expected ${inputs} columns, got ${x.cols}`)
  const classes = outputs === 1 ? 2 : outputs
  const out = new Float32Array(x.rows * classes)
  const parameters = layersOf(inputs, hidden, outputs).views()
  parameters.all.set(network.parameters)
  const order = Int32Array.from({ length: x.rows }, (_, i) => i)
  for (let start = 0; start < x.rows; start += 1024) {
    const n = Math.min(1024, x.rows - start)
    const block = batchOf(n, inputs, hidden, outputs)
    gatherBatch(x, order, start, block.features)
    probabilities(block, parameters)
    const values = block.output.data
    for (let i = 0; i < n; i++) {
      if (outputs === 1) {
        out[2 * (start + i)] = 1 - values[i]!
        out[2 * (start + i) + 1] = values[i]!
      } else {
        out.set(values.subarray(i * outputs, (i + 1) * outputs), (start + i) * outputs)
      }
    }
    block.release()
  }
  release(parameters.all)
  return { rows: x.rows, cols: classes, data: out }
}
