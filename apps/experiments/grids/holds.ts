/**
 * @file Every method against every attacker, by what he holds beside the tables.
 *
 *     npm run holds
 *
 * Shows that a move by the user's own label is read by whoever knows where the user stood, and that one map for
 * everybody is not.
 */

import type { Choice, Grid, HeldChoice, Product } from '@indistinct/stages'
import { tunedSettings } from '../src/tuned.ts'

interface Course {
  /** Of D2D-R. */
  readonly steps: number
  readonly retrained: boolean
  /** Whether the flow is run on smoothed rows too. */
  readonly smoothed?: boolean
}

/**
 * Methods after training, and those that train anew. D2D-R takes 1,000 passes over all pairs: it is cut short on larger
 * data.
 */
function methods({ steps, retrained, smoothed = false }: Course, recommender: string): Choice[] {
  return [
    { name: 'mean-matching' },
    { name: 'leace' },
    { name: 'gaussian-transport' },
    { name: 'flow' },
    ...(smoothed ? [{ name: 'flow', options: { smooth: 10 } }] : []),
    { name: 'blind' },
    // LightGCN ranks by inner products: the length of a row changes no list.
    { name: 'relabel', ...(recommender === 'lightgcn' && { options: { nearBy: 'direction' } }) },
    { name: 'u2u-r-closed', options: { tradeOff: 1e-4 } },
    { name: 'd2d-r', options: { tradeOff: 1e-4, steps } },
    ...(retrained ? [{ name: 'retrain' }, { name: 'adversarial' }] : []),
  ]
}

/**
 * Linear, quadratic and nonlinear attackers, trees, and the nearest user; beside what is held those that take seconds.
 */
const attackers: Omit<HeldChoice, 'other'> = {
  ofTables: ['logistic', 'qda', 'mlp', 'xgb', 'forest', 'knn-1'],
  ofHeld: ['logistic', 'qda', 'forest'],
}
const recommenders: readonly (readonly [Choice, Choice])[] = [
  [{ name: 'lightgcn' }, { name: 'nmf' }],
  [{ name: 'nmf' }, { name: 'lightgcn' }],
]

/** Both recommenders with K dimensions: as tuned, or, where there are no tuned settings, with their defaults. */
function products(dataset: string, attributes: readonly string[], course: Course, K = 16): Product[] {
  return recommenders.map(([recommender, other]) => ({
    datasets: [{ name: dataset }],
    recommenders: [recommender],
    methods: methods(course, recommender.name),
    attackers: [],
    protocols: [],
    attributes,
    seeds: [42],
    settings: tunedSettings(K),
    held: { ...attackers, other },
    reports: false,
  }))
}

/** The grid, of models with K dimensions alone where `K` is given. */
export function holdsOf(K?: number): Grid {
  const own = (size: number, ...each: (readonly Product[])[]): readonly Product[] =>
    K === undefined || K === size ? each.flat() : []
  return {
    name: 'holds',
    title: 'What methods leave to attackers, by what these hold',
    products: [
      ...own(
        16,
        products('ml-100k', ['gender'], { steps: 1000, retrained: true, smoothed: true }),
        products('ml-1m', ['gender'], { steps: 1000, retrained: true, smoothed: true }),
        products('lastfm', ['gender'], { steps: 100, retrained: true, smoothed: true }),
        // Training anew on one attribute is a model of its own for each: two of them, on 16,648 users, are left out.
        products('oulad', ['gender', 'disability'], { steps: 100, retrained: false }),
      ),
      ...own(
        64,
        products('ml-100k', ['gender'], { steps: 1000, retrained: true }, 64),
        products('ml-1m', ['gender'], { steps: 100, retrained: true }, 64),
        products('lastfm', ['gender'], { steps: 100, retrained: true }, 64),
      ),
    ],
  }
}

export const holds = holdsOf()
