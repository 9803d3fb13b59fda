/**
 * @file The paper's Tables 3 (attacks), 4 (recommendation) and 5 (time): unlearning after training, ten repetitions on
 * three data sets. LFM-2b is no longer public; its generated twin stands in.
 *
 *     npm start -- --grid tables-3-to-5 --json > results.json
 *
 * The calibrated flow and the exact minimiser of U2U-R stand beside the paper's two methods.
 */

import type { Grid } from '@indistinct/stages'

export const tables3To5: Grid = {
  name: 'tables-3-to-5',
  title: 'Attacks, recommendation quality and time of unlearning after training',
  products: [
    {
      datasets: [{ name: 'ml-100k' }, { name: 'ml-1m' }, { name: 'lfm-2b-synthetic' }],
      recommenders: [{ name: 'nmf' }, { name: 'lightgcn' }],
      methods: [{ name: 'u2u-r' }, { name: 'u2u-r-closed' }, { name: 'd2d-r' }, { name: 'flow' }],
      attackers: [{ name: 'mlp' }, { name: 'xgb' }],
      // One draw of users a seed: the repetitions are the seeds.
      protocols: [{ name: 'paper', options: { repeats: 1 } }],
      attributes: ['gender'],
      seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      reports: false,
    },
  ],
}
