/**
 * @file Named definitions of NDCG and hit ratio of one ranked list. T is the set of relevant test items, hits those of
 * them among the first k. The discount of place r, from 1, is 1 / log2(r + 1).
 */

export const ndcgDefinitions = [
  'ideal of min(k,|T|)',
  'ideal of k',
  'ideal of |T|',
  'ideal of the hits',
  'stars, ideal of min(k,|T|)',
  '2^stars - 1, ideal of min(k,|T|)',
  '2^stars - 1, ideal of the hits',
] as const
export const hitRatioDefinitions = ['any-hit', 'hits/min(k,|T|)', 'hits/k', 'hits/|T|', 'hits/|T|, pooled'] as const

export type NdcgDefinition = (typeof ndcgDefinitions)[number]
export type HitRatioDefinition = (typeof hitRatioDefinitions)[number]

/** Gains of a list by place and of the best list, each best first where it is sorted. */
export interface Gained {
  /** Stars of the relevant items by place, 0 for all others. */
  readonly stars: readonly number[]
  /** Stars of all relevant items, most first (|T|). */
  readonly ideal: readonly number[]
}

export function ndcg(definition: NdcgDefinition, { stars, ideal }: Gained, k: number): number {
  const gain = gainOf(definition)
  const gains = stars.slice(0, k).map((value) => (value === 0 ? 0 : gain(value)))
  const best = idealOf(definition, gains, ideal.map(gain), k)
  const bound = discounted(best)
  return bound === 0 ? 0 : discounted(gains) / bound
}

function gainOf(definition: NdcgDefinition): (stars: number) => number {
  if (definition.startsWith('2^stars')) return (stars) => 2 ** stars - 1
  return definition.startsWith('stars') ? (stars) => stars : () => 1
}

function idealOf(
  definition: NdcgDefinition,
  gains: readonly number[],
  ideal: readonly number[],
  k: number,
): readonly number[] {
  if (definition.endsWith('ideal of the hits')) return [...gains].sort((a, b) => b - a)
  if (definition === 'ideal of k') return new Array<number>(k).fill(1)
  return definition === 'ideal of |T|' ? ideal : ideal.slice(0, k)
}

function discounted(gains: readonly number[]): number {
  return gains.reduce((sum, gain, at) => sum + gain / Math.log2(at + 2), 0)
}

/** What the ratio adds to numerator and denominator: its mean over lists, or the ratio of sums where it is pooled. */
export function hitRatio(
  definition: HitRatioDefinition,
  { stars, ideal }: Gained,
  k: number,
): readonly [number, number] {
  const hits = stars.slice(0, k).filter((value) => value > 0).length
  switch (definition) {
    case 'any-hit':
      return [hits > 0 ? 1 : 0, 1]
    case 'hits/min(k,|T|)':
      return [hits / Math.min(k, ideal.length), 1]
    case 'hits/k':
      return [hits / k, 1]
    case 'hits/|T|':
      return [hits / ideal.length, 1]
    case 'hits/|T|, pooled':
      return [hits, ideal.length]
    default:
      throw new RangeError(
        `hitRatio: expected one of ${hitRatioDefinitions.join(', ')}, got ${String(definition satisfies never)}`,
      )
  }
}
