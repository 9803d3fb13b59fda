/**
 * @file smooth: user tables with each row drawn towards the rows nearest to it. No label is read: what recommendations
 * gain by it tells how much noise the rows hold.
 */

import { type Matrix } from '@indistinct/core'
import { nearestNeighbours } from '@indistinct/report'
import type { SmoothingChoice } from '@indistinct/stages'
import { readMatricesOf } from '../store/artifact-folder.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'

/** Writes tables/<name> (users, K), each table by its own neighbours. */
export async function run(context: StageContext): Promise<void> {
  const { neighbours, share } = context.parameters as unknown as SmoothingChoice
  for (const [name, table] of Object.entries(readMatricesOf(upstreamOf(context, 'tables'), 'tables'))) {
    context.artifact.matrix(`tables/${name}`, smoothed(table, neighbours, share))
  }
}

/** `share` of the way from each row of `m` (N, K) to the mean of its nearest by Euclidean distance, itself left out. */
export function smoothed(m: Matrix, neighbours: number, share: number): Matrix {
  const { rows: N, cols: K, data } = m
  const { indices } = nearestNeighbours(m, neighbours)
  const out = { ...m, data: new Float32Array(data.length) }
  const mean = new Float64Array(K)
  for (let i = 0; i < N; i++) {
    mean.fill(0)
    for (const j of indices.subarray(i * neighbours, (i + 1) * neighbours))
      for (let k = 0; k < K; k++) mean[k]! += data[j * K + k]! / neighbours
    for (let k = 0; k < K; k++) out.data[i * K + k] = (1 - share) * data[i * K + k]! + share * mean[k]!
  }
  return out
}
