/** @file The grid of `npm start`. */

import type { Grid } from '@indistinct/stages'
import { tunedSettings } from '../src/tuned.ts'

/**
 * A tenth of the labels of 2,000 users teaches an attacker about as much as four fifths of those of MovieLens 100K, and
 * leaves 1,800 to be asked: enough for a verdict.
 */
const protocols = [{ name: 'paper', options: { repeats: 3 } }]

export const main: Grid = {
  name: 'main',
  title: 'Attribute unlearning on the synthetic data set',
  products: [
    {
      datasets: [{ name: 'synthetic', options: { users: 2000, items: 400, femaleShare: 0.5 } }],
      recommenders: [{ name: 'lightgcn' }],
      methods: [{ name: 'flow' }],
      attackers: [{ name: 'mlp' }, { name: 'xgb' }],
      protocols,
      observed: { attackers: [{ name: 'mlp' }, { name: 'xgb' }], protocols },
      // Of several recommenders: who gets one may hold the others.
      release: true,
      // What was chosen on validation items, where data sets were tuned; the synthetic one keeps the recommenders'
      // defaults.
      settings: tunedSettings(16),
      attributes: ['gender'],
      seeds: [42],
    },
  ],
}
