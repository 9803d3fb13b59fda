/** @file MMD^2 of two classes on the device, with its gradient, for the passes of the flow. */

import { mmdTensors, tf } from '@indistinct/kernels/tfjs'

export interface MmdQuestion {
  readonly rows: number
  readonly cols: number
  /** The table (rows, cols). */
  readonly data: Float32Array
  readonly first: Int32Array
  readonly second: Int32Array
  /** The mean squared distance where absent. */
  readonly bandwidth?: number
}

export interface MmdAnswer {
  readonly value: number
  readonly total: number
  readonly bandwidth: number
  readonly gradient: Float32Array
}

export type MmdProgram = {
  measure(question: MmdQuestion): Promise<MmdAnswer>
  close(): void
}

export function open(): MmdProgram {
  return {
    async measure({ rows, cols, data, first, second, ...options }) {
      const { values, totals, slope, bandwidth } = tf.tidy(() => {
        const theta = tf.tensor2d(data, [rows, cols])
        const { values, totals, slope, bandwidth } = mmdTensors(theta, { first, second }, options)
        return { values, totals, slope, bandwidth }
      })
      const [ofRows, ofPairs, gradient, b] = (await Promise.all(
        [values, totals, slope, bandwidth].map((tensor) => tensor.data()),
      )) as [Float32Array, Float32Array, Float32Array, Float32Array]
      tf.dispose([values, totals, slope, bandwidth])
      // In float64: a hundred thousand parts of one size would add up to less in float32.
      return { value: sum(ofRows), total: sum(ofPairs), bandwidth: b[0]!, gradient }
    },
    close() {},
  }
}

function sum(values: Float32Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}
