/** @file What the frontier is measured on: models, the rungs of the ladder that each goes through, and their grid. */

import { battery } from '@indistinct/attackers'
import type { Choice, Grid, Options, Product } from '@indistinct/stages'
import type { UnlearnerName } from '@indistinct/unlearners'
import { tunedOptions } from '../tuned.ts'

/** One trained model. */
export interface Cell {
  readonly dataset: string
  readonly recommender: string
  /** Dimensions of each user table. */
  readonly factors: number
  readonly seed: number
  /** Trained under the options chosen on validation items; under the recommender's defaults when absent. */
  readonly tuned?: true
}

/** A method, the flow in the metric of scores or at twice the level of chance, or the model as it was trained. */
export type Rung = 'original' | UnlearnerName | 'flow-scores' | 'flow-level-2'

/** The method that a rung is. */
function methodOf(rung: Exclude<Rung, 'original'>): Choice {
  if (rung === 'flow-scores') return { name: 'flow', options: { metric: 'scores' } }
  return rung === 'flow-level-2' ? { name: 'flow', options: { level: 2 } } : { name: rung }
}

const recommenders = ['lightgcn', 'nmf']

/**
 * Data sets by size of their tables, in the order of work: whatever a run gets done has the small ones at every seed.
 * Seed 42 is that of `npm start`, on whose validation items the flow's defaults were chosen.
 */
const plan: readonly {
  readonly datasets: readonly string[]
  readonly sizes: readonly number[]
  readonly seeds: readonly number[]
  readonly tuned?: true
}[] = [
  { datasets: ['ml-100k', 'ml-1m', 'lastfm'], sizes: [16], seeds: [42], tuned: true },
  { datasets: ['ml-100k', 'ml-1m', 'lastfm'], sizes: [64], seeds: [42], tuned: true },
  { datasets: ['ml-100k', 'ml-1m', 'lastfm'], sizes: [16, 64], seeds: [1, 2, 3, 4], tuned: true },
  { datasets: ['ml-100k'], sizes: [16], seeds: [42, 1, 2, 3, 4] },
  { datasets: ['ml-1m'], sizes: [16], seeds: [42] },
  { datasets: ['ml-100k'], sizes: [64], seeds: [42, 1, 2, 3, 4] },
  { datasets: ['lastfm'], sizes: [16], seeds: [42, 1, 2, 3, 4] },
  { datasets: ['ml-1m'], sizes: [16], seeds: [1, 2, 3, 4] },
  { datasets: ['lastfm', 'ml-1m'], sizes: [64], seeds: [42, 1, 2, 3, 4] },
]

export const cells: readonly Cell[] = plan.flatMap(({ datasets, sizes, seeds, tuned }) =>
  seeds.flatMap((seed) =>
    sizes.flatMap((factors) =>
      datasets.flatMap((dataset) =>
        recommenders.map((recommender) => ({ dataset, recommender, factors, seed, ...(tuned && { tuned }) })),
      ),
    ),
  ),
)

/**
 * The rungs in the order of their guarantees. D2D-R takes 1,000 passes, and so runs on the smallest data set alone;
 * elsewhere the closed forms, and what costs the flow less, are compared at seed 42.
 */
export function rungsOf({ dataset, seed }: Cell): readonly Rung[] {
  const closed = ['mean-matching', 'leace', 'gaussian-transport'] as const
  if (dataset === 'ml-100k') return ['original', 'flow', ...closed, 'd2d-r']
  return ['original', 'flow', ...(seed === 42 ? (['flow-scores', 'flow-level-2', ...closed] as const) : [])]
}

/** Options of training: as tuned, or the recommender's defaults at `factors` dimensions, NMF's tower in proportion. */
function trainingOptions({ dataset, recommender, factors, tuned }: Cell): Options {
  if (tuned) {
    const options = tunedOptions(dataset, recommender, factors)
    if (!options)
      throw new RangeError(
        `frontier: expected settings of ${dataset}/${recommender}/${factors} in settings/tuned.json, got none; ` +
          'npm run tuning makes them',
      )
    return options
  }
  return recommender === 'nmf'
    ? { gmf: factors, mlp: factors, hidden: [2 * factors, factors, factors / 2] }
    : { factors }
}

/**
 * The battery by protocol, none of it fitted again under permuted labels: intervals are wanted, not p. The 10 % that an
 * attacker knows are drawn twice, five folds once.
 */
const attacks = (
  [
    { name: 'paper', repeats: 2 },
    { name: 'five-fold', repeats: 1 },
  ] as const
).map(({ name, repeats }): Pick<Product, 'attackers' | 'protocols'> => ({
  protocols: [{ name, options: { repeats, permutations: 199 } }],
  attackers: Object.entries(battery).flatMap(([attacker, { attacks: listed }]): Choice[] => {
    const inputs = listed.filter(({ protocol }) => protocol === name).map(({ input }) => input)
    return inputs.length > 0 ? [{ name: attacker, options: { inputs } }] : []
  }),
}))

/** The rungs of some models, through the stages of `npm start`. The original comes first of each, asked for or not. */
export function frontierOf(
  chosen: readonly { readonly cell: Cell; readonly rungs: readonly Rung[] }[] = cells.map((cell) => ({
    cell,
    rungs: rungsOf(cell),
  })),
): Grid {
  return {
    name: 'frontier',
    title: 'What rungs leave to the whole battery, and what they cost',
    products: chosen.flatMap(({ cell, rungs }) =>
      attacks.map((each): Product => ({
        ...each,
        datasets: [{ name: cell.dataset }],
        recommenders: [{ name: cell.recommender, options: trainingOptions(cell) }],
        methods: rungs.filter((rung) => rung !== 'original').map(methodOf),
        attributes: ['gender'],
        seeds: [cell.seed],
        sideBySide: true,
        reports: false,
      })),
    ),
  }
}

export function cellName({ dataset, recommender, factors, seed, tuned }: Cell): string {
  return `${dataset}-${recommender}-${factors}${tuned ? '-tuned' : ''}-${seed}`
}
