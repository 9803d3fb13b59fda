/**
 * @file Moments of classes of a table with fewer users than columns, in the space of its rows: eigenvectors of (N, N)
 * products of users instead of (K, K) products of columns.
 */

import type { Matrix } from '@indistinct/core'
import { product64, product64NT, product64TN, symmetricEigen } from '@indistinct/kernels'
import { centreOf, comparedAxes, negligible, rowMean, type ClassMoments } from './common-axes.ts'

/** Columns up to which covariances of columns take no time worth saving. */
const narrow = 128

export function isWide(users: number, K: number): boolean {
  return K > narrow && users < K
}

/** As `classMoments`, with the axes (A, K) along which users of a class differ: A is below N. */
export function wideMoments(theta: Matrix, classes: readonly Int32Array[]): ClassMoments {
  const K = theta.cols
  const sizes = classes.map((members) => members.length)
  const n = sizes.reduce((sum, size) => sum + size, 0)
  const means = classes.map((members) => rowMean(theta, members))
  const deviations = { rows: n, cols: K, data: new Float64Array(n * K) }
  const firsts = sizes.map((_, c) => sizes.slice(0, c).reduce((sum, size) => sum + size, 0))
  classes.forEach((members, c) => deviations.data.set(deviationsFrom(theta, members, means[c]!), firsts[c]! * K))
  const { values, vectors } = symmetricEigen(
    product64NT(deviations, deviations).map((sum) => sum / (n - sizes.length)),
    n,
  )
  const count = values.filter((value) => value > negligible * values[0]!).length
  const variances = values.slice(0, count)
  const axesTo = (end: number): Float64Array =>
    product64({ rows: end, cols: n, data: vectors.subarray(0, end * n) }, deviations).map(
      (sum, p) => sum / Math.sqrt((n - sizes.length) * variances[Math.floor(p / K)]!),
    )
  const compared = comparedAxes(sizes, variances)
  const whitening = axesTo(compared).map((value, p) => value / Math.sqrt(variances[Math.floor(p / K)]!))
  const covariances = sizes.map((size, c) => {
    const own = deviations.data.subarray(firsts[c]! * K, (firsts[c]! + size) * K)
    const whitened = {
      rows: size,
      cols: compared,
      data: product64NT({ rows: size, cols: K, data: own }, { rows: compared, cols: K, data: whitening }),
    }
    return product64TN(whitened, whitened).map((sum) => sum / size)
  })
  let axes: Float64Array | undefined
  return {
    sizes,
    means,
    centre: centreOf(sizes, means),
    variances,
    // Most who ask for moments do not ask for all axes, which cost as much as the products.
    get axes() {
      return (axes ??= axesTo(count))
    },
    compared,
    whitening,
    covariances,
  }
}

/** Rows `members` of theta (N, K) less `mean` (K), in float64 (members, K). */
export function deviationsFrom(theta: Matrix, members: Int32Array, mean: Float64Array): Float64Array {
  const K = theta.cols
  const out = new Float64Array(members.length * K)
  members.forEach((i, r) => {
    for (let k = 0, p = r * K, q = i * K; k < K; k++, p++, q++) out[p] = theta.data[q]! - mean[k]!
  })
  return out
}
