/** @file Gaussian transport: each class carried onto one common normal, their Wasserstein-2 barycentre. */

import { checkOptions, type Labels, type Matrix, type OptionKinds } from '@indistinct/core'
import { symmetricEigen } from '@indistinct/kernels'
import { affineThrough, type AffineMap } from './affine-map.ts'
import { checkedClasses, checkCount, checkPositive } from '../checked-classes.ts'
import { classNormals, pooledNormal, shrinkage, shrunkCovariance, type ClassNormal } from './class-normals.ts'
import { areUnlike, columnScales, inScales, outOfScales } from '../linear-algebra/column-scales.ts'
import { closedFormKinds, fittedInClosedForm, type ClosedFormOptions } from './closed-form.ts'
import type { Fitted } from '../fitted/fitted-unlearner.ts'
import { product, transposed } from '../linear-algebra/small-product.ts'
import { spectralFunction } from '../linear-algebra/spectral-function.ts'
import type { Unlearned } from '../unlearned.ts'
import type { Unlearner } from '../unlearner.ts'

export interface GaussianTransportOptions extends ClosedFormOptions {
  /** Largest relative change of the barycentre at which its iteration ends. Default 1e-12. */
  readonly tolerance?: number
  /** Iterations after which it ends in any case. Default 200; two classes take one and the one that confirms it. */
  readonly maxIterations?: number
}

const transportKinds: OptionKinds<GaussianTransportOptions> = {
  ...closedFormKinds,
  tolerance: 'number',
  maxIterations: 'number',
}

/**
 * Maps each class by the optimal transport from its normal N(m_c, S_c) to the barycentre N(m, S) of all, weighted by
 * class sizes: of all ways to give every class one normal, the one that moves users least in the mean of squares.
 * m = sum w_c m_c, and S is the fixed point of
 *
 *     S <- S^-1/2 (sum w_c (S^1/2 S_c S^1/2)^1/2)^2 S^-1/2      (Alvarez-Esteban et al. 2016, Eq. 7)
 *
 * started at the largest class' covariance. Class means and covariances are equal afterwards: a quadratic attacker
 * finds nothing on the users fitted, and is below chance across a split of them. Classes of up to 2 K users have their
 * covariance shrunk towards the common one (`shrinkage`), and match means but not covariances. Directions in which no
 * class varies are left alone but for the mean.
 * @throws RangeError on options or shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes.
 */
export function fitGaussianTransport(
  embedding: Matrix,
  labels: Labels,
  options: GaussianTransportOptions = {},
): Fitted {
  const caller = 'gaussianTransport'
  checkOptions('gaussianTransport', options, transportKinds)
  const { tolerance = 1e-12, maxIterations = 200 } = options
  const classes = checkedClasses(caller, embedding, labels)
  checkPositive(caller, 'tolerance', tolerance)
  checkCount(caller, 'maxIterations', maxIterations)
  const normals = classNormals(embedding, classes)
  const { maps, iterations, standardised } = gaussianTransportMaps(normals, { tolerance, maxIterations })
  const shrunk = normals.map(({ count }) => shrinkage(count, embedding.cols))
  return fittedInClosedForm(
    'gaussian-transport',
    embedding,
    labels,
    { kind: 'by-class', maps },
    { tolerance, maxIterations, iterations, shrinkage: shrunk, ...(standardised && { columns: 'standardised' }) },
    options,
  )
}

/** Directions whose variance within classes is below this fraction of the largest are noise of the arithmetic. */
const negligible = 1e-10
/**
 * Least eigenvalue of a class' covariance beside the largest of all: flatter ones cannot be widened by a linear map.
 */
const flattest = 1e-12

/**
 * The map of each class, and how many iterations the barycentre took, from class moments alone. Users move least in the
 * table's own units; where one column is a thousand times as wide as another, in units of each column's spread
 * (`standardised`).
 */
export function gaussianTransportMaps(
  normals: readonly ClassNormal[],
  options: GaussianTransportOptions = {},
): { maps: AffineMap[]; iterations: number; standardised: boolean } {
  checkOptions('gaussianTransport', options, transportKinds)
  const scales = columnScales(normals)
  const standardised = areUnlike(scales, normals)
  if (!standardised) return { ...mapsOf(normals, options), standardised }
  const { maps, iterations } = mapsOf(inScales(normals, scales), options)
  return { maps: maps.map((map) => outOfScales(map, scales)), iterations, standardised }
}

