/**
 * @file What users did, as a table that can be attacked: who also holds ratings, plays or visits knows this of them.
 *
 * Entry (u, i) of user u with d_u items is idf_i / sqrt(d_u), where idf_i is the logarithm of users over the users of
 * item i: rows of like length whatever their number of items, in which rare items count more. The table is its leading
 * directions, and the logarithm of 1 + d_u. No label enters.
 */

import { checkOptions, type Csr, type Matrix } from '@indistinct/core'
import { leadingDirections, type CentredMap } from './randomised-svd.ts'

export interface HistoryOptions {
  /** Directions that are kept; 64. */
  readonly width?: number
  /** Draws the directions that the decomposition starts from. */
  readonly seed: number
}

/**
 * @param history who (N) had to do with what (I); its values, such as stars, do not enter
 * @returns (N, width + 1); a user without items has a row like that of any other such user
 * @throws RangeError for a width below 1.
 */
export function historyFeatures(history: Csr, options: HistoryOptions): Matrix {
  checkOptions('historyFeatures', options, { width: 'number', seed: 'number' })
  const { width = 64, seed } = options
  if (!(Number.isInteger(width) && width >= 1))
    throw new RangeError(`historyFeatures: expected a width of 1 or more, got ${width}`)
  const { rows, indptr } = history
  const { table } = leadingDirections(weightedHistory(history), { width, seed })
  const cols = table.cols + 1
  const data = new Float32Array(rows * cols)
  for (let u = 0; u < rows; u++) {
    data.set(table.data.subarray(u * table.cols, (u + 1) * table.cols), u * cols)
    data[u * cols + table.cols] = Math.log1p(indptr[u + 1]! - indptr[u]!)
  }
  return { rows, cols, data }
}

/** The weighted history less the mean of each item, known by its products: what is sparse stays sparse. */
function weightedHistory({ rows, cols, indptr, indices }: Csr): CentredMap {
  const users = new Float64Array(cols)
  for (const item of indices) users[item]!++
  const idf = users.map((count) => (count > 0 ? Math.log(rows / count) : 0))
  const byUser = Float64Array.from({ length: rows }, (_, u) => 1 / Math.sqrt(Math.max(1, indptr[u + 1]! - indptr[u]!)))
  const mean = new Float64Array(cols)
  for (let u = 0; u < rows; u++) {
    for (let p = indptr[u]!; p < indptr[u + 1]!; p++) mean[indices[p]!]! += (byUser[u]! * idf[indices[p]!]!) / rows
  }
  return {
    rows,
    cols,
    times(right, l) {
      const out = new Float64Array(rows * l)
      const shift = new Float64Array(l)
      for (let i = 0; i < cols; i++) for (let c = 0; c < l; c++) shift[c]! += mean[i]! * right[i * l + c]!
      for (let u = 0; u < rows; u++) {
        for (let p = indptr[u]!; p < indptr[u + 1]!; p++) {
          const item = indices[p]!
          const weight = byUser[u]! * idf[item]!
          for (let c = 0; c < l; c++) out[u * l + c]! += weight * right[item * l + c]!
        }
        for (let c = 0; c < l; c++) out[u * l + c]! -= shift[c]!
      }
      return out
    },
    transposeTimes(right, l) {
      const out = new Float64Array(cols * l)
      const sum = new Float64Array(l)
      for (let u = 0; u < rows; u++) {
        for (let c = 0; c < l; c++) sum[c]! += right[u * l + c]!
        for (let p = indptr[u]!; p < indptr[u + 1]!; p++) {
          const item = indices[p]!
          const weight = byUser[u]! * idf[item]!
          for (let c = 0; c < l; c++) out[item * l + c]! += weight * right[u * l + c]!
        }
      }
      for (let i = 0; i < cols; i++) for (let c = 0; c < l; c++) out[i * l + c]! -= mean[i]! * sum[c]!
      return out
    },
  }
}
