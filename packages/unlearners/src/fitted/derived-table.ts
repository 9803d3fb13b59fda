/**
 * @file A table that no score depends on, as a linear function of tables that are unlearned: it then tells nothing that
 * they do not.
 */

import { matrix, sideBySide, type Matrix } from '@indistinct/core'
import { crossMoments, symmetricEigen } from '@indistinct/kernels'
import { rowMean } from '../flow/calibrate/common-axes.ts'
import { areUnlike, columnScales } from '../linear-algebra/column-scales.ts'
import { product } from '../linear-algebra/small-product.ts'

/** Axes of the others whose variance is below this fraction of the largest are noise of the arithmetic. */
const negligible = 1e-10

export interface DerivedTable {
  /** (N, K): rows other than `rows` as they were, bit for bit. */
  readonly embedding: Matrix
  /** Share of the variance of `table` over `rows` that is left; the rest is given up. */
  readonly explained: number
}

/**
 * Of all tables that are one linear function, with a constant, of the rows of `others` (N, K_1), (N, K_2), ... the
 * nearest to `table` (N, K) in the sum of squares over `rows`: its least-squares regression on them. No label enters
 * but by `others`, so that by the data processing inequality whoever holds the result and `others` learns no more of
 * any attribute than from `others` alone.
 *
 * What it is for: LightGCN's two tables are nearly linear in one another, and what one says beyond the other, however
 * small, is measured precisely by their difference; no landing of statistics side by side hides it from trees that see
 * whitened differences.
 */
export function derivedTable(table: Matrix, others: readonly Matrix[], rows: Int32Array): DerivedTable {
  const K = table.cols
  const x = sideBySide(others)
  const P = x.cols
  const [mean, centre] = [rowMean(x, rows), rowMean(table, rows)]
  const moments = crossMoments(x, rows, mean)
  const units = unitsOf(mean, moments, rows.length)
  const { values, vectors } = symmetricEigen(
    moments.map((sum, p) => sum / units[Math.floor(p / P)]! / units[p % P]!),
    P,
  )
  const cross = new Float64Array(P * K)
  for (const i of rows) {
    for (let p = 0; p < P; p++) {
      const left = (x.data[i * P + p]! - mean[p]!) / units[p]!
      for (let k = 0; k < K; k++) cross[p * K + k]! += left * (table.data[i * K + k]! - centre[k]!)
    }
  }
  // Along the axes of the others: what each says of the table's columns, over its variance.
  const slopes = product(vectors, cross, P, P, K)
  let told = 0
  for (let p = 0; p < slopes.length; p++) {
    const variance = values[Math.floor(p / K)]!
    const along = slopes[p]!
    slopes[p] = variance > negligible * values[0]! ? along / variance : 0
    told += along * slopes[p]!
  }
  let total = 0
  for (const i of rows) for (let k = 0; k < K; k++) total += (table.data[i * K + k]! - centre[k]!) ** 2
  const embedding = matrix(table.rows, K, table.data.slice())
  const along = new Float64Array(P)
  for (const i of rows) {
    for (let a = 0; a < P; a++) {
      along[a] = 0
      for (let p = 0; p < P; p++) along[a]! += vectors[a * P + p]! * ((x.data[i * P + p]! - mean[p]!) / units[p]!)
    }
    for (let k = 0; k < K; k++) {
      let value = centre[k]!
      for (let a = 0; a < P; a++) value += along[a]! * slopes[a * K + k]!
      embedding.data[i * K + k] = value
    }
  }
  return { embedding, explained: total > 0 ? told / total : 1 }
}

/** What columns are divided by (P): their spread where one hides another by its width alone, else 1. */
function unitsOf(mean: Float64Array, moments: Float64Array, count: number): Float64Array {
  const normals = [{ count, mean, covariance: moments.map((sum) => sum / count) }]
  const scales = columnScales(normals)
  return areUnlike(scales, normals) ? scales : scales.fill(1)
}
