/** @file The radius attacker: logistic regression on how far from class centroids users lie, not on where. */

import type { Matrix } from '@indistinct/core'
import { fitLogistic, logisticLogits } from '../models/logistic-regression.ts'
import { scoresOfLogits, scoresOfLogOdds } from '../models/log-odds-score.ts'
import { fitShells, radiusFeatures, radiusFeaturesOfProducts } from '../models/radius-features.ts'
import { standardiser } from '../models/standardise.ts'
import { syncAttacker, type Scorer, type SyncAttacker } from './sync-attacker.ts'

/** Logistic regression (C = 1) on standardised `radiusFeatures`. */
export const radius: SyncAttacker = syncAttacker(
  'radius',
  (x, codes, { classes }) => {
    const { shells, features } = fitShells(x, codes, classes)
    const scorer = fitFeatures(features, codes, classes)
    return (rows) => scorer(radiusFeatures(shells, rows))
  },
  {
    ofProducts(products, codes, { classes }) {
      const { known, asked } = radiusFeaturesOfProducts(products, codes, classes)
      return fitFeatures(known, codes, classes)(asked)
    },
  },
)

function fitFeatures(features: Matrix, codes: Int32Array, classes: number): Scorer {
  const standardise = standardiser(features)
  const model = fitLogistic(standardise(features), codes, classes)
  return (rows) => {
    const logits = logisticLogits(model, standardise(rows))
    return classes === 2 ? scoresOfLogOdds(logits) : scoresOfLogits(logits, rows.rows, classes)
  }
}
