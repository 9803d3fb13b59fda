/**
 * @file EASE (Steck 2019): a linear model from items to items in closed form. It has no user table, so there is nothing
 * to unlearn and nothing to leak: it is the yardstick that recommenders with tables are held against.
 */

import { checkOptions, positiveInverse, usageError } from '@indistinct/core'
import { checkTrainingData, type TrainingData } from '../training-data.ts'
import { bestItems, type Yardstick } from './yardstick.ts'

export interface EaseOptions {
  /** Ridge penalty lambda on the weights. */
  readonly l2: number
}

export const easeDefaults: EaseOptions = { l2: 300 }

/**
 * Two (items, items) tables in float64 are held at once: 1.6 GB at this number, and a minute and a half of one core a
 * 5,000.
 */
const mostItems = 10_000

/**
 * Item weights B (items, items), diagonal 0, that minimise ||X - X B||^2 + l2 ||B||^2 for the binary training
 * interactions X: B = I - P / diag(P) with P the inverse of X'X + l2 I.
 * @throws IndistinctError 'usage' for more items than fit in memory; RangeError for an l2 that is not positive.
 */
export function easeWeights(data: TrainingData, { l2 }: EaseOptions = easeDefaults): Float64Array {
  const { train, items } = data
  if (!(l2 > 0 && l2 < Infinity)) throw new RangeError(`ease: expected a positive l2, got ${l2}`)
  if (items > mostItems)
    throw usageError(
      `ease: expected at most ${mostItems} items, whose products fit in memory, got ${items}; leave rare items ` +
        'out with a larger --core',
    )
  const gram = new Float64Array(items * items)
  for (let u = 0; u < train.rows; u++) {
    const row = train.indices.subarray(train.indptr[u]!, train.indptr[u + 1]!)
    for (const i of row) for (const j of row) gram[i * items + j]!++
  }
  for (let i = 0; i < items; i++) gram[i * items + i]! += l2
  const weights = positiveInverse(gram, items)
  const diagonal = Float64Array.from({ length: items }, (_, j) => weights[j * items + j]!)
  for (let i = 0; i < items; i++)
    for (let j = 0; j < items; j++) weights[i * items + j] = i === j ? 0 : -weights[i * items + j]! / diagonal[j]!
  return weights
}

/** Ranks by the sum of the weights from each user's training items, in float64. */
export function ease(data: TrainingData, given: Partial<EaseOptions> = {}): Yardstick {
  checkOptions('ease', given, { l2: 'number' })
  checkTrainingData(data)
  const { train, items } = data
  const options = { ...easeDefaults, ...given }
  const weights = easeWeights(data, options)
  const scores = new Float64Array(items)
  return {
    name: 'ease',
    options: { ...options },
    rank: (seen, k) =>
      bestItems(data.users, items, seen, k, (user) => {
        scores.fill(0)
        for (let p = train.indptr[user]!; p < train.indptr[user + 1]!; p++) {
          const row = weights.subarray(train.indices[p]! * items, (train.indices[p]! + 1) * items)
          for (let j = 0; j < items; j++) scores[j]! += row[j]!
        }
        return scores
      }),
  }
}
