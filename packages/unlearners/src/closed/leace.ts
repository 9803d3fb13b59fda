/**
 * @file LEACE: the least change that takes all linear information about labels out, without looking at a user's label.
 */

import { checkOptions, type Labels, type Matrix } from '@indistinct/core'
import { symmetricEigen } from '@indistinct/kernels'
import { affineThrough, type AffineMap } from './affine-map.ts'
import { checkedClasses } from '../checked-classes.ts'
import { classNormals, pooledNormal, type ClassNormal } from './class-normals.ts'
import { columnScales, inScales, outOfScales } from '../linear-algebra/column-scales.ts'
import { closedFormKinds, fittedInClosedForm, type ClosedFormOptions } from './closed-form.ts'
import type { Fitted } from '../fitted/fitted-unlearner.ts'
import { product, transposed } from '../linear-algebra/small-product.ts'
import { spectralFunction } from '../linear-algebra/spectral-function.ts'
import type { Unlearned } from '../unlearned.ts'
import type { Unlearner } from '../unlearner.ts'

/**
 * LEACE (Belrose et al. 2023, Theorem 4.3): of all affine maps after which every class has the same mean, the one that
 * moves users least in the mean of squares, x - W^+ P W (x - E x), with W = (Sigma_xx^1/2)^+ and P the orthogonal
 * projection onto the columns of W Sigma_xz.
 *
 * One map for everyone: it is fitted with labels and applied without any, so users whose label is unknown are covered
 * like others. On the users fitted no linear attacker beats the constant answer. Users who were not fitted keep the
 * error of the estimated means: between two of C classes a squared Mahalanobis distance of about (K - C + 1)(1/n_1 +
 * 1/n_2) for n_1 and n_2 users fitted. Attackers that see more than means (trees, radial kernels) keep whatever else
 * tells classes apart.
 * @throws RangeError on shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes.
 */
export function fitLeace(embedding: Matrix, labels: Labels, options: ClosedFormOptions = {}): Fitted {
  checkOptions('leace', options, closedFormKinds)
  const normals = classNormals(embedding, checkedClasses('leace', embedding, labels))
  const { map, erased } = leaceMap(normals)
  return fittedInClosedForm('leace', embedding, labels, { kind: 'shared', map }, { erased }, options)
}

/** Directions whose variance is below this fraction of the largest count as constant: whitening would blow them up. */
const negligible = 1e-10
/** Directions of W Sigma_xz that are this small beside its largest are rounding: C classes have at most C - 1. */
const roundedOff = 1e-10

/**
 * The map, and the number of directions that it erases, from class moments alone. LEACE follows any change of units of
 * the columns, so columns are first brought to spread 1: a narrow one is then as good as a wide one.
 */
export function leaceMap(given: readonly ClassNormal[]): { map: AffineMap; erased: number } {
  const scales = columnScales(given)
  const { map, erased } = leaceMapOf(inScales(given, scales))
  return { map: outOfScales(map, scales), erased }
}

function leaceMapOf(normals: readonly ClassNormal[]): { map: AffineMap; erased: number } {
  const { count, mean, total } = pooledNormal(normals)
  return erasure({
    mean,
    total,
    means: normals.map((normal) => normal.mean),
    shares: normals.map((normal) => normal.count / count),
  })
}

/** What `erasure` needs: mean (K) and covariance (K, K) of all users, means (C x (K)) and shares of the classes. */
export interface MeansToErase {
  readonly mean: Float64Array
  readonly total: Float64Array
  readonly means: readonly Float64Array[]
  readonly shares: readonly number[]
  /** Directions to erase at most, those that tell most first. Default: all. */
  readonly most?: number
}

/**
 * The projection after which these class means are equal, and the number of directions that it erases; columns of about
 * one scale.
 */
export function erasure({ mean, total, means, shares, most = Infinity }: MeansToErase): {
  map: AffineMap
  erased: number
} {
  const K = mean.length
  const C = means.length
  const eigen = symmetricEigen(total, K)
  const kept = (value: number): boolean => value > negligible * eigen.values[0]!
  const whitening = spectralFunction(eigen, (value) => (kept(value) ? 1 / Math.sqrt(value) : 0))
  const colouring = spectralFunction(eigen, (value) => (kept(value) ? Math.sqrt(value) : 0))
  // Sigma_xz (K, C) for one-hot labels has columns (n_c / n)(mean_c - mean); columns scaled otherwise span the same.
  const cross = new Float64Array(K * C)
  // Means of part of the users have a mean of their own.
  const common = mean.map((_, k) => means.reduce((sum, own, c) => sum + shares[c]! * own[k]!, 0))
  means.forEach((own, c) => {
    const weight = Math.sqrt(shares[c]!)
    for (let k = 0; k < K; k++) cross[k * C + c] = weight * (own[k]! - common[k]!)
  })
  const whitened = product(whitening, cross, K, K, C)
  // Its left singular vectors, from the smaller Gram matrix (C, C): V / s spans the columns.
  const gram = symmetricEigen(product(transposed(whitened, K, C), whitened, C, K, C), C)
  const rank = Math.min(
    most,
    gram.values.slice(0, C - 1).filter((value) => value > roundedOff * gram.values[0]!).length,
  )
  const basis = product(whitened, transposed(gram.vectors.slice(0, rank * C), rank, C), K, C, rank)
  for (let k = 0; k < K; k++) for (let r = 0; r < rank; r++) basis[k * rank + r]! /= Math.sqrt(gram.values[r]!)
  // W^+ P W, where the whitening's pseudo-inverse is the colouring.
  const erasing = product(
    product(colouring, basis, K, K, rank),
    product(transposed(basis, K, rank), whitening, rank, K, K),
    K,
    rank,
    K,
  )
  const linear = erasing.map((value, p) => (p % (K + 1) === 0 ? 1 : 0) - value)
  return { map: affineThrough(linear, mean, mean), erased: rank }
}

/** The embedding that `fitLeace` makes. */
export function leace(embedding: Matrix, labels: Labels, options: ClosedFormOptions = {}): Unlearned {
  return fitLeace(embedding, labels, options).unlearned
}

/** The method, as `leace` in the table of unlearners. */
export const leaceMethod: Unlearner<ClosedFormOptions> = {
  unlearn: leace,
  fit: fitLeace,
  mapsEveryone: true,
  defaults: {},
  description: 'LEACE: one projection for everyone, the least that leaves nothing to a linear attacker',
}
