/** @file Gradient-boosted regression trees: XGBoost's squared error with the settings of the paper's XGB attacker. */

import { fitXgb, type XgbOptions } from '@indistinct/xgboost'
import type { Regressor } from './regressor.ts'
import { meanOf } from './ridge.ts'

/** Boosted trees with other settings, under a name of their own. */
function xgbRegressor(
  name: string,
  options: Pick<XgbOptions, 'rounds' | 'maxDepth' | 'eta' | 'treeMethod' | 'engine'> = {},
): Regressor {
  return {
    name,
    scaleFree: true,
    async fit(x, values, { seed }) {
      // XGBoost starts from 0.5 whatever it is asked: values less their mean start from nearly nothing known.
      const means = values.map(meanOf)
      const models = await inGroups(values, (y, b) =>
        fitXgb(
          x,
          y.map((value) => value - means[b]!),
          { ...options, objective: 'reg:squarederror', seed },
        ),
      )
      return {
        predict: (rows) =>
          inGroups(models, async (model, b) =>
            Float64Array.from((await model.predict(rows)).data, (value) => value + means[b]!),
          ),
      }
    },
  }
}

/** 100 trees of depth 6, learning rate 0.3, exact method. */
export const xgbRegression: Regressor = xgbRegressor('xgb-regression')

/** Side by side, but not all at once: each holds a copy of the features while it waits. */
async function inGroups<T, R>(items: readonly T[], run: (item: T, at: number) => Promise<R>): Promise<R[]> {
  const together = 16
  const out: R[] = []
  for (let from = 0; from < items.length; from += together)
    out.push(...(await Promise.all(items.slice(from, from + together).map((item, g) => run(item, from + g)))))
  return out
}
