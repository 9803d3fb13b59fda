/** @file What `indistinct shards` says of its results, in words. */

import { readFileSync } from 'node:fs'
import { counted, sha256 } from '@indistinct/core'
import { uncheckedLine } from '../unlearn/unlearn-scope.ts'
import { countOf, grouped } from '../terminal/text-table.ts'
import type { ShardManifest } from './shard-manifest.ts'
import type { WorkerReport } from './shard-worker.ts'

/** What a worker did, and what it took. */
export interface WorkerFigures extends WorkerReport {
  readonly processorSeconds: number
  readonly peakMb: number
}

export function workerText(report: WorkerFigures, index: number, of: number): string {
  return (
    `worker ${index} of ${of}: ${counted(report.shards, 'shard')}, ${countOf(report.rows, 'row')}, ` +
    `${counted(report.sums, 'sum')} of ` +
    `${countOf(report.bytesPerShard, 'byte')} a shard, ${report.seconds.toFixed(1)} s ` +
    `(${report.waited.toFixed(1)} s waiting), ${report.processorSeconds.toFixed(1)} s of processor time, peak memory ` +
    `${report.peakMb} MiB\n`
  )
}

/** @param files the manifest, and what else was asked for */
export function manifestText(
  { method, parameters, moved, rows, shards, passes, displacement }: ShardManifest,
  files: readonly string[],
): string {
  const outcome = typeof parameters['outcome'] === 'string' ? `, ${parameters['outcome']}` : ''
  const three = (value: number): string => value.toPrecision(3)
  const unit = displacement.unit === 'spread' ? " of the table's spread" : ' (all rows were equal before)'
  return [
    `${method}: ${grouped(moved)} of ${countOf(rows, 'user')} moved, ` + `${counted(passes, 'pass')}${outcome}`,
    `moved by ${three(displacement.mean)} on average, ${three(displacement.rootMeanSquare)} in root mean square, ` +
      `at most ${three(displacement.largest)}${unit}`,
    uncheckedLine,
    ...files.map((path) => `${path}  sha256 ${sha256(readFileSync(path))}`),
    `${countOf(shards.length, 'shard')} beside the manifest, which has their digests`,
    '',
  ].join('\n')
}
