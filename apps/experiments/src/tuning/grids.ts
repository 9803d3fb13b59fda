/** @file The grids of `npm run tuning`: every point; what was chosen beside yardsticks; the flow on what was chosen. */

import type { Grid, Product } from '@indistinct/stages'
import { tuning } from '../../grids/tuning.ts'
import { chosenPoints, factorsOf, isDefault, nameOf, yardstick, type MeasuredPoint } from './choose.ts'

/** Half of the way to the mean of the 30 nearest rows. */
export const smoothing = { neighbours: 30, share: 0.5 }

/** The products of the tuning grid on `datasets`. */
export function pointsGrid(datasets: readonly string[]): Grid {
  return { ...tuning, products: tuning.products.filter((product) => datasets.includes(product.datasets[0]!.name)) }
}

/** The data sets that the grid has. */
export const tunedDatasets: readonly string[] = [
  ...new Set(tuning.products.flatMap(({ datasets }) => datasets.map(({ name }) => name))),
]

/** Where the flow is run on what was chosen: on Last.fm the attacks take a quarter of an hour, and are left out. */
export const flowDatasets: readonly string[] = ['ml-100k', 'ml-1m']

/** The flow on what was chosen among `points` at K = 16, attacked as `npm start` does under five folds. */
export function flowGrid(points: readonly MeasuredPoint[], datasets: readonly string[]): Grid {
  const chosen = chosenPoints(points).filter(
    ({ dataset, recommender, factors }) => datasets.includes(dataset) && recommender !== yardstick && factors === 16,
  )
  const products = chosen.map(({ dataset, recommender, options }): Product => ({
    datasets: [{ name: dataset }],
    recommenders: [{ name: recommender, options }],
    methods: [{ name: 'flow' }],
    attackers: [{ name: 'mlp' }, { name: 'xgb' }],
    protocols: [{ name: 'five-fold', options: { repeats: 1 } }],
    attributes: ['gender'],
    seeds: [42],
    reports: false,
  }))
  return { name: 'tuning-flow', title: 'The flow on tuned models', products }
}

/** Defaults and what was chosen among `points`, smoothed too, and the yardsticks. */
export function comparisonGrid(points: readonly MeasuredPoint[], datasets: readonly string[]): Grid {
  const chosen = new Map(chosenPoints(points).map((point) => [nameOf(point), point.options]))
  const products = pointsGrid(datasets).products.map((product): Product => {
    const [dataset] = product.datasets
    const [first] = product.recommenders
    const plain = product.recommenders.filter(({ options }) => isDefault(options!))
    const best = chosen.get(
      nameOf({ dataset: dataset!.name, recommender: first!.name, factors: factorsOf(first!.name, first!.options!) }),
    )
    return {
      ...product,
      recommenders: [...plain, ...(best ? [{ name: first!.name, options: best }] : [])],
      smoothing,
      yardsticks: [{ name: 'ease' }],
    }
  })
  return { name: 'tuning-comparison', title: 'Defaults and tuned settings beside yardsticks', products }
}
