/** @file The grid of `npm start`. */

import type { Grid } from '@indistinct/stages'

export const main: Grid = {
  name: 'main',
  title: 'Attribute unlearning on the synthetic data set',
  products: [
    {
      datasets: [{ name: 'synthetic' }],
      recommenders: [{ name: 'lightgcn' }],
      methods: [{ name: 'flow' }],
      attackers: [{ name: 'mlp' }, { name: 'xgb' }],
      protocols: [{ name: 'paper' }, { name: 'five-fold' }],
      attributes: ['gender'],
      seeds: [42],
    },
  ],
}
