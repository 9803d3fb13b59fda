/** @file MMD^2 of pairs of classes of a sharded table by random Fourier features. */

import { badData, type Matrix } from '@indistinct/core'
import { featureSums, mmdOfFeatures, type FeaturePlace } from '@indistinct/kernels'
import { classPairs } from '../flow/flow-table.ts'
import { addTo } from './shard-moments.ts'
import { eachBlock, type ShardMmd, type ShardState } from './shard-states.ts'
import type { Spread } from './shard-statistics.ts'
import type { ShardedTable } from './sharded-table.ts'

/** Cosine and sine for each of five kernels: see `featureSums`. */
const sumsPerFrequency = 10

/** MMD^2 of every pair of classes, in the order of `classPairs`, by `count` frequencies. */
export function shardMmds(
  table: ShardedTable,
  state: ShardState,
  spreads: readonly Spread[],
  { count, frequencies }: { readonly count: number; readonly frequencies: Matrix },
): ShardMmd[] {
  const { sizes } = table
  const pairs = classPairs(sizes.length)
  const places = pairs.map(({ first, second }) => placeOf(table, spreads, frequencies, [first, second]))
  const each = count * sumsPerFrequency
  const sums = table.sum('features', pairs.length * 2 * each, (shard) => {
    const own = new Float64Array(pairs.length * 2 * each)
    eachBlock(table, shard, state, (x, members) =>
      pairs.forEach(({ first, second }, p) => {
        for (const [side, c] of [first, second].entries())
          if (members[c]!.length > 0) addTo(own, (2 * p + side) * each, featureSums(x, members[c]!, places[p]!))
      }),
    )
    return own
  })
  return pairs.map(({ first, second }, p) => {
    const [a, b] = [sizes[first]!, sizes[second]!]
    const own = [0, 1].map((side) => sums.subarray((2 * p + side) * each, (2 * p + side + 1) * each))
    const place = places[p]!
    return { ...mmdOfFeatures(own, [1 / a, -1 / b], a + b), bandwidth: place.bandwidth, place }
  })
}

function placeOf(
  { cols: K, sizes, centre }: ShardedTable,
  spreads: readonly Spread[],
  frequencies: Matrix,
  classes: readonly number[],
): FeaturePlace {
  const n = classes.reduce((sum, c) => sum + sizes[c]!, 0)
  const deviation = new Float64Array(K)
  let squares = 0
  for (const c of classes) {
    for (let k = 0; k < K; k++) deviation[k]! += spreads[c]!.sum[k]! / n
    squares += spreads[c]!.squares
  }
  squares -= n * deviation.reduce((sum, d) => sum + d * d, 0)
  if (!(squares > 0))
    throw badData(`expected users that differ, got ${n} equal rows of two classes; this table holds nothing to unlearn`)
  return { centre: deviation.map((d, k) => d + centre[k]!), bandwidth: (2 * squares) / (n - 1), frequencies }
}
