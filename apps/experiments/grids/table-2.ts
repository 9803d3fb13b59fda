/**
 * @file The paper's Table 2: users, items and interactions of the data sets, as loaded and after the 5-core filter.
 * Nothing is trained.
 *
 *     npx indistinct reproduce table-2
 */

import type { Grid } from '@indistinct/stages'
import { paper } from '../protocols/paper.ts'
import { productOf } from '../src/experiment-protocol.ts'

export const table2: Grid = {
  name: 'table-2',
  title: 'The data sets',
  products: [
    {
      ...productOf(paper, {
        datasets: ['ml-100k', 'ml-1m', 'lfm-2b-synthetic'],
        recommenders: ['lightgcn'],
        seeds: [1],
      }),
      until: 'prepare',
    },
  ],
}
