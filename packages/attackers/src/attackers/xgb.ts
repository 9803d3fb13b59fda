/**
 * @file The paper's XGB attacker: XGBoost with its defaults (100 rounds of depth 6, learning rate 0.3, exact method).
 */

import { checkXgbOptions, fitXgb, type XgbOptions } from '@indistinct/xgboost'
import type { Attacker } from '../attacker.ts'
import { columnBins } from '../models/column-bins.ts'

/**
 * Most values of known users that trees are grown from exactly: a fit takes 0.3 s then, one from histograms a fifth.
 * Trees on bins reach the AUC of exact ones (xgb.test.ts); p is exact of either.
 */
export const exactValues = 2 ** 15

/** Bins of a column of so many known users: 16 to 64, of 48 users each where there are enough. */
export function binsOf(known: number): number {
  return Math.min(64, Math.max(16, Math.floor(known / 48)))
}

export type XgbAttackerOptions = Omit<XgbOptions, 'objective' | 'classes' | 'seed'>

/** An XGBoost attacker with other settings, under a name of its own. @throws RangeError on settings that it refuses. */
export function xgbAttacker(name: string, options: XgbAttackerOptions): Attacker {
  checkXgbOptions('xgbAttacker', options)
  for (const name of ['objective', 'classes', 'seed'])
    if (Object.hasOwn(options, name)) throw new RangeError(`xgbAttacker: expected no ${name}: every attack has its own`)
  return {
    name,
    scaleFree: true,
    async fit(x, codes, { classes, seed }) {
      const several = classes > 2 ? ({ objective: 'multi:softprob', classes } as const) : {}
      const maxBins = binsOf(x.rows)
      const bins =
        options.treeMethod === undefined && x.rows * x.cols > exactValues ? columnBins(x, maxBins) : undefined
      const binned = bins && ({ treeMethod: 'hist', maxBins } as const)
      const model = await fitXgb(bins ? bins(x) : x, codes, { ...options, ...several, ...binned, seed })
      return {
        async scores(rows) {
          const probabilities = await model.predict(bins ? bins(rows) : rows)
          if (classes > 2) return probabilities
          const data = new Float32Array(2 * rows.rows)
          for (let i = 0; i < rows.rows; i++) {
            data[2 * i] = 1 - probabilities.data[i]!
            data[2 * i + 1] = probabilities.data[i]!
          }
          return { rows: rows.rows, cols: 2, data }
        },
      }
    },
  }
}

export const xgb: Attacker = xgbAttacker('xgb', {})
