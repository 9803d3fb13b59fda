/** @file The rate of products on the device of this process. */

import { openDevice } from './device.ts'
import type { ProductRate } from './product-rate.ts'

/** Size of the square factors, and 10^9 additions and multiplications a second. */
export function measuredRate(): { readonly size: number; readonly gflops: number } {
  const program = openDevice().open<ProductRate>(new URL('./product-rate.js', import.meta.url), {})
  try {
    return program.call('measure', undefined)
  } finally {
    program.close()
  }
}
