/**
 * @file The paper's Tables 3 (attacks), 4 (recommendation) and 5 (time) under the protocol `paper`: every method, ten
 * repetitions on three data sets. LFM-2b is no longer public; its generated twin stands in.
 *
 *     npx indistinct reproduce table-3
 *     npm start -- --grid tables-3-to-5 --json > results.json
 *
 * Shows who brings attackers down and at what price: U2U-R blinds the MLP and not XGBoost, D2D-R and the flow both.
 */

import type { Grid } from '@indistinct/stages'
import { paper } from '../protocols/paper.ts'
import { productOf } from '../src/experiment-protocol.ts'

export const tables3To5: Grid = {
  name: 'tables-3-to-5',
  title: 'Attacks, recommendation quality and time of unlearning',
  products: [
    productOf(paper, {
      datasets: ['ml-100k', 'ml-1m', 'lfm-2b-synthetic'],
      recommenders: ['nmf', 'lightgcn'],
      seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    }),
  ],
}
