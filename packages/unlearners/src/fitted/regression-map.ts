/** @file Maps for methods that move each user on a path of its own: the class-wise affine regression of their moves. */

import { matrix, type Labels, type Matrix } from '@indistinct/core'
import { crossMoments, symmetricEigen } from '@indistinct/kernels'
import type { AffineMap } from '../closed/affine-map.ts'
import { checkedClasses } from '../checked-classes.ts'
import { rowMean } from '../flow/calibrate/common-axes.ts'
import { classNormals, pooledNormal, shrunkCovariance } from '../closed/class-normals.ts'
import { columnScales, inScales } from '../linear-algebra/column-scales.ts'
import { squaredDistance } from '../closed/closed-form.ts'
import { fittedUnlearner, presentClasses, type Fitted } from './fitted-unlearner.ts'
import { product } from '../linear-algebra/small-product.ts'
import { spectralFunction } from '../linear-algebra/spectral-function.ts'
import { unlearned as frozen, type Unlearned } from '../unlearned.ts'

/** Directions whose variance is below this fraction of the largest take no part in the regression. */
const negligible = 1e-10

/**
 * The fit that a finished result leaves for others: in each class, the least-squares affine map from its users' rows to
 * where the method moved them. It carries a new user to where the method took users like him on average; what the
 * method did beyond an affine map is lost, and `parameters.mapResidual` says how much that is: the root mean squared
 * error of the map over that of no map at all, on the users fitted.
 */
export function fitByRegression(embedding: Matrix, labels: Labels, result: Unlearned): Fitted {
  const classes = checkedClasses('fitByRegression', embedding, labels)
  const K = embedding.cols
  const moves = matrix(embedding.rows, K)
  for (let p = 0; p < moves.data.length; p++) moves.data[p] = result.embedding.data[p]! - embedding.data[p]!
  const normals = classNormals(embedding, classes)
  const scales = columnScales(normals)
  const scaled = inScales(normals, scales)
  const { within } = pooledNormal(scaled)
  const maps = classes.map((members, c): AffineMap => {
    const { mean } = normals[c]!
    const shift = rowMean(moves, members)
    const cross = crossMoments(embedding, members, mean, { of: moves, centre: shift }).map(
      (sum) => sum / members.length,
    )
    const eigen = symmetricEigen(shrunkCovariance(scaled[c]!, within), K)
    const inverse = spectralFunction(eigen, (value) => (value > negligible * eigen.values[0]! ? 1 / value : 0)).map(
      (value, p) => value / scales[Math.floor(p / K)]! / scales[p % K]!,
    )
    const slope = product(inverse, cross, K, K, K)
    return { centre: mean, shift, change: slope.map((_, p) => slope[(p % K) * K + Math.floor(p / K)]!) }
  })
  const map = { kind: 'by-class', maps } as const
  const fit = { method: result.method, classes: presentClasses(labels), columns: K, map, exact: false }
  const fitted = fittedUnlearner({ ...fit, parameters: result.parameters }).apply(embedding, labels)
  const moved = squaredDistance(embedding, result.embedding)
  const mapResidual = moved > 0 ? Math.sqrt(squaredDistance(fitted, result.embedding) / moved) : 0
  const parameters = { ...result.parameters, mapResidual }
  return Object.freeze({ ...fittedUnlearner({ ...fit, parameters }), unlearned: frozen({ ...result, parameters }) })
}
