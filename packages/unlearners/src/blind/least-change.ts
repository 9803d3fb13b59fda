/** @file The least move of a class's users that changes their covariance by what is asked. */

import { symmetricEigen } from '@indistinct/kernels'
import { product, transposed } from '../linear-algebra/small-product.ts'

/**
 * Share of what the model would answer for, were it independent of place, below which a direction is not divided by
 * less.
 */
const leastAnswer = 0.1

/**
 * The symmetric A (P, P) with C A + A C = -asked, Lyapunov's equation. C is `cross` made symmetric: the covariance
 * weighted by what a model says of the class, times what the label itself deviates from its share, whose mean is `rho`.
 * Its values are held from 0, by the `spreads` (P) of all users.
 */
export function leastChange(
  cross: Float64Array,
  asked: Float64Array,
  spreads: Float64Array,
  rho: number,
): Float64Array {
  const P = spreads.length
  const { values, vectors } = symmetricEigen(
    cross.map((value, p) => (value + cross[(p % P) * P + Math.floor(p / P)]!) / 2),
    P,
  )
  // Variance along each eigenvector: what the value is, over rho, where the model does not depend on place.
  const plain = values.map((_, a) => spreads.reduce((sum, spread, b) => sum + (spread * vectors[a * P + b]!) ** 2, 0))
  const held = values.map((value, a) => Math.max(value, leastAnswer * rho * plain[a]!))
  const turned = product(product(vectors, asked, P, P, P), transposed(vectors, P, P), P, P, P)
  const inner = turned.map((value, p) => -value / (held[Math.floor(p / P)]! + held[p % P]!))
  return product(product(transposed(vectors, P, P), inner, P, P, P), vectors, P, P, P)
}
