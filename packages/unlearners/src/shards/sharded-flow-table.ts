/**
 * @file A flow's table in shards: `random-fourier` alone, since the exact kernel asks for all pairs of users, and no
 * metric.
 */

import { randomStream } from '@indistinct/core'
import { crossMoments, randomFrequencies } from '@indistinct/kernels'
import { momentMaps } from '../flow/calibrate/calibrate-moments.ts'
import { largestRatio, shapeSteps } from '../flow/calibrate/calibrate-shapes.ts'
import { momentRatiosOf } from '../flow/calibrate/class-moments.ts'
import type { ClassMoments } from '../flow/calibrate/common-axes.ts'
import type { FlowTable } from '../flow/flow-table.ts'
import { holdingMap } from '../flow/calibrate/hold-moments.ts'
import { shardMmds } from './shard-features.ts'
import { addDeviations, addTo } from './shard-moments.ts'
import { keepDirection, shardOrigin, type ShardDirection, type ShardMmd, type ShardState } from './shard-states.ts'
import { frameDeviations, shardStatistics } from './shard-statistics.ts'
import type { ShardedTable } from './sharded-table.ts'

/** The flow on a table in shards; bytes of each sum are in docs/scale.md. */
export function shardedFlowTable(
  table: ShardedTable,
  count: number,
  seed: number,
  withShapes: boolean,
): FlowTable<ShardState, ShardDirection, ShardMmd> {
  const { cols: K, sizes } = table
  const random = randomStream(seed, 'calibrated flow', 'frequencies')
  let frequencies = randomFrequencies(K, count, random)
  let names = 0
  const name = (prefix: string): string => `${prefix}-${++names}`
  const { moments, squares, spreads, along } = shardStatistics(table)
  /** Users moved along frames, one after the other. */
  const movedAlong = (state: ShardState, family: 'shapes' | 'radii', level: number): ShardState => {
    const { frames, deviations } = along(state)[family]
    return frames.reduce<ShardState>((from, frame, f) => {
      const own = f === 0 ? deviations[0]! : frameDeviations(table, from, [frame])[0]!
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
    measure: (state) => shardMmds(table, state, spreads(state), { count, frequencies }),
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
      return hold ? heldDirection(table, direction, moments(at)) : direction
    },
    discard() {},
  }
}

/** `direction` less what would change the moments of the table that it starts from, which are `about`. */
function heldDirection(table: ShardedTable, direction: ShardDirection, about: ClassMoments): ShardDirection {
  const { cols: K, sizes } = table
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
}
