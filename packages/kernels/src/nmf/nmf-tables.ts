/** @file Tables of an NMF in kernel memory, and what its gradient and its rankings share of the first layer. */

import type { Matrix } from '@indistinct/core'
import { gemmNN } from '../gemm.ts'
import { memory, type Frame } from '../memory.ts'
import { type NmfShape, nmfLayout } from './nmf-layout.ts'

/** Samples that go through a layer together; must agree with assembly/nmf.ts. */
export const together = 64
/** Of a float32. */
export const bytes = 4

/** Views of kernel memory by the names of `nmfLayout`. */
export type Tables = Readonly<Record<string, Matrix>>

/** The tables of `flat`, which lies in kernel memory. */
export function placedTables(shape: NmfShape, flat: Float32Array): Tables {
  return Object.fromEntries(
    nmfLayout(shape).map(({ name, offset, rows, cols }) => [
      name,
      { rows, cols, data: flat.subarray(offset, offset + rows * cols) },
    ]),
  )
}

/** What many samples share: user and item parts of the first layer, and item factors times their output weights. */
export interface FirstStage {
  readonly userHidden: Matrix
  readonly itemHidden: Matrix
  readonly itemFactors: Matrix
}

export function firstStage(frame: Frame, shape: NmfShape, at: Tables): FirstStage {
  const weights = halves(at['hidden-1-weights']!)
  const userHidden = scratchMatrix(frame, at['user-mlp']!.rows, shape.hidden[0]!)
  const itemHidden = scratchMatrix(frame, shape.items, shape.hidden[0]!)
  gemmNN(at['user-mlp']!, weights[0], userHidden)
  gemmNN(at['item-mlp']!, weights[1], itemHidden)
  const itemFactors = scratchMatrix(frame, shape.items, shape.gmf)
  const from = at['item-gmf']!.data
  const output = at['output-weights']!.data
  for (let i = 0, p = 0; i < shape.items; i++) {
    for (let c = 0; c < shape.gmf; c++, p++) itemFactors.data[p] = from[p]! * output[c]!
  }
  return { userHidden, itemHidden, itemFactors }
}

/** The user's and the item's rows of the first layer's weights. */
export function halves(weights: Matrix): readonly [Matrix, Matrix] {
  const rows = weights.rows / 2
  const at = rows * weights.cols
  return [
    { rows, cols: weights.cols, data: weights.data.subarray(0, at) },
    { rows, cols: weights.cols, data: weights.data.subarray(at) },
  ]
}

export function layerValues(hidden: readonly number[]): number {
  return together * hidden.reduce((sum, width) => sum + width, 0)
}

export function viewOf(start: number, length: number): Float32Array {
  return new Float32Array(memory.buffer, start, length)
}

export function scratchMatrix(frame: Frame, rows: number, cols: number): Matrix {
  return { rows, cols, data: viewOf(frame.scratch(rows * cols * bytes), rows * cols) }
}

export function address(m: Matrix): number {
  return m.data.byteOffset
}
