/**
 * @file The forest attacker: trees grown until their leaves hold one label, each on other rows and, at every node,
 * other columns. It sees what is local, in any direction along the columns, where boosted trees of little depth do not.
 */

import { checkOptions } from '@indistinct/core'
import type { XgbOptions } from '@indistinct/xgboost'
import type { Attacker } from '../attacker.ts'
import { checkCounts } from './checked-settings.ts'
import { xgbAttacker } from './xgb.ts'

export interface ForestOptions extends Pick<XgbOptions, 'engine'> {
  /** 100. */
  readonly trees?: number
}

/** A forest with other settings, under a name of its own. */
export function forestAttacker(name: string, options: ForestOptions): Attacker {
  checkOptions<ForestOptions>('forestAttacker', options, { trees: 'number', engine: 'string' })
  const { trees = 100, ...engine } = options
  checkCounts('forestAttacker', { trees })
  return {
    name,
    scaleFree: true,
    fit(x, codes, options) {
      // A share of 0.632 is what a bootstrap draws of different rows; the square root of the columns is scikit-learn's
      // choice.
      const settings = {
        rounds: 1,
        eta: 1,
        maxDepth: 20,
        minChildWeight: 0,
        lambda: 1e-5,
        subsample: 0.632,
        columnsByNode: 1 / Math.sqrt(x.cols),
      }
      return xgbAttacker(name, { ...settings, parallelTrees: trees, ...engine }).fit(x, codes, options)
    },
  }
}

/**
 * A random forest of 100 trees, grown by XGBoost. Its AUCs are those of scikit-learn's RandomForestClassifier to about
 * 0.02. The two engines of XGBoost draw differently: its figures are the same in one engine alone.
 */
export const forest: Attacker = forestAttacker('forest', {})
