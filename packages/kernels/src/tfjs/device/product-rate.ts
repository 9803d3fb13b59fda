/** @file How fast the device multiplies matrices, measured there. */

import * as tf from '@tensorflow/tfjs-core'

/** Rows and columns of both factors. */
const size = 512
/** Products after the first, which compiles what it needs. */
const products = 4

export type ProductRate = {
  /** 10^9 additions and multiplications a second, of the fastest product. */
  measure(given: undefined): Promise<{ readonly size: number; readonly gflops: number }>
  close(): void
}

export function open(): ProductRate {
  return {
    async measure() {
      const factor = tf.randomNormal([size, size], 0, 1, 'float32', 1) as tf.Tensor2D
      let least = Infinity
      for (let n = 0; n <= products; n++) {
        const started = performance.now()
        const product = tf.matMul(factor, factor)
        // One row of it: to wait for the device, and not for a copy of all.
        const row = tf.slice(product, [0, 0], [1, size])
        await row.data()
        if (n > 0) least = Math.min(least, performance.now() - started)
        tf.dispose([product, row])
      }
      factor.dispose()
      return { size, gflops: (2 * size ** 3) / (least * 1e6) }
    },
    close() {},
  }
}
