/**
 * @file The paper's Figure 2: what alpha, the weight of staying close to the trained embedding, does to attacks and to
 * recommendation quality.
 *
 *     npm start -- --grid figure-2 --json > results.json
 */

import type { Grid } from '@indistinct/stages'

const alphas = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]

export const figure2: Grid = {
  name: 'figure-2',
  title: 'Trade-off between unlearning and recommendation quality over alpha',
  products: [
    {
      datasets: [{ name: 'ml-100k' }],
      recommenders: [{ name: 'nmf' }, { name: 'lightgcn' }],
      methods: alphas.flatMap((tradeOff) => [{ name: 'u2u-r', options: { tradeOff } }, { name: 'd2d-r', options: { tradeOff } }]),
      attackers: [{ name: 'mlp' }, { name: 'xgb' }],
      protocols: [{ name: 'paper', options: { repeats: 1 } }],
      attributes: ['gender'],
      seeds: [1, 2, 3],
      reports: false,
    },
  ],
}
