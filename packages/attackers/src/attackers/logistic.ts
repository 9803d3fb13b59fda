/** @file The logistic attacker: what a linear attacker sees. */

import { logisticLogits, fitLogistic, type LogisticOptions } from '../models/logistic-regression.ts'
import { scoresOfLogits, scoresOfLogOdds } from '../models/log-odds-score.ts'
import { syncAttacker, type SyncAttacker } from './sync-attacker.ts'

/** A logistic attacker with another penalty, under a name of its own. */
export function logisticAttacker(name: string, options: LogisticOptions): SyncAttacker {
  return syncAttacker(name, (x, codes, { classes }) => {
    const model = fitLogistic(x, codes, classes, options)
    return (rows) => {
      const logits = logisticLogits(model, rows)
      return classes === 2 ? scoresOfLogOdds(logits) : scoresOfLogits(logits, rows.rows, classes)
    }
  })
}

/** L2-penalised multinomial logistic regression with C = 1, scikit-learn's default. */
export const logistic: SyncAttacker = logisticAttacker('logistic', {})
