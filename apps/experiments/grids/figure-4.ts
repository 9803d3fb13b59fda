/**
 * @file The paper's Figure 4: histograms of every dimension by gender before and after each method, over as many men as
 * women.
 *
 *     npx indistinct reproduce figure-4 --datasets ml-100k
 */

import type { Grid } from '@indistinct/stages'
import { paper } from '../protocols/paper.ts'
import { productOf } from '../src/experiment-protocol.ts'

export const figure4: Grid = {
  name: 'figure-4',
  title: 'Dimensions of the embedding by gender, before and after unlearning',
  products: [
    productOf(paper, {
      datasets: ['ml-100k'],
      recommenders: ['nmf', 'lightgcn'],
      methods: ['u2u-r', 'd2d-r', 'flow'],
      seeds: [1],
      figures: ['histograms'],
    }),
  ],
}
