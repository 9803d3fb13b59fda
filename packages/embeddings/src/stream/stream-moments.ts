/** @file Moments of the classes of a table that need not fit in memory: one pass over its rows, in float64. */

import { matrix, type Labels } from '@indistinct/core'
import { crossMoments } from '@indistinct/kernels'
import { eachBlock, type StreamOptions } from './row-blocks.ts'
import type { RowReader } from '../table-container.ts'

export interface StreamedMoments {
  /** Rows of the class. */
  readonly count: number
  /** (K); zeros where there are no rows. */
  readonly mean: Float64Array
  /** Row-major (K, K), divided by the count (not by one less); zeros where there are no rows. */
  readonly covariance: Float64Array
}

/**
 * Count, mean and covariance of every class, and, last, of the rows without a label (code -1). Sums are taken about the
 * mean of the first block, so that large means cost no digits; the result does not depend on the number of threads.
 */
export async function streamClassMoments(
  table: RowReader,
  labels: Labels,
  options: StreamOptions = {},
): Promise<StreamedMoments[]> {
  const { rows, cols } = table
  const { codes, classes } = labels
  if (codes.length !== rows) throw new RangeError(`streamClassMoments: expected ${rows} labels, got ${codes.length}`)
  const sums = Array.from({ length: classes.length + 1 }, () => ({
    count: 0,
    sum: new Float64Array(cols),
    products: new Float64Array(cols * cols),
  }))
  let centre: Float64Array | undefined
  await eachBlock(table, options, (block, first) => {
    centre ??= blockMean(block, cols)
    const members = membersOf(codes, first, block.length / cols, classes.length)
    const x = matrix(block.length / cols, cols, block)
    members.forEach((rowsOfClass, c) => {
      if (rowsOfClass.length === 0) return
      const sum = sums[c]!
      sum.count += rowsOfClass.length
      for (const i of rowsOfClass) for (let k = 0; k < cols; k++) sum.sum[k]! += block[i * cols + k]! - centre![k]!
      const products = crossMoments(x, rowsOfClass, centre!)
      for (let p = 0; p < products.length; p++) sum.products[p]! += products[p]!
    })
  })
  return sums.map(({ count, sum, products }) => {
    if (count === 0) return { count, mean: new Float64Array(cols), covariance: new Float64Array(cols * cols) }
    const offset = sum.map((value) => value / count)
    return {
      count,
      mean: offset.map((value, k) => value + centre![k]!),
      covariance: products.map((value, p) => value / count - offset[Math.floor(p / cols)]! * offset[p % cols]!),
    }
  })
}

/** Rows of a block by class; those without a label come last. */
export function membersOf(codes: Int32Array, first: number, count: number, classes: number): Int32Array[] {
  const members = Array.from({ length: classes + 1 }, () => new Int32Array(count))
  const lengths = new Int32Array(classes + 1)
  for (let i = 0; i < count; i++) {
    const code = codes[first + i]!
    const c = code < 0 ? classes : code
    members[c]![lengths[c]!++] = i
  }
  return members.map((rows, c) => rows.subarray(0, lengths[c]))
}

function blockMean(block: Float32Array, cols: number): Float64Array {
  const mean = new Float64Array(cols)
  for (let p = 0; p < block.length; p++) mean[p % cols]! += block[p]!
  return mean.map((sum) => sum / (block.length / cols))
}
