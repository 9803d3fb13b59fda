/** @file The second term of Eq. 1: what ties users to where they were, or to the items that they were recommended. */

import type { Matrix } from '@indistinct/core'
import { frobenius, type Loss } from '@indistinct/losses'

/**
 * What alpha weighs, with the name that the result and the trace give it: such as `margin` of @indistinct/losses on
 * scores, where the items' embeddings are at hand. Users without a label move unless their rows of its gradient are
 * zero.
 */
export interface KeptLoss {
  readonly name: string
  readonly loss: (theta: Matrix) => Loss
}

/** ||theta - theta*||_F^2 (Eq. 7), the default. */
export function movementFrom(embedding: Matrix): KeptLoss {
  return { name: 'movement', loss: (theta) => frobenius(theta, embedding) }
}

/**
 * Eq. 1 at theta: `distance` + alpha times what is kept. The gradient of `distance` is added to in place.
 * @param measured what a row of the trace says of the distance
 */
export function withKept(
  theta: Matrix,
  distance: Loss,
  tradeOff: number,
  { name, loss }: KeptLoss,
  measured: Readonly<Record<string, number>>,
): Loss & { readonly measured: Readonly<Record<string, number>> } {
  const kept = loss(theta)
  const gradient = distance.gradient
  for (let p = 0; p < gradient.data.length; p++) gradient.data[p]! += tradeOff * kept.gradient.data[p]!
  return { value: distance.value + tradeOff * kept.value, gradient, measured: { ...measured, [name]: kept.value } }
}