function mapsOf(
  normals: readonly ClassNormal[],
  options: GaussianTransportOptions,
): { maps: AffineMap[]; iterations: number } {
  const { tolerance = 1e-12, maxIterations = 200 } = options
  const K = normals[0]!.mean.length
  const { count, mean, within } = pooledNormal(normals)
  const eigen = symmetricEigen(within, K)
  const P = eigen.values.filter((value) => value > negligible * eigen.values[0]!).length
  const axes = eigen.vectors.slice(0, P * K)
  const columns = transposed(axes, P, K)
  const covariances = normals.map((normal) =>
    product(product(axes, shrunkCovariance(normal, within), P, K, K), columns, P, K, P),
  )
  const weights = normals.map((normal) => normal.count / count)
  const { barycentre, iterations } = covarianceBarycentre(covariances, weights, P, tolerance, maxIterations)
  const maps = normals.map((normal, c) => {
    const change = transport(covariances[c]!, barycentre, P)
    for (let a = 0; a < P; a++) change[a * P + a]! -= 1
    // Along other directions the identity.
    const linear = product(product(columns, change, K, P, P), axes, K, P, K)
    for (let k = 0; k < K; k++) linear[k * K + k]! += 1
    return affineThrough(linear, normal.mean, mean)
  })
  return { maps, iterations }
}

/** The fixed point for covariances (P, P) of classes with these weights. */
export function covarianceBarycentre(
  covariances: readonly Float64Array[],
  weights: readonly number[],
  P: number,
  tolerance = 1e-12,
  maxIterations = 200,
): { barycentre: Float64Array; iterations: number } {
  const square = (left: Float64Array, right: Float64Array): Float64Array => product(left, right, P, P, P)
  let barycentre = covariances[weights.indexOf(Math.max(...weights))]!
  if (P === 0) return { barycentre, iterations: 0 }
  const widest = Math.max(...covariances.map((covariance) => largestEntry(covariance, P)))
  for (let iteration = 1; ; iteration++) {
    const { root, inverse } = roots(barycentre, P, widest)
    const mean = new Float64Array(P * P)
    covariances.forEach((covariance, c) => {
      const middle = squareRoot(square(square(root, covariance), root), P)
      for (let p = 0; p < P * P; p++) mean[p]! += weights[c]! * middle[p]!
    })
    const half = square(mean, inverse)
    const next = symmetrised(square(transposed(half, P, P), half), P)
    let change = 0
    let size = 0
    for (let p = 0; p < P * P; p++) {
      change += (next[p]! - barycentre[p]!) ** 2
      size += next[p]! ** 2
    }
    barycentre = next
    if (change <= tolerance ** 2 * size || iteration === maxIterations) return { barycentre, iterations: iteration }
  }
}

/** Optimal transport from N(0, A) to N(0, B), (P, P): A^-1/2 (A^1/2 B A^1/2)^1/2 A^-1/2. */
function transport(a: Float64Array, b: Float64Array, P: number): Float64Array {
  const { root, inverse } = roots(a, P, largestEntry(b, P))
  const middle = squareRoot(product(product(root, b, P, P, P), root, P, P, P), P)
  return symmetrised(product(product(inverse, middle, P, P, P), inverse, P, P, P), P)
}

/** Largest variance of a covariance (P, P), at least its largest eigenvalue over P. */
function largestEntry(a: Float64Array, P: number): number {
  let most = 0
  for (let p = 0; p < P; p++) most = Math.max(most, a[p * (P + 1)]!)
  return most
}

/**
 * Roots of a covariance, no direction flatter than a share of its own widest and of `other`: a class may be one point.
 */
function roots(a: Float64Array, P: number, other: number): { root: Float64Array; inverse: Float64Array } {
  const eigen = symmetricEigen(a, P)
  const floor = flattest * Math.max(eigen.values[0]!, other)
  return {
    root: spectralFunction(eigen, (value) => Math.sqrt(Math.max(floor, value))),
    inverse: spectralFunction(eigen, (value) => 1 / Math.sqrt(Math.max(floor, value))),
  }
}

function squareRoot(a: Float64Array, P: number): Float64Array {
  return spectralFunction(symmetricEigen(symmetrised(a, P), P), (value) => Math.sqrt(Math.max(0, value)))
}

function symmetrised(a: Float64Array, P: number): Float64Array {
  return a.map((value, p) => (value + a[(p % P) * P + Math.floor(p / P)]!) / 2)
}

/** The embedding that `fitGaussianTransport` makes. */
export function gaussianTransport(
  embedding: Matrix,
  labels: Labels,
  options: GaussianTransportOptions = {},
): Unlearned {
  return fitGaussianTransport(embedding, labels, options).unlearned
}

/** The method, as `gaussian-transport` in the table of unlearners. */
export const gaussianTransportMethod: Unlearner<GaussianTransportOptions> = {
  unlearn: gaussianTransport,
  fit: fitGaussianTransport,
  defaults: { tolerance: 1e-12, maxIterations: 200 },
  description: 'each class carried onto one normal, their Wasserstein barycentre: nothing left to a quadratic attacker',
}
