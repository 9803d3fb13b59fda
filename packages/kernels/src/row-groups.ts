/** @file The two samples as groups of rows: which rows are compared, and how far they spread. */

import type { Matrix } from '@indistinct/core'

/** Rows of the two samples, without repetition. */
export interface TwoSamples {
  readonly first: Int32Array
  readonly second: Int32Array
}

/**
 * Rows whose weight is `weight`, applied in float64 (a float32 1/n would leave the weights of both samples with a sum
 * that is not zero), times their entry in `relative` where weights were given.
 */
export interface RowGroup {
  readonly rows: Int32Array
  readonly weight: number
  readonly relative?: Float32Array
}

/** The checked rows of a table of `count` rows that take part, by weight. */
export function rowGroups(count: number, samples: TwoSamples | Float32Array): RowGroup[] {
  if (samples instanceof Float32Array) {
    if (samples.length !== count) throw new RangeError(`rbfMmd: expected ${count} weights, got ${samples.length}`)
    const rows = Int32Array.from(samples.keys()).filter((i) => samples[i] !== 0)
    if (rows.length === 0) throw new RangeError('rbfMmd: expected a weight other than zero, got none')
    for (const i of rows) {
      if (!Number.isFinite(samples[i]!))
        throw new RangeError(`rbfMmd: expected finite weights, got ${samples[i]} for row ${i}`)
    }
    return [{ rows, weight: 1, relative: samples }]
  }
  const seen = new Uint8Array(count)
  for (const [name, rows] of [
    ['first', samples.first],
    ['second', samples.second],
  ] as const) {
    if (rows.length === 0) throw new RangeError(`rbfMmd: expected rows in both samples, got none in ${name}`)
    for (const row of rows) {
      if (!(row >= 0 && row < count))
        throw new RangeError(`rbfMmd: expected rows below ${count}, got ${row} in ${name}`)
      if (seen[row]) throw new RangeError(`rbfMmd: expected every row once, got ${row} again in ${name}`)
      seen[row] = 1
    }
  }
  return [
    { rows: samples.first, weight: 1 / samples.first.length },
    { rows: samples.second, weight: -1 / samples.second.length },
  ]
}

/** Mean (K) of the rows and the sum of squared distances to it, in float64. */
export function rowSpread(theta: Matrix, groups: readonly RowGroup[]): { mean: Float64Array; squares: number } {
  const { cols, data } = theta
  const mean = new Float64Array(cols)
  let rows = 0
  for (const group of groups) {
    rows += group.rows.length
    for (const row of group.rows) for (let k = 0; k < cols; k++) mean[k]! += data[row * cols + k]!
  }
  for (let k = 0; k < cols; k++) mean[k]! /= rows
  let squares = 0
  for (const group of groups) {
    for (const row of group.rows) for (let k = 0; k < cols; k++) squares += (data[row * cols + k]! - mean[k]!) ** 2
  }
  return { mean, squares }
}
