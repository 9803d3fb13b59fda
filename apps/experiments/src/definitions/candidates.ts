/** @file Which items a user's test items are ranked among. Each name says what a list of candidates holds. */

import { randomStream, type Csr } from '@indistinct/core'
import type { Split } from '@indistinct/datasets'

export const candidateSets = [
  'all but training and validation',
  'all but training',
  'all',
  'test items and 9 others',
  'test items and 49 others',
  'test items and 99 others',
  'test items and 999 others',
  'one test item and 99 others',
  'all rated items',
  'test items alone',
] as const
export type CandidateSet = (typeof candidateSets)[number]

/** A ranked list and the test items that it should hold. */
export interface RankedCase {
  /** Candidates, best first, cut after `longest`. */
  readonly list: readonly number[]
  readonly test: readonly number[]
}

/** Items are looked at up to this place of a list. */
const longest = 100

/**
 * The lists of `user` under every candidate set: one, or one a test item; none where the user has no test items. Others
 * are drawn from items that the user never rated.
 * @param order all items, best first (M)
 */
export function rankedCases(
  user: number,
  order: Int32Array,
  { train, validation, test }: Split,
  seed: number,
): Map<CandidateSet, RankedCase[]> {
  const [trained, validated, own] = [train, validation, test].map((part) => itemsOf(part, user)) as [
    number[],
    number[],
    number[],
  ]
  if (own.length === 0) return new Map()
  const [inTraining, inTrainingOrValidation, rated] = [
    trained,
    [...trained, ...validated],
    [...trained, ...validated, ...own],
  ].map((items) => new Set(items))
  const places = new Int32Array(order.length)
  order.forEach((item, place) => (places[item] = place))
  const free = Array.from(order)
    .filter((item) => !rated!.has(item))
    .sort((a, b) => a - b)
  const ranked = (items: readonly number[]): number[] =>
    [...items].sort((a, b) => places[a]! - places[b]!).slice(0, longest)
  const others = (count: number, ...stream: (string | number)[]): number[] =>
    drawn(free, count, randomStream(seed, 'candidates', user, ...stream))
  const casesOf = (set: CandidateSet): RankedCase[] => {
    switch (set) {
      case 'all but training and validation':
        return [{ list: firstOf(order, (item) => !inTrainingOrValidation!.has(item)), test: own }]
      case 'all but training':
        return [{ list: firstOf(order, (item) => !inTraining!.has(item)), test: own }]
      case 'all':
        return [{ list: firstOf(order, () => true), test: own }]
      case 'all rated items':
        return [{ list: ranked([...rated!]), test: own }]
      case 'test items alone':
        return [{ list: ranked(own), test: own }]
      case 'one test item and 99 others':
        return own.map((item) => ({ list: ranked([item, ...others(99, item)]), test: [item] }))
      default: {
        const [, count] = / and (\d+) others$/.exec(set satisfies `test items and ${number} others`) ?? []
        return [{ list: ranked([...own, ...others(Number(count))]), test: own }]
      }
    }
  }
  return new Map(candidateSets.map((set) => [set, casesOf(set)]))
}

function itemsOf(part: Csr, user: number): number[] {
  return [...part.indices.subarray(part.indptr[user]!, part.indptr[user + 1]!)]
}

function firstOf(order: Int32Array, keep: (item: number) => boolean): number[] {
  const list: number[] = []
  for (const item of order) {
    if (!keep(item)) continue
    list.push(item)
    if (list.length === longest) break
  }
  return list
}

/** `count` of the items that are free, or all of them where there are fewer. */
function drawn(free: readonly number[], count: number, random: ReturnType<typeof randomStream>): number[] {
  if (free.length <= count) return [...free]
  const chosen = new Set<number>()
  while (chosen.size < count) chosen.add(free[random.integer(free.length)]!)
  return [...chosen]
}
