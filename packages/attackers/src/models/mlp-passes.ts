/** @file Passes of a batch through a perceptron with one hidden layer, there and back, in kernel memory. */

import type { Matrix, Random } from '@indistinct/core'
import { allocate, perceptronBackward, perceptronForward, release, type PerceptronBatch } from '@indistinct/kernels'

/** One flat array of a network's parameters (or of their gradients or moments), and its parts. */
export interface Layers {
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

export function layersOf(inputs: number, hidden: number, outputs: number): { views(): Layers } {
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

/**
 * What passes through the network for n rows: the last column of the features is ones, and `output` holds
 * probabilities, then the loss's gradient before the output function.
 */
export interface Batch extends PerceptronBatch {
  release(): void
}

export function batchOf(n: number, inputs: number, hidden: number, outputs: number): Batch {
  const features = { rows: n, cols: inputs + 1, data: allocate(n * (inputs + 1)) }
  const units = { rows: n, cols: hidden, data: allocate(n * hidden) }
  const unitGradient = { rows: n, cols: hidden, data: allocate(n * hidden) }
  const output = { rows: n, cols: outputs, data: allocate(n * outputs) }
  const all = [features, units, unitGradient, output]
  return { features, units, unitGradient, output, release: () => all.forEach(({ data }) => release(data)) }
}

/** Uniform in +-sqrt(6 / (fan in + fan out)), biases included; the factor is 2 where the activation is logistic. */
export function initialise(parameters: Layers, inputs: number, hidden: number, outputs: number, random: Random): void {
  const draw = (values: Float32Array, bound: number): void => {
    for (let p = 0; p < values.length; p++) values[p] = (2 * random.uniform() - 1) * bound
  }
  const hiddenBound = Math.sqrt(6 / (inputs + hidden))
  const outputBound = Math.sqrt(6 / (hidden + outputs))
  draw(parameters.hidden.data, hiddenBound)
  draw(parameters.output.data, outputBound)
  draw(parameters.outputBiases, outputBound)
}

export function gatherBatch(x: Matrix, order: Int32Array, start: number, features: Matrix): void {
  const { cols, data } = x
  const out = features.data
  for (let i = 0; i < features.rows; i++) {
    const source = order[start + i]! * cols
    const target = i * (cols + 1)
    // A view of a short row costs more than its values.
    if (cols > 64) out.set(data.subarray(source, source + cols), target)
    else for (let k = 0; k < cols; k++) out[target + k] = data[source + k]!
    out[target + cols] = 1
  }
}

/** Fills the batch's hidden units and output probabilities: logistic for one output, softmax for several. */
export function probabilities(batch: Batch, parameters: Layers): void {
  const { rows, cols, data } = batch.output
  perceptronForward(batch, parameters)
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
export function forward(batch: Batch, parameters: Layers, codes: Int32Array, order: Int32Array, start: number): number {
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
export function backward(batch: Batch, parameters: Layers, gradient: Layers): void {
  const { rows, cols, data } = batch.output
  gradient.outputBiases.fill(0)
  for (let i = 0; i < rows; i++) for (let c = 0; c < cols; c++) gradient.outputBiases[c]! += data[i * cols + c]!
  perceptronBackward(batch, parameters, gradient)
}

export function sumOfSquares(values: Float32Array): number {
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
