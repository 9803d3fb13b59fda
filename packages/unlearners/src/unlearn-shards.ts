/** @file A table in shards, unlearned: the flow, or a closed form, by sums over shards that hold their own rows. */

import type { Json } from '@indistinct/core'
import type { ClassNormal } from './class-normals.ts'
import { classPosterior } from './class-posterior.ts'
import type { UserMap } from './fitted-unlearner.ts'
import { defaultFrequencies } from './flow-kernel.ts'
import { gaussianTransportMaps } from './gaussian-transport.ts'
import { leaceMap } from './leace.ts'
import { meanMatchingMaps } from './mean-matching.ts'
import { checkedCourse, runFlow, type FlowCourse } from './run-flow.ts'
import { shardNormals } from './shard-moments.ts'
import { eachBlock, shardOrigin, type ShardState } from './shard-states.ts'
import { shardedFlowTable } from './sharded-flow-table.ts'
import type { Shard, ShardedTable } from './sharded-table.ts'
import type { TraceRow } from './unlearned.ts'

export const shardMethods = ['flow', 'mean-matching', 'leace', 'gaussian-transport'] as const

export type ShardMethod = (typeof shardMethods)[number]

export interface ShardOptions extends Partial<FlowCourse> {
  /** As of `calibratedFlow`. */
  readonly frequencies?: number
  /** Of the frequencies. Default 0. */
  readonly seed?: number
  readonly onPass?: (row: TraceRow) => void
}

export interface UnlearnedShards {
  readonly parameters: { readonly [name: string]: Json }
  readonly trace: readonly TraceRow[]
  /** Of a closed form: what moved every user, and would move others. */
  readonly map?: UserMap
  /** Calls `visit` with every block (rows, K) of a shard of this process as it is now, and the number of its first row. */
  eachBlock(shard: Shard, visit: (block: Float32Array, first: number) => void): void
}

/**
 * What `calibratedFlow` with kernel 'random-fourier', `meanMatching`, `leace` or `gaussianTransport` make of the table that
 * the shards are together, up to the rounding of sums: equal bytes for equal shards, whichever processes hold them. A closed
 * form takes one sum over shards. Users without a class stay, bit for bit.
 * @throws RangeError on options that do not fit; IndistinctError 'bad-data' on equal rows; Error with pass and loss when the
 * flow does not land.
 */
export function unlearnShards(table: ShardedTable, method: ShardMethod, options: ShardOptions = {}): UnlearnedShards {
  const { frequencies = defaultFrequencies, seed = 0, onPass } = options
  const result = (state: ShardState, parameters: { readonly [name: string]: Json }, trace: readonly TraceRow[]): UnlearnedShards => ({
    parameters, trace, eachBlock: (shard, visit) => eachBlock(table, shard, state, (x, _, first) => visit(x.data, first)),
  })
  if (method === 'flow') {
    const course = checkedCourse('unlearnShards', options)
    const { state, parameters, trace } = runFlow('unlearnShards', shardedFlowTable(table, frequencies, seed, course.shapes), course, onPass)
    return result(state, { ...parameters, frequencies, seed }, trace)
  }
  const { map, parameters } = closedForm(method, shardNormals(table))
  const maps = map.kind === 'shared' ? table.sizes.map(() => map.map) : map.maps
  return { ...result({ name: 'mapped', kind: 'mapped', from: shardOrigin, maps }, parameters, []), map }
}

function closedForm(method: Exclude<ShardMethod, 'flow'>, normals: readonly ClassNormal[]): { map: Exclude<UserMap, { readonly kind: 'noise' }>; parameters: { readonly [name: string]: Json } } {
  switch (method) {
    case 'mean-matching':
      return { map: { kind: 'by-class', maps: meanMatchingMaps(normals), posterior: classPosterior(normals) }, parameters: {} }
    case 'leace': {
      const { map, erased } = leaceMap(normals)
      return { map: { kind: 'shared', map }, parameters: { erased } }
    }
    case 'gaussian-transport': {
      const { maps, iterations } = gaussianTransportMaps(normals)
      return { map: { kind: 'by-class', maps, posterior: classPosterior(normals) }, parameters: { iterations } }
    }
    default:
      throw new RangeError(`unlearnShards: expected a method of ${shardMethods.join(', ')}, got '${String(method satisfies never)}'`)
  }
}
