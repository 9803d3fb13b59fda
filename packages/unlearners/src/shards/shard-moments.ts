/** @file Means and scatters of the classes of a table in shards: one pass, one sum over shards. */

import type { Matrix } from '@indistinct/core'
import { crossMoments } from '@indistinct/kernels'
import type { ClassNormal } from '../closed/class-normals.ts'
import { eachBlock, shardOrigin, type ShardState } from './shard-states.ts'
import type { ShardedTable } from './sharded-table.ts'

/** Mean of each class (K) and the sum of (x - mean)(x - mean)' (K, K), by sums about the table's centre. */
export function shardMoments(
  table: ShardedTable,
  state: ShardState,
): { means: Float64Array[]; scatters: Float64Array[] } {
  const { cols: K, sizes, centre } = table
  const size = K + K * K
  const sums = table.sum('moments', sizes.length * size, (shard) => {
    const own = new Float64Array(sizes.length * size)
    eachBlock(table, shard, state, (x, members) =>
      members.forEach((rows, c) => {
        if (rows.length === 0) return
        addDeviations(own, c * size, x, rows, centre)
        addTo(own, c * size + K, crossMoments(x, rows, centre))
      }),
    )
    return own
  })
  const deviations = sizes.map((count, c) => sums.slice(c * size, c * size + K).map((sum) => sum / count))
  return {
    means: deviations.map((d) => d.map((value, k) => value + centre[k]!)),
    scatters: sizes.map((count, c) => {
      const d = deviations[c]!
      return sums.slice(c * size + K, (c + 1) * size).map((sum, p) => sum - count * d[Math.floor(p / K)]! * d[p % K]!)
    }),
  }
}

/** What closed forms need of the table as it came. */
export function shardNormals(table: ShardedTable): ClassNormal[] {
  const { means, scatters } = shardMoments(table, shardOrigin)
  return table.sizes.map((count, c) => ({ count, mean: means[c]!, covariance: scatters[c]!.map((sum) => sum / count) }))
}

/** Adds `values` to out[at ..]. */
export function addTo(out: Float64Array, at: number, values: Float64Array): void {
  for (let p = 0; p < values.length; p++) out[at + p]! += values[p]!
}

/** Adds the deviations of rows from `centre` (K) to out[at ..], and returns the sum of their squared lengths. */
export function addDeviations(
  out: Float64Array,
  at: number,
  { cols, data }: Matrix,
  rows: Int32Array,
  centre: Float64Array,
): number {
  let squares = 0
  for (const i of rows) {
    for (let k = 0; k < cols; k++) {
      const deviation = data[i * cols + k]! - centre[k]!
      out[at + k]! += deviation
      squares += deviation * deviation
    }
  }
  return squares
}
