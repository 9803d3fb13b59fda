/** @file The quadratic attacker: what someone sees who knows each class's mean and covariance. */

import { checkOptions } from '@indistinct/core'
import { scoresOfLogits } from '../models/log-odds-score.ts'
import { discriminant, discriminantOfProducts, type DiscriminantOptions } from '../models/quadratic-discriminant.ts'
import { checkCounts } from './checked-settings.ts'
import { syncAttacker, type SyncAttacker } from './sync-attacker.ts'

/** A quadratic attacker with another regularisation, under a name of its own. */
export function qdaAttacker(name: string, options: DiscriminantOptions): SyncAttacker {
  checkOptions('qdaAttacker', options, { shrinkage: 'any', dimensions: 'number' })
  const { shrinkage = 'oas', dimensions } = options
  if (shrinkage !== 'oas' && !(shrinkage >= 0 && shrinkage <= 1))
    throw new RangeError(`qdaAttacker: expected a shrinkage from 0 to 1 or 'oas', got ${shrinkage}`)
  checkCounts('qdaAttacker', { dimensions })
  return syncAttacker(
    name,
    (x, codes, { classes }) => {
      const logits = discriminant(x, codes, classes, options)
      return (rows) => scoresOfLogits(logits(rows), rows.rows, classes)
    },
    {
      ...(options.shrinkage !== 0 && {
        ofProducts: (products, codes, { classes }) =>
          scoresOfLogits(discriminantOfProducts(products, codes, classes, options), products.asked.rows, classes),
      }),
    },
  )
}

/** Quadratic discriminant analysis; each class's covariance shrunk as `oasShrinkage` says. */
export const qda: SyncAttacker = qdaAttacker('qda', {})
