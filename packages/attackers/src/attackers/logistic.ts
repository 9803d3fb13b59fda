/** @file The logistic attacker: what a linear attacker sees. */

import { checkOptions, type Matrix } from '@indistinct/core'
import {
  fitLogistic,
  logisticLogits,
  logisticLogitsOfProducts,
  type LogisticOptions,
} from '../models/logistic-regression.ts'
import { scoresOfLogits, scoresOfLogOdds } from '../models/log-odds-score.ts'
import { checkSizes } from './checked-settings.ts'
import { syncAttacker, type SyncAttacker } from './sync-attacker.ts'

/** A logistic attacker with another penalty, under a name of its own. */
export function logisticAttacker(name: string, options: LogisticOptions): SyncAttacker {
  checkOptions('logisticAttacker', options, { inverseStrength: 'number' })
  checkSizes('logisticAttacker', { inverseStrength: options.inverseStrength })
  const scoresOf = (logits: Float64Array, rows: number, classes: number): Matrix =>
    classes === 2 ? scoresOfLogOdds(logits) : scoresOfLogits(logits, rows, classes)
  return syncAttacker(
    name,
    (x, codes, { classes }) => {
      const model = fitLogistic(x, codes, classes, options)
      return (rows) => scoresOf(logisticLogits(model, rows), rows.rows, classes)
    },
    {
      ofProducts: (products, codes, { classes }) =>
        scoresOf(logisticLogitsOfProducts(products, codes, classes, options), products.asked.rows, classes),
    },
  )
}

/** L2-penalised multinomial logistic regression with C = 1, scikit-learn's default. */
export const logistic: SyncAttacker = logisticAttacker('logistic', {})
