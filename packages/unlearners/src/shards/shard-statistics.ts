/** @file Statistics of a sharded table's classes: sums over all shards, once for each state. */

import { squareMoments } from '@indistinct/kernels'
import { radiusFrames } from '../flow/calibrate/calibrate-radii.ts'
import { shapeDeviations, type ShapeDeviations } from '../flow/calibrate/calibrate-shapes.ts'
import { momentsOf } from '../flow/calibrate/class-moments.ts'
import type { ClassMoments } from '../flow/calibrate/common-axes.ts'
import { countShapes, shapeCounts, shapeFrames, type ShapeFrame } from '../flow/calibrate/shape-counts.ts'
import { addDeviations, addTo, shardMoments } from './shard-moments.ts'
import { eachBlock, eachBlockKept, type ShardState } from './shard-states.ts'
import type { ShardedTable } from './sharded-table.ts'

/** Of a class, the sum of deviations from the table's centre (K) and of their squared lengths. */
export interface Spread {
  readonly sum: Float64Array
  readonly squares: number
}

/** Frames of a family, and what classes have along each of their directions, by frame. */
interface Along {
  readonly frames: readonly ShapeFrame[]
  readonly deviations: readonly ShapeDeviations[]
}

export interface ShardStatistics {
  moments(state: ShardState): ClassMoments
  /** `squareSums` of each class. */
  squares(state: ShardState): readonly Float64Array[]
  spreads(state: ShardState): readonly Spread[]
  along(state: ShardState): { readonly shapes: Along; readonly radii: Along }
}

export function shardStatistics(table: ShardedTable): ShardStatistics {
  const moments = perState((state) => {
    const { means, scatters } = shardMoments(table, state)
    return momentsOf(table.sizes, means, scatters)
  })
  return {
    moments,
    squares: perState((state) => squaresOf(table, state, moments(state))),
    spreads: perState((state) => spreadsOf(table, state)),
    // Of shapes and of distances in one sum.
    along: perState((state) => {
      const [shapes, radii] = [shapeFrames(moments(state)), radiusFrames(moments(state))]
      const deviations = frameDeviations(table, state, [...shapes, ...radii])
      return {
        shapes: { frames: shapes, deviations: deviations.slice(0, shapes.length) },
        radii: { frames: radii, deviations: deviations.slice(shapes.length) },
      }
    }),
  }
}

function squaresOf(table: ShardedTable, state: ShardState, about: ClassMoments): Float64Array[] {
  const { sizes } = table
  const { means, whitening, compared: P } = about
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
}

function spreadsOf(table: ShardedTable, state: ShardState): Spread[] {
  const { cols: K, sizes, centre } = table
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
}

/** What classes have along each direction of `frames`, by frame. */
export function frameDeviations(
  table: ShardedTable,
  state: ShardState,
  frames: readonly ShapeFrame[],
): ShapeDeviations[] {
  const { sizes } = table
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
