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
import { adamStep, allocate, gemmNN, gemmNT, gemmTN, release } from '@indistinct/kernels'

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

/** One flat array of a network's parameters (or of their gradients or moments), and its parts. */
interface Layers {
  readonly all: Float32Array
  readonly weights: Float32Array
  readonly biases: Float32Array
  /** (O, H) */
  readonly output: Matrix
  /** (K + 1, H), the last row being the hidden biases */
  readonly hidden: Matrix
  /** (O) */
  readonly outputBiases: Float32Array
}

function layersOf(inputs: number, hidden: number, outputs: number): { views(): Layers } {
  const weights = (inputs + outputs) * hidden
  return {
    views() {
      const all = allocate(weights + hidden + outputs)
      return {
        all,
        weights: all.subarray(0, weights),
        biases: all.subarray(weights),
        output: { rows: outputs, cols: hidden, data: all.subarray(0, outputs * hidden) },
        hidden: { rows: inputs + 1, cols: hidden, data: all.subarray(outputs * hidden, weights + hidden) },
        outputBiases: all.subarray(weights + hidden),
      }
    },
  }
}

/** What passes through the network for n rows. */
interface Batch {
  /** (n, K + 1), the last column being ones */
  readonly features: Matrix
  /** Rectified hidden units (n, H) */
  readonly units: Matrix
  readonly unitBits: Int32Array
  /** Gradient of the hidden units (n, H) */
  readonly unitGradient: Matrix
  readonly unitGradientBits: Int32Array
  /** Probabilities (n, O), then the loss's gradient before the output function */
  readonly output: Matrix
  release(): void
}

function batchOf(n: number, inputs: number, hidden: number, outputs: number): Batch {
  const features = { rows: n, cols: inputs + 1, data: allocate(n * (inputs + 1)) }
  const units = { rows: n, cols: hidden, data: allocate(n * hidden) }
  const unitGradient = { rows: n, cols: hidden, data: allocate(n * hidden) }
  const output = { rows: n, cols: outputs, data: allocate(n * outputs) }
  const bits = ({ data }: Matrix): Int32Array => new Int32Array(data.buffer, data.byteOffset, data.length)
  return {
    features,
    units,
    unitGradient,
    output,
    unitBits: bits(units),
    unitGradientBits: bits(unitGradient),
    release: () => [features, units, unitGradient, output].forEach(({ data }) => release(data)),
  }
}

/** Uniform in +-sqrt(6 / (fan in + fan out)), biases included; the factor is 2 where the activation is logistic. */
function initialise(parameters: Layers, inputs: number, hidden: number, outputs: number, random: Random): void {
  const draw = (values: Float32Array, bound: number): void => {
    for (let p = 0; p < values.length; p++) values[p] = (2 * random.uniform() - 1) * bound
  }
  const hiddenBound = Math.sqrt(6 / (inputs + hidden))
  const outputBound = Math.sqrt(6 / (hidden + outputs))
  draw(parameters.hidden.data, hiddenBound)
  draw(parameters.output.data, outputBound)
  draw(parameters.outputBiases, outputBound)
}

function gatherBatch(x: Matrix, order: Int32Array, start: number, features: Matrix): void {
  const { cols, data } = x
  const out = features.data
  for (let i = 0; i < features.rows; i++) {
    const source = order[start + i]! * cols
    const target = i * (cols + 1)
    out.set(data.subarray(source, source + cols), target)
    out[target + cols] = 1
  }
}

/** Fills the batch's hidden units and output probabilities: logistic for one output, softmax for several. */
function probabilities(batch: Batch, parameters: Layers): void {
  const { unitBits, output } = batch
  const { rows, cols, data } = output
  gemmNN(batch.features, parameters.hidden, batch.units)
  // The rectifier on the bits of the floats: half of the units are negative in no pattern a branch could predict.
  for (let p = 0; p < unitBits.length; p++) {
    const bits = unitBits[p]!
    unitBits[p] = bits & ~(bits >> 31)
  }
  gemmNT(batch.units, parameters.output, output)
  const biases = parameters.outputBiases
  if (cols === 1) {
    for (let i = 0; i < rows; i++) data[i] = 1 / (1 + Math.exp(-(data[i]! + biases[0]!)))
    return
  }
  for (let start = 0; start < rows * cols; start += cols) {
    let largest = -Infinity
    for (let c = 0; c < cols; c++) largest = Math.max(largest, (data[start + c]! += biases[c]!))
    let total = 0
    for (let c = 0; c < cols; c++) total += data[start + c] = Math.exp(data[start + c]! - largest)
    for (let c = 0; c < cols; c++) data[start + c]! /= total
  }
}

/** Summed log loss of the batch; `output` then holds (probability - target) / n. */
function forward(batch: Batch, parameters: Layers, codes: Int32Array, order: Int32Array, start: number): number {
  probabilities(batch, parameters)
  const { rows, cols, data } = batch.output
  let loss = 0
  for (let i = 0; i < rows; i++) {
    const code = codes[order[start + i]!]!
    if (cols === 1) {
      const p = data[i]!
      loss -= Math.log(clip(code === 1 ? p : 1 - p))
      data[i] = (p - code) / rows
    } else {
      loss -= Math.log(clip(data[i * cols + code]!))
      for (let c = 0; c < cols; c++) data[i * cols + c] = (data[i * cols + c]! - (c === code ? 1 : 0)) / rows
    }
  }
  return loss
}

/** Gradients of all parameters from the output's, without the L2 term. */
function backward(batch: Batch, parameters: Layers, gradient: Layers): void {
  const { features, units, unitBits, unitGradient, unitGradientBits, output } = batch
  const { rows, cols, data } = output
  gemmTN(output, units, gradient.output)
  gradient.outputBiases.fill(0)
  for (let i = 0; i < rows; i++) for (let c = 0; c < cols; c++) gradient.outputBiases[c]! += data[i * cols + c]!
  gemmNN(output, parameters.output, unitGradient)
  // Where a unit is zero its gradient is: -bits is negative exactly where a rectified float is not zero.
  for (let p = 0; p < unitBits.length; p++) unitGradientBits[p]! &= -unitBits[p]! >> 31
  gemmTN(features, unitGradient, gradient.hidden)
}

function sumOfSquares(values: Float32Array): number {
  // Four sums, so that an addition need not wait for the one before it.
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let p = 0
  for (; p + 4 <= values.length; p += 4) {
    a += values[p]! * values[p]!
    b += values[p + 1]! * values[p + 1]!
    c += values[p + 2]! * values[p + 2]!
    d += values[p + 3]! * values[p + 3]!
  }
  for (; p < values.length; p++) a += values[p]! * values[p]!
  return a + b + c + d
}

/** As scikit-learn in double precision: a probability of 0 costs 36, not infinity. */
function clip(p: number): number {
  return Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, p))
}
