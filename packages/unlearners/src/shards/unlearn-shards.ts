/** @file A table in shards, unlearned: the flow, or a closed form, by sums over shards that hold their own rows. */

import { badData, checkOptions, type Json } from '@indistinct/core'
import type { ClassNormal } from '../closed/class-normals.ts'
import { areUnlike, columnScales, mostUnlike } from '../linear-algebra/column-scales.ts'
import type { UserMap } from '../fitted/fitted-unlearner.ts'
import { defaultFrequencies } from '../flow/flow-kernel.ts'
import { gaussianTransportMaps } from '../closed/gaussian-transport.ts'
import { leaceMap } from '../closed/leace.ts'
import { meanMatchingMaps } from '../closed/mean-matching.ts'
import { runFlow } from '../flow/run-flow.ts'
import { checkedCourse, flowCourseKinds, type FlowCourse } from '../flow/flow-course.ts'
import { shardNormals } from './shard-moments.ts'
import { eachBlock, shardOrigin, type ShardState } from './shard-states.ts'
import { shardedFlowTable } from './sharded-flow-table.ts'
import type { Shard, ShardedTable } from './sharded-table.ts'
import type { TraceRow } from '../unlearned.ts'

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
  /**
   * Calls `visit` with every block (rows, K) of a shard of this process as it is now, and the number of its first row.
   */
  eachBlock(shard: Shard, visit: (block: Float32Array, first: number) => void): void
}

/**
 * What `calibratedFlow` with kernel 'random-fourier', `meanMatching`, `leace` or `gaussianTransport` make of the table
 * that the shards are together, up to the rounding of sums: equal bytes for equal shards, whichever processes hold
 * them. A closed form takes one sum over shards. Users without a class stay, bit for bit. Single far values are not
 * looked for, unlike in memory (`checkFarValues`): no sum over shards shows them.
 * @throws RangeError on options that do not fit; IndistinctError 'bad-data' on equal rows and, for the flow, on columns
 * of unlike spread.
 */
export function unlearnShards(table: ShardedTable, method: ShardMethod, options: ShardOptions = {}): UnlearnedShards {
  checkOptions<ShardOptions>('unlearnShards', options, {
    ...flowCourseKinds,
    frequencies: 'number',
    seed: 'number',
    onPass: 'function',
  })
  const { frequencies = defaultFrequencies, seed = 0, onPass } = options
  const result = (
    state: ShardState,
    parameters: { readonly [name: string]: Json },
    trace: readonly TraceRow[],
  ): UnlearnedShards => ({
    parameters,
    trace,
    eachBlock: (shard, visit) => eachBlock(table, shard, state, (x, _, first) => visit(x.data, first)),
  })
  if (method === 'flow') {
    const course = checkedCourse('unlearnShards', options)
    expectLikeColumns(checkedNormals(table))
    const { state, parameters, trace } = runFlow(
      'unlearnShards',
      shardedFlowTable(table, frequencies, seed, course.shapes),
      course,
      onPass,
    )
    return result(state, { ...parameters, frequencies, seed }, trace)
  }
  const { map, parameters } = closedForm(method, checkedNormals(table))
  const maps = map.kind === 'shared' ? table.sizes.map(() => map.map) : map.maps
  return { ...result({ name: 'mapped', kind: 'mapped', from: shardOrigin, maps }, parameters, []), map }
}

/** Class normals of the table. @throws IndistinctError 'bad-data' where all rows of a class are equal. */
function checkedNormals(table: ShardedTable): ClassNormal[] {
  const normals = shardNormals(table)
  const K = table.cols
  normals.forEach(({ count, mean, covariance }, c) => {
    // What is left of equal values is the rounding of sums about the table's centre.
    const varies = mean.some((value, k) => covariance[k * K + k]! > 1e-14 * (value - table.centre[k]!) ** 2)
    if (varies) return
    throw badData(
      `unlearnShards: expected users of class ${c} (from 0) that differ, got ${count} equal rows: who sees that ` +
        'row knows the label; ' +
        'train these users, merge that class with another, or blank its label',
    )
  })
  return normals
}

/** @throws IndistinctError 'bad-data' where distances would see the widest columns alone. */
function expectLikeColumns(normals: readonly ClassNormal[]): void {
  const scales = columnScales(normals)
  if (!areUnlike(scales, normals)) return
  const widest = scales.indexOf(Math.max(...scales))
  throw badData(
    `unlearnShards: expected columns of like spread, got a spread of ${scales[widest]!.toPrecision(2)} in column ` +
      `${widest} (from 0), ` +
      `over ${mostUnlike} times that of another; divide each column by its spread, or take method 'leace'`,
  )
}

function closedForm(
  method: Exclude<ShardMethod, 'flow'>,
  normals: readonly ClassNormal[],
): { map: Extract<UserMap, { readonly kind: 'shared' | 'by-class' }>; parameters: { readonly [name: string]: Json } } {
  switch (method) {
    case 'mean-matching':
      return {
        map: { kind: 'by-class', maps: meanMatchingMaps(normals) },
        parameters: {},
      }
    case 'leace': {
      const { map, erased } = leaceMap(normals)
      return { map: { kind: 'shared', map }, parameters: { erased } }
    }
    case 'gaussian-transport': {
      const { maps, iterations } = gaussianTransportMaps(normals)
      return { map: { kind: 'by-class', maps }, parameters: { iterations } }
    }
    default:
      throw new RangeError(
        `unlearnShards: expected a method of ${shardMethods.join(', ')}, got '${String(method satisfies never)}'`,
      )
  }
}
