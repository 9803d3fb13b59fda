/**
 * @file The paper's Figure 2: what alpha, the weight of staying close to the trained embedding, does to attacks and to
 * recommendation quality.
 *
 *     npx indistinct reproduce figure-2 --datasets ml-100k
 *     npm start -- --grid figure-2 --json > results.json
 */

import type { Grid } from '@indistinct/stages'
import { paper } from '../protocols/paper.ts'
import { alphaSweepOf, productOf } from '../src/experiment-protocol.ts'

export const figure2: Grid = {
  name: 'figure-2',
  title: 'Trade-off between unlearning and recommendation quality over alpha',
  products: [
    alphaSweepOf(
      paper,
      productOf(paper, {
        datasets: ['ml-100k'],
        recommenders: ['nmf', 'lightgcn'],
        methods: ['u2u-r', 'd2d-r'],
        seeds: [1, 2, 3],
        figures: ['trade-off'],
      }),
    ),
  ],
}
