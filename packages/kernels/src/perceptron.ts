/** @file The products of a perceptron with one hidden layer of rectified units, there and back. */

import { checkMatrix, type Matrix } from '@indistinct/core'
import { gemmNT } from './gemm.ts'
import { openFrame } from './memory.ts'
import { runKernel } from './runtime.ts'

/** What passes through the layers for n rows; copied unless in kernel memory. */
export interface PerceptronBatch {
  /** (n, K) */
  readonly features: Matrix
  /** Rectified hidden units (n, H) */
  readonly units: Matrix
  /** Gradient of the hidden units (n, H) */
  readonly unitGradient: Matrix
  /** Outputs before biases and output function (n, O), then the gradient there */
  readonly output: Matrix
}

export interface PerceptronLayers {
  /** (K, H) */
  readonly hidden: Matrix
  /** (O, H) */
  readonly output: Matrix
}

const serialBelow = 500_000

/** Fills `units` and `output` of a batch. @throws RangeError when shapes do not fit. */
export function perceptronForward(batch: PerceptronBatch, layers: PerceptronLayers): void {
  const { features, units, output } = batch
  const { rows, inputs, hidden, outputs } = shapeOf(batch, layers)
  const rowsPerTask = runOf(rows)
  const frame = openFrame()
  const args = [
    frame.input(features.data),
    frame.input(layers.hidden.data),
    frame.output(units.data),
    frame.input(layers.output.data),
    frame.output(output.data),
    rows,
    inputs,
    hidden,
    outputs,
    rowsPerTask,
  ]
  runKernel('perceptronForward', Math.ceil(rows / rowsPerTask), args, rows * inputs * hidden < serialBelow)
  frame.close()
  if (outputs > 1) gemmNT(units, layers.output, output)
}

/**
 * Fills `unitGradient` and the gradients of both layers' weights from a batch whose `output` holds the gradient before
 * the output function. @throws RangeError when shapes do not fit.
 */
export function perceptronBackward(batch: PerceptronBatch, layers: PerceptronLayers, gradient: PerceptronLayers): void {
  const { features, units, unitGradient, output } = batch
  const { rows, inputs, hidden, outputs } = shapeOf(batch, layers)
  shapeOf(batch, gradient)
  const frame = openFrame()
  const [out, unit, slopes] = [frame.input(output.data), frame.input(units.data), frame.output(unitGradient.data)]
  const rowsPerTask = runOf(rows)
  const back = [out, frame.input(layers.output.data), unit, slopes, rows, hidden, outputs, rowsPerTask]
  runKernel('perceptronBackward', Math.ceil(rows / rowsPerTask), back, rows * outputs * hidden < serialBelow)
  const inputsPerTask = runOf(inputs)
  const args = [
    frame.input(features.data),
    slopes,
    frame.output(gradient.hidden.data),
    out,
    unit,
    frame.output(gradient.output.data),
    rows,
    inputs,
    hidden,
    outputs,
    inputsPerTask,
  ]
  const tasks = Math.ceil(inputs / inputsPerTask) + 1
  runKernel('perceptronGradients', tasks, args, rows * inputs * hidden < serialBelow)
  frame.close()
}

/** Rows of a task: whole tiles of 4. */
function runOf(rows: number): number {
  return Math.min(128, Math.max(16, Math.ceil(rows / 32) * 4))
}

function shapeOf(
  { features, units, unitGradient, output }: PerceptronBatch,
  layers: PerceptronLayers,
): { readonly rows: number; readonly inputs: number; readonly hidden: number; readonly outputs: number } {
  checkMatrix('perceptron', features, 'features')
  const [rows, inputs] = [features.rows, features.cols]
  const [hidden, outputs] = [layers.hidden.cols, layers.output.rows]
  const expected = [
    [units, rows, hidden],
    [unitGradient, rows, hidden],
    [output, rows, outputs],
    [layers.hidden, inputs, hidden],
    [layers.output, outputs, hidden],
  ] as const
  for (const [given, wantedRows, wantedCols] of expected) {
    checkMatrix('perceptron', given)
    if (given.rows !== wantedRows || given.cols !== wantedCols)
      throw new RangeError(`perceptron: expected (${wantedRows}, ${wantedCols}), got (${given.rows}, ${given.cols})`)
  }
  return { rows, inputs, hidden, outputs }
}
