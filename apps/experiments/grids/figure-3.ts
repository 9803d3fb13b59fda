/**
 * @file The paper's Figure 3: t-SNE maps of users by label and by what the attackers predict, as trained, after U2U-R,
 * D2D-R and the flow.
 *
 *     npx indistinct reproduce figure-3 --datasets ml-100k
 */

import type { Grid } from '@indistinct/stages'
import { paper } from '../protocols/paper.ts'
import { productOf } from '../src/experiment-protocol.ts'

export const figure3: Grid = {
  name: 'figure-3',
  title: 'Maps of users before and after unlearning',
  products: [
    productOf(paper, {
      datasets: ['ml-100k'],
      recommenders: ['nmf', 'lightgcn'],
      methods: ['u2u-r', 'd2d-r', 'flow'],
      seeds: [1],
      figures: ['t-sne'],
    }),
  ],
}
