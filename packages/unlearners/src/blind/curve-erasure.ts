/** @file The projection that takes out what users tell of a curve over a number, down to what chance gives. */

import type { Matrix } from '@indistinct/core'
import { symmetricEigen } from '@indistinct/kernels'
import { classNormals, pooledNormal } from '../closed/class-normals.ts'
import { erasure } from '../closed/leace.ts'
import { columnScales, inScales } from '../linear-algebra/column-scales.ts'
import { product } from '../linear-algebra/small-product.ts'
import { spectralFunction } from '../linear-algebra/spectral-function.ts'
import type { BlindMap } from './blind-map.ts'
import { dealtOut } from './dealt-out.ts'
import { isExplained } from './differences.ts'

/** Axes whose variance is below this fraction of the largest are constant. */
const negligible = 1e-10

/**
 * LEACE for one curve (N, mean 0 and variance 1 over `rows`): the direction goes along which x (N, K) varies with it,
 * by the covariances of a random half of `rows`. What is left over all of them is then what chance gives, see
 * `halfProjection`. Undefined where chance explains these covariances.
 */
export function curveErasure(x: Matrix, curve: Float64Array, rows: Int32Array, seed: number): BlindMap | undefined {
  const K = x.cols
  const normals = classNormals(x, [rows])
  const { mean: centre } = pooledNormal(normals)
  const scales = columnScales(normals)
  const { total } = pooledNormal(inScales(normals, scales))
  const covariances = (members: Int32Array): Float64Array => {
    const own = members.reduce((sum, i) => sum + curve[i]! / members.length, 0)
    const sums = new Float64Array(K)
    for (const i of members)
      for (let k = 0; k < K; k++)
        sums[k]! += ((x.data[i * K + k]! - centre[k]!) / scales[k]!) * ((curve[i]! - own) / members.length)
    return sums
  }
  const eigen = symmetricEigen(total, K)
  const isHeld = (value: number): boolean => value > negligible * eigen.values[0]!
  const inverse = spectralFunction(eigen, (value) => (isHeld(value) ? 1 / value : 0))
  const all = covariances(rows)
  const terms = eigen.values.filter(isHeld).length
  const told = product(inverse, all, K, K, 1).reduce((sum, value, k) => sum + value * all[k]!, 0)
  if (isExplained({ ratio: (rows.length * told) / Math.max(1, terms), terms })) return undefined
  const half = dealtOut(x.rows, [rows], seed, 'half')[0]!
    .slice(0, Math.ceil(rows.length / 2))
    .sort()
  const along = covariances(half)
  const { map } = erasure({
    mean: new Float64Array(K),
    total,
    means: [along, along.map((value) => -value)],
    shares: [0.5, 0.5],
  })
  const none = new Float64Array(0)
  return {
    centre,
    scales,
    posterior: { shares: none, frequencies: none, phases: none, weights: none },
    moves: [{ kind: 'affine', map }],
  }
}
