/** @file A table turned onto its own principal axes. */

import type { Matrix } from '@indistinct/core'
import { symmetricEigen } from '@indistinct/kernels'

/**
 * The rows of `table` (N, L), less their mean, along the `width` axes of the largest variance, largest first: (N,
 * width). The sign of an axis makes the row that is farthest out along it positive. `values` are the sums of squares
 * along all L axes.
 */
export function alongPrincipalAxes(
  table: Float64Array,
  n: number,
  l: number,
  width: number,
): { readonly table: Matrix; readonly values: Float64Array } {
  const mean = new Float64Array(l)
  for (let i = 0; i < n; i++) for (let c = 0; c < l; c++) mean[c]! += table[i * l + c]! / n
  const products = new Float64Array(l * l)
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < l; c++) {
      const value = table[i * l + c]! - mean[c]!
      for (let d = c; d < l; d++) products[c * l + d]! += value * (table[i * l + d]! - mean[d]!)
    }
  }
  for (let c = 0; c < l; c++) for (let d = 0; d < c; d++) products[c * l + d] = products[d * l + c]!
  const { values, vectors } = symmetricEigen(products, l)
  const data = new Float32Array(n * width)
  for (let a = 0; a < width; a++) {
    const axis = vectors.subarray(a * l, (a + 1) * l)
    let farthest = 0
    for (let i = 0; i < n; i++) {
      let sum = 0
      for (let c = 0; c < l; c++) sum += (table[i * l + c]! - mean[c]!) * axis[c]!
      data[i * width + a] = sum
      if (Math.abs(sum) > Math.abs(farthest)) farthest = sum
    }
    if (farthest < 0) for (let i = 0; i < n; i++) data[i * width + a] = -data[i * width + a]!
  }
  return { table: { rows: n, cols: width, data }, values }
}
