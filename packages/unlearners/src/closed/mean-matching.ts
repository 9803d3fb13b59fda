/**
 * @file Mean matching: every class moved, as it is, onto one mean. The lowest rung of the ladder that removes a leak.
 */

import { checkOptions, type Labels, type Matrix } from '@indistinct/core'
import { translation, type AffineMap } from './affine-map.ts'
import { checkedClasses } from '../checked-classes.ts'
import { classNormals, pooledNormal, type ClassNormal } from './class-normals.ts'
import { closedFormKinds, fittedInClosedForm, type ClosedFormOptions } from './closed-form.ts'
import type { Fitted } from '../fitted/fitted-unlearner.ts'
import type { Unlearned } from '../unlearned.ts'
import type { Unlearner } from '../unlearner.ts'

/**
 * Adds to each user of class c the same vector, mean - mean_c, so that class means are equal afterwards: the least
 * movement (Eq. 7) of any method that makes them so.
 *
 * This is the oracle form of LEACE (Belrose et al. 2023, x - Sigma_xz Sigma_zz^+ (z - E z)) where the concept z is a
 * label, one-hot: the residual of a regression on labels is the deviation from the class mean. No linear attacker is
 * above chance on the users fitted; one trained on some of them and tested on others is below it, since their means
 * then oppose each other.
 * @throws RangeError on shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes.
 */
export function fitMeanMatching(embedding: Matrix, labels: Labels, options: ClosedFormOptions = {}): Fitted {
  checkOptions('meanMatching', options, closedFormKinds)
  const normals = classNormals(embedding, checkedClasses('meanMatching', embedding, labels))
  return fittedInClosedForm(
    'mean-matching',
    embedding,
    labels,
    { kind: 'by-class', maps: meanMatchingMaps(normals) },
    {},
    options,
  )
}

/** The map of each class, from class moments alone. */
export function meanMatchingMaps(normals: readonly ClassNormal[]): AffineMap[] {
  const { mean } = pooledNormal(normals)
  return normals.map((normal) => translation(mean.map((value, k) => value - normal.mean[k]!)))
}

/** The embedding that `fitMeanMatching` makes. */
export function meanMatching(embedding: Matrix, labels: Labels, options: ClosedFormOptions = {}): Unlearned {
  return fitMeanMatching(embedding, labels, options).unlearned
}

/** The method, as `mean-matching` in the table of unlearners. */
export const meanMatchingMethod: Unlearner<ClosedFormOptions> = {
  unlearn: meanMatching,
  fit: fitMeanMatching,
  defaults: {},
  description: 'every class moved onto one mean: LEACE with the label of each user at hand',
}
