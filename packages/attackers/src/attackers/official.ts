/** @file The attackers as the authors' code sets them, which differs from the paper's text. */

import { on, type BatteryEntry } from '../battery-entry.ts'
import { mlpAttacker } from './mlp.ts'
import { xgbAttacker } from './xgb.ts'

/** The MLP attacker of the authors' code: at most 500 epochs under a learning rate of 0.01. */
export const officialMlp = mlpAttacker('mlp-official', { maxEpochs: 500, learningRate: 0.01 })

/** The XGBoost attacker of the authors' code: 50 trees of depth 4 under a learning rate of 0.5. */
export const officialXgb = xgbAttacker('xgb-official', { rounds: 50, maxDepth: 4, eta: 0.5 })

export const officialMlpEntry: BatteryEntry = {
  attacker: officialMlp,
  unsigned: true,
  description: 'mlp as the authors’ code sets it: at most 500 epochs under a learning rate of 0.01',
  attacks: on('paper', ['raw', 'standardised'], 0),
}

export const officialXgbEntry: BatteryEntry = {
  attacker: officialXgb,
  unsigned: true,
  description: 'xgb as the authors’ code sets it: 50 trees of depth 4',
  ownThreads: true,
  attacks: on('paper', ['raw'], 0),
}
