/**
 * @file A flow's table in shards: `random-fourier` alone, since the exact kernel asks for all pairs of users, and no
 * metric.
 */

import { badData, randomStream } from '@indistinct/core'
import {
  crossMoments,
  featureSums,
  mmdOfFeatures,
  randomFrequencies,
  squareMoments,
  type FeaturePlace,
} from '@indistinct/kernels'
import { momentMaps } from '../flow/calibrate-moments.ts'
import { radiusFrames } from '../flow/calibrate-radii.ts'
import { largestRatio, shapeDeviations, shapeSteps, type ShapeDeviations } from '../flow/calibrate-shapes.ts'
import { countShapes, shapeCounts, shapeFrames, type ShapeFrame } from '../flow/shape-counts.ts'
import { momentRatiosOf, momentsOf } from '../flow/class-moments.ts'
import { classPairs, type FlowTable } from '../flow/flow-table.ts'
import { holdingMap } from '../flow/hold-moments.ts'
import { addDeviations, addTo, shardMoments } from './shard-moments.ts'
import {
  eachBlock,
  eachBlockKept,
  keepDirection,
  shardOrigin,
  type ShardDirection,
  type ShardMmd,
  type ShardState,
} from './shard-states.ts'
import type { ShardedTable } from './sharded-table.ts'

