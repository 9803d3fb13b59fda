/** @file The grid of `npm start`. */

import type { Grid } from '@indistinct/stages'
import { tunedSettings } from '../src/tuned.ts'

export const main: Grid = {
  name: 'main',
  title: 'Attribute unlearning on the synthetic data set',
  products: [
    {
      datasets: [{ name: 'synthetic' }],
      recommenders: [{ name: 'lightgcn' }],
      methods: [{ name: 'flow' }],
      attackers: [{ name: 'mlp' }, { name: 'xgb' }],
      // Half of the usual repeats: the first look takes a minute, not two.
      protocols: [
        { name: 'paper', options: { repeats: 5 } },
        { name: 'five-fold', options: { repeats: 1 } },
      ],
      // From outside, the attack of a user who knows most labels.
      observed: {
        attackers: [{ name: 'mlp' }, { name: 'xgb' }],
        protocols: [{ name: 'five-fold', options: { repeats: 1 } }],
      },
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
