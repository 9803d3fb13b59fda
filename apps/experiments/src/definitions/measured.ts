/** @file Every definition of NDCG and hit ratio on one trained recommender. */

import { randomStream, shuffle } from '@indistinct/core'
import type { Dataset, Split } from '@indistinct/datasets'
import type { TrainedRecommender } from '@indistinct/recommenders'
import { rankedCases, type CandidateSet } from './candidates.ts'
import {
  hitRatio,
  hitRatioDefinitions,
  ndcg,
  ndcgDefinitions,
  type Gained,
  type HitRatioDefinition,
  type NdcgDefinition,
} from './measures.ts'

/** Test items that count: all, or those with so many stars. */
export const relevances = { 'every rating': 0, '4 stars and more': 4, '5 stars': 5 } as const
/** Users that count: with so many relevant test items. */
export const userSets = { 'with a test item': 1, 'with 10 test items': 10 } as const
/** Users that are looked at, drawn at random where a data set has more: sizes need no more. */
export const mostUsers = 2000
/** The paper's 5 and 10, and what else may stand under their names. */
export const cutoffs = [1, 2, 3, 5, 6, 10, 15, 20, 30, 40, 50, 100] as const

/** One definition, apart from its cut-off. */
export interface Definition {
  readonly metric: 'NDCG' | 'HR'
  readonly name: string
  readonly candidates: CandidateSet
  readonly relevance: keyof typeof relevances
  readonly users: keyof typeof userSets
}

/** A definition's values at `cutoffs`. */
export interface Measured extends Definition {
  readonly values: readonly number[]
}

/** Definitions of one setting, summed over its lists. */
interface Tally {
  readonly setting: Pick<Definition, 'candidates' | 'relevance' | 'users'>
  /** By definition and cut-off. */
  readonly above: Float64Array
  readonly below: Float64Array
}

const named = [
  ...ndcgDefinitions.map((name) => ({ metric: 'NDCG' as const, name })),
  ...hitRatioDefinitions.map((name) => ({ metric: 'HR' as const, name })),
]

/** Every definition on `model`; `stars` of an interaction, 1 where a data set has none. */
export function measured(
  model: TrainedRecommender,
  split: Split,
  stars: (user: number, item: number) => number,
  seed: number,
): Measured[] {
  const tallies = new Map<string, Tally>()
  for (const user of shuffle(
    Int32Array.from({ length: split.users }, (_, at) => at),
    randomStream(seed, 'definitions', 'users'),
  )
    .slice(0, mostUsers)
    .sort()) {
    if (split.test.indptr[user] === split.test.indptr[user + 1]) continue
    const order = model.rank({}, undefined, split.items, Int32Array.of(user))
    for (const [candidates, cases] of rankedCases(user, order, split, seed)) {
      for (const { list, test } of cases) {
        for (const [relevance, least] of entries(relevances)) {
          const relevant = new Map(
            test.map((item): [number, number] => [item, stars(user, item)]).filter(([, value]) => value >= least),
          )
          if (relevant.size === 0) continue
          const gained: Gained = {
            stars: list.map((item) => relevant.get(item) ?? 0),
            ideal: [...relevant.values()].sort((a, b) => b - a),
          }
          const counted = entries(userSets).filter(([, count]) => relevant.size >= count)
          addTo(
            counted.map(([users]) => tallyOf(tallies, { candidates, relevance, users })),
            gained,
          )
        }
      }
    }
  }
  return [...tallies.values()].flatMap(({ setting, above, below }) =>
    named.map((each, at) => ({
      ...each,
      ...setting,
      values: cutoffs.map((_, k) =>
        Number((above[at * cutoffs.length + k]! / below[at * cutoffs.length + k]!).toFixed(6)),
      ),
    })),
  )
}

function tallyOf(tallies: Map<string, Tally>, setting: Tally['setting']): Tally {
  const key = Object.values(setting).join(' | ')
  const own = tallies.get(key) ?? {
    setting,
    above: new Float64Array(named.length * cutoffs.length),
    below: new Float64Array(named.length * cutoffs.length),
  }
  tallies.set(key, own)
  return own
}

function addTo(tallies: readonly Tally[], gained: Gained): void {
  named.forEach(({ metric, name }, at) =>
    cutoffs.forEach((k, column) => {
      const [above, below] =
        metric === 'NDCG'
          ? [ndcg(name as NdcgDefinition, gained, k), 1]
          : hitRatio(name as HitRatioDefinition, gained, k)
      for (const tally of tallies) {
        tally.above[at * cutoffs.length + column]! += above
        tally.below[at * cutoffs.length + column]! += below
      }
    }),
  )
}

/** Stars of every interaction of `dataset`, by user and item. */
export function starsOf({ interactions, items }: Dataset): (user: number, item: number) => number {
  const { users, items: codes, ratings } = interactions
  const stars = new Map<number, number>()
  for (let at = 0; at < users.length; at++) stars.set(users[at]! * items.length + codes[at]!, ratings?.[at] ?? 1)
  return (user, item) => stars.get(user * items.length + item) ?? 1
}

function entries<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(record) as [K, V][]
}