/** The flow on a table in shards; bytes of each sum are in docs/scale.md. */
export function shardedFlowTable(
  table: ShardedTable,
  count: number,
  seed: number,
  withShapes: boolean,
): FlowTable<ShardState, ShardDirection, ShardMmd> {
  const { cols: K, sizes, centre } = table
  const pairs = classPairs(sizes.length)
  const random = randomStream(seed, 'calibrated flow', 'frequencies')
  let frequencies = randomFrequencies(K, count, random)
  let names = 0
  const name = (prefix: string): string => `${prefix}-${++names}`
  const moments = perState((state) => {
    const { means, scatters } = shardMoments(table, state)
    return momentsOf(sizes, means, scatters)
  })
  const squares = perState((state) => {
    const { means, whitening, compared: P } = moments(state)
    const sums = table.sum('squares', sizes.length * P * P, (shard) => {
      const own = new Float64Array(sizes.length * P * P)
      eachBlock(table, shard, state, (x, members) =>
        members.forEach((rows, c) => {
          if (rows.length > 0) addTo(own, c * P * P, squareMoments(x, rows, means[c]!, whitening))
        }),
      )
      return own
    })
    return sizes.map((_, c) => sums.subarray(c * P * P, (c + 1) * P * P))
  })
  /** Of each class, the sum of deviations from the centre (K) and of their squared lengths. */
  const spreads = perState((state) => {
    const size = K + 1
    const sums = table.sum('spread', sizes.length * size, (shard) => {
      const own = new Float64Array(sizes.length * size)
      eachBlockKept(table, shard, state, (x, members) =>
        members.forEach((rows, c) => {
          own[c * size + K]! += addDeviations(own, c * size, x, rows, centre)
        }),
      )
      return own
    })
    return sizes.map((_, c) => ({ sum: sums.subarray(c * size, c * size + K), squares: sums[c * size + K]! }))
  })
  const placeOf = (state: ShardState, classes: readonly number[]): FeaturePlace => {
    const n = classes.reduce((sum, c) => sum + sizes[c]!, 0)
    const deviation = new Float64Array(K)
    let squares = 0
    for (const c of classes) {
      for (let k = 0; k < K; k++) deviation[k]! += spreads(state)[c]!.sum[k]! / n
      squares += spreads(state)[c]!.squares
    }
    squares -= n * deviation.reduce((sum, d) => sum + d * d, 0)
    if (!(squares > 0))
      throw badData(
        `expected users that differ, got ${n} equal rows of two classes; this table holds nothing to unlearn`,
      )
    return { centre: deviation.map((d, k) => d + centre[k]!), bandwidth: (2 * squares) / (n - 1), frequencies }
  }
  /** What classes have along each direction of frames, by frame. */
  const deviationsOf = (state: ShardState, frames: readonly ShapeFrame[]): ShapeDeviations[] => {
    const lengths = frames.map(shapeCounts)
    const firsts = lengths.map((_, f) => sizes.length * lengths.slice(0, f).reduce((sum, length) => sum + length, 0))
    const part = (of: Float64Array, f: number, c: number): Float64Array =>
      of.subarray(firsts[f]! + c * lengths[f]!, firsts[f]! + (c + 1) * lengths[f]!)
    const length = sizes.length * lengths.reduce((sum, each) => sum + each, 0)
    const sums = table.sum('shapes', length, (shard) => {
      const own = new Float64Array(length)
      eachBlock(table, shard, state, (x, members) =>
        frames.forEach((frame, f) => members.forEach((rows, c) => countShapes(part(own, f, c), x, rows, frame))),
      )
      return own
    })
    return frames.map((_, f) =>
      shapeDeviations(
        sizes.map((__, c) => part(sums, f, c)),
        sizes,
        frames[f]!,
      ),
    )
  }
  /** Of shapes and of distances in one sum. */
  const along = perState((state) => {
    const [shapes, radii] = [shapeFrames(moments(state)), radiusFrames(moments(state))]
    const deviations = deviationsOf(state, [...shapes, ...radii])
    return {
      shapes: { frames: shapes, deviations: deviations.slice(0, shapes.length) },
      radii: { frames: radii, deviations: deviations.slice(shapes.length) },
    }
  })
  /** Users moved along frames, one after the other. */
  const movedAlong = (state: ShardState, family: 'shapes' | 'radii', level: number): ShardState => {
    const { frames, deviations } = along(state)[family]
    return frames.reduce<ShardState>((from, frame, f) => {
      const own = f === 0 ? deviations[0]! : deviationsOf(from, [frame])[0]!
      return { name: name('shaped'), kind: 'shaped', from, frame, steps: shapeSteps(own, frame.spreads, level) }
    }, state)
  }
  return {
    kernel: 'random-fourier',
    sizes,
    start: shardOrigin,
    refresh() {
      frequencies = randomFrequencies(K, count, random)
    },
    measure(state) {
      const places = pairs.map(({ first, second }) => placeOf(state, [first, second]))
      const each = count * 10
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
    },
    differences: (state) => ({
      ...momentRatiosOf(moments(state), () => squares(state)),
      ...(withShapes && {
        shapes: largestRatio(along(state).shapes.deviations, sizes.length),
        radii: largestRatio(along(state).radii.deviations, sizes.length),
      }),
    }),
    calibrated: (state, level) => ({
      name: name('mapped'),
      kind: 'mapped',
      from: state,
      maps: momentMaps(moments(state), squares(state), level),
    }),
    shaped: (state, level) => movedAlong(state, 'shapes', level),
    scaled: (state, level) => movedAlong(state, 'radii', level),
    blend: (from, to, share) => ({ name: name('blend'), kind: 'blend', from, to, share }),
    displaced: (_, direction, step) => ({ name: name('displaced'), kind: 'displaced', direction, step }),
    direction(at, mmds, factors, hold) {
      const direction: ShardDirection = { name: name('direction'), at, mmds, factors }
      if (!hold) return direction
      const about = moments(at)
      const still = new Float64Array(K)
      const size = K + K * K
      const sums = table.sum('direction', sizes.length * size, (shard) => {
        const own = new Float64Array(sizes.length * size)
        keepDirection(table, shard, direction, (x, raw, members) =>
          members.forEach((rows, c) => {
            if (rows.length === 0) return
            addDeviations(own, c * size, raw, rows, still)
            addTo(own, c * size + K, crossMoments(x, rows, about.means[c]!, { of: raw, centre: still }))
          }),
        )
        return own
      })
      const maps = sizes.map((users, c) =>
        holdingMap(
          about,
          c,
          sums.slice(c * size, c * size + K).map((sum) => sum / users),
          sums.subarray(c * size + K, (c + 1) * size),
        ),
      )
      return { ...direction, maps }
    },
    discard() {},
  }
}

/** What `measure` gives, once for each state. */
function perState<T>(measure: (state: ShardState) => T): (state: ShardState) => T {
  const known = new WeakMap<ShardState, T>()
  return (state) => {
    const found = known.get(state)
    if (found !== undefined) return found
    const made = measure(state)
    known.set(state, made)
    return made
  }
}
