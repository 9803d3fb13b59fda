/** @file The attackers of a number that an audit runs, as `battery` has those of labels. */

import { on, type BatteryAttack } from '../battery-entry.ts'
import { kernelRidge } from './kernel-ridge.ts'
import type { Regressor } from './regressor.ts'
import { ridge } from './ridge.ts'
import { xgbRegression } from './xgb-regression.ts'

export interface RegressionEntry {
  readonly regressor: Regressor
  readonly description: string
  readonly attacks: readonly BatteryAttack[]
}

export const regressionBattery: Readonly<Record<string, RegressionEntry>> = {
  ridge: {
    regressor: ridge,
    description: 'ridge regression: what a linear attacker sees of a number',
    attacks: [...on('paper', ['standardised', 'whitened'], 3), ...on('five-fold', ['standardised'], 1)],
  },
  'kernel-ridge': {
    regressor: kernelRidge,
    description: 'kernel ridge regression with a Gaussian kernel: what tells a number smoothly',
    attacks: [...on('paper', ['standardised', 'whitened'], 3), ...on('five-fold', ['standardised'], 1)],
  },
  'xgb-regression': {
    regressor: xgbRegression,
    description: 'XGBoost on squared error, 100 trees of depth 6: what thresholds tell of a number',
    attacks: [...on('paper', ['raw'], 1), ...on('five-fold', ['raw'], 0)],
  },
}
