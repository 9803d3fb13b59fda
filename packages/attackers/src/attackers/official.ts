/** @file The attackers as the authors' code sets them, which differs from the paper's text. */

import { mlpAttacker } from './mlp.ts'
import { xgbAttacker } from './xgb.ts'

/** The MLP attacker of the authors' code: at most 500 epochs under a learning rate of 0.01. */
export const officialMlp = mlpAttacker('mlp-official', { maxEpochs: 500, learningRate: 0.01 })

/** The XGBoost attacker of the authors' code: 50 trees of depth 4 under a learning rate of 0.5. */
export const officialXgb = xgbAttacker('xgb-official', { rounds: 50, maxDepth: 4, eta: 0.5 })
