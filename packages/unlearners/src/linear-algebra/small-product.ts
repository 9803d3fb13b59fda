/** @file Products of matrices in float64, row-major. */

import { product64 } from '@indistinct/kernels'

/** Products of two numbers from which those of the kernels, which give the same bits, are worth their copies. */
const small = 100_000

/** a (rows, depth) times b (depth, cols). */
export function product(a: Float64Array, b: Float64Array, rows: number, depth: number, cols: number): Float64Array {
  if (rows * depth * cols > small) return product64({ rows, cols: depth, data: a }, { rows: depth, cols, data: b })
  const out = new Float64Array(rows * cols)
  for (let i = 0; i < rows; i++) {
    for (let d = 0; d < depth; d++) {
      const left = a[i * depth + d]!
      for (let j = 0; j < cols; j++) out[i * cols + j]! += left * b[d * cols + j]!
    }
  }
  return out
}

/** m (rows, cols) as (cols, rows). */
export function transposed(m: Float64Array, rows: number, cols: number): Float64Array {
  const out = new Float64Array(m.length)
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = m[i * cols + j]!
  return out
}
