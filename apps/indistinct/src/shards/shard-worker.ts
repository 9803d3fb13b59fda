/** @file One worker of a sharded run: from the plan to its shards' files, and the manifest if it is the last. */

import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { badData, canonicalJson, jsonText, fileError, sha256, usageError, writeFileAtomic } from '@indistinct/core'
import { openTable, type TableReader } from '@indistinct/embeddings'
import { unlearnShards, type Shard, type TraceRow, type UnlearnedShards } from '@indistinct/unlearners'
import { writeShardFit } from './shard-fit.ts'
import { readShardLabels } from './shard-labels.ts'
import { manifestOf } from './shard-manifest.ts'
import { writeShard, type ShardRecord } from './shard-output.ts'
import { layout, readPlan, type ShardPlan } from './shard-plan.ts'
import { shardSample } from './shard-sample.ts'
import { shardScratch } from './shard-scratch.ts'
import { shardSums } from './shard-sums.ts'

export interface WorkerOptions {
  /** This worker holds every shard s with s mod of = index. */
  readonly index: number
  readonly of: number
  /** Seconds that another worker may take for what this one waits for. */
  readonly peerTimeout: number
  /** Folder for rows between passes; default: in the shared one. */
  readonly scratch?: string | undefined
  readonly onPass?: (row: TraceRow) => void
}

export interface WorkerReport {
  readonly shards: number
  readonly rows: number
  /** Sums that were shared, and the bytes that one shard gave to all of them. */
  readonly sums: number
  readonly bytesPerShard: number
  /** Seconds in all, and of these spent waiting for others. */
  readonly seconds: number
  readonly waited: number
}

/** The run was finished by another worker while this one waited. */
class FinishedElsewhere extends Error {}

/**
 * Does the part of worker `index` of `of` in the run that `folder` holds; where it, or another in its place, was
 * killed, it goes on from there. Blocks its thread while it waits for others.
 * @throws IndistinctError 'usage' where there is no plan or more workers than shards, 'file' when another worker stays
 * away, 'bad-data' where a table changed; whatever unlearning throws.
 */
export function runShardWorker(folder: string, options: WorkerOptions): WorkerReport {
  const start = performance.now()
  const plan = readPlan(folder)
  const { index, of } = options
  if (!(index < of)) throw usageError(`--index: expected 0 to ${of - 1} for --of ${of}, got ${index}`)
  if (plan.engine !== process.versions.v8) {
    throw usageError(
      `${layout.plan(folder)}: the run was prepared with V8 ${plan.engine}, this is Node ${process.version} with ` +
        `V8 ${process.versions.v8}; all workers need the same, or their results could differ`,
    )
  }
  const own = plan.shards.map((_, shard) => shard).filter((shard) => shard % of === index)
  const report = {
    shards: own.length,
    rows: own.reduce((sum, s) => sum + plan.shards[s]!.to - plan.shards[s]!.from, 0),
    sums: 0,
    bytesPerShard: 0,
    waited: 0,
  }
  const seconds = (): number => (performance.now() - start) / 1000
  if (existsSync(layout.manifest(folder))) {
    removeWork(folder)
    return { ...report, seconds: seconds() }
  }
  const readers = new Map<number, TableReader>()
  try {
    const shards = own.map((shard) => openShard(folder, plan, shard, readers))
    const rowsOf = (shard: number): number => plan.shards[shard]!.to - plan.shards[shard]!.from
    const scratch = shardScratch(options.scratch ?? layout.scratch(folder), rowsOf, plan.dimensions)
    const wait = peerWait(folder, of, options.peerTimeout, (time) => (report.waited += time / 1000))
    const sums = shardSums(shards, { folder, shards: plan.shards.length, run: planDigest(plan), wait })
    const table = {
      cols: plan.dimensions,
      sizes: plan.attribute.classes.map(({ users }) => users),
      centre: Float64Array.from(plan.centre),
      shards,
      scratch,
      sum: sums.sum,
    }
    const result = unlearnShards(table, plan.method, {
      ...plan.parameters,
      seed: plan.seed,
      ...(options.onPass && { onPass: options.onPass }),
    })
    Object.assign(report, { sums: sums.count(), bytesPerShard: sums.bytesPerShard() })
    for (const shard of shards) {
      if (!existsSync(layout.done(folder, shard.index)))
        writeShard(folder, shard, plan, readers.get(plan.shards[shard.index]!.input)!, result)
    }
    scratch.close()
    // A fit takes rows of all shards: one worker is enough for that.
    if (plan.fit === null || index === 0) publish(folder, plan, result, readers, wait)
  } catch (error) {
    // Once the manifest is there, another worker takes the files away that this one reads.
    if (!(error instanceof FinishedElsewhere) && !existsSync(layout.manifest(folder))) throw error
  } finally {
    for (const reader of readers.values()) reader.close()
  }
  return { ...report, seconds: seconds() }
}

function planDigest(plan: ShardPlan): string {
  return sha256(canonicalJson(plan))
}

function openInput(plan: ShardPlan, input: number, readers: Map<number, TableReader>): TableReader {
  const known = readers.get(input)
  if (known) return known
  const { path, bytes, modified } = plan.inputs[input]!
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) throw fileError(`cannot read ${path}: no such file`)
  if (stats.size !== bytes || stats.mtimeMs !== modified)
    throw badData(`${path}: the file changed since the run was prepared; prepare it again, with --force`)
  const reader = openTable(path, plan.read)
  readers.set(input, reader)
  return reader
}

function openShard(folder: string, plan: ShardPlan, index: number, readers: Map<number, TableReader>): Shard {
  const { input, from, to } = plan.shards[index]!
  const table = openInput(plan, input, readers)
  return {
    index,
    rows: to - from,
    codes: readShardLabels(folder, index, to - from),
    readRows: (first, last, into) => table.readRows(from + first, from + last, into),
  }
}

/** Waits until `path` is there, looking ever less often. @throws IndistinctError 'file' when it takes too long. */
function peerWait(
  folder: string,
  of: number,
  timeout: number,
  onWaited: (milliseconds: number) => void,
): (path: string, what: string, shard: number) => void {
  const cell = new Int32Array(new SharedArrayBuffer(4))
  return (path, what, shard) => {
    const start = performance.now()
    for (let pause = 2; !existsSync(path); pause = Math.min(250, 1.5 * pause)) {
      if (existsSync(layout.manifest(folder))) throw new FinishedElsewhere()
      if (performance.now() - start > 1000 * timeout) {
        const peer = shard % of
        throw fileError(
          `waited ${timeout} s for ${what} of shard ${shard}, which worker ${peer} of ${of} holds; start that ` +
            'worker (again): ' +
            `indistinct shards worker ${folder} --index ${peer} --of ${of}; and this one: both go on from where ` +
            'they are',
        )
      }
      Atomics.wait(cell, 0, 0, pause)
    }
    onWaited(performance.now() - start)
  }
}

/** Users by whom a fit says how far apart it left the classes. */
const sampledUsers = 20_000

/**
 * Waits for all shards, then writes the manifest and takes the working files away. Equal bytes, whoever comes to it.
 */
function publish(
  folder: string,
  plan: ShardPlan,
  result: UnlearnedShards,
  readers: Map<number, TableReader>,
  wait: (path: string, what: string, shard: number) => void,
): void {
  const records = plan.shards.map((_, shard) => {
    const path = layout.done(folder, shard)
    wait(path, 'the rows', shard)
    return JSON.parse(readFileSync(path, 'utf8')) as ShardRecord
  })
  if (plan.fit !== null) {
    const codesOf = (shard: number): Int32Array =>
      readShardLabels(folder, shard, plan.shards[shard]!.to - plan.shards[shard]!.from)
    writeShardFit(
      plan.fit,
      plan,
      result,
      shardSample(plan, sampledUsers, (input) => openInput(plan, input, readers), codesOf),
    )
  }
  writeFileAtomic(layout.manifest(folder), jsonText(manifestOf(plan, result, records), 2))
  removeWork(folder)
}

/** The labels of all users are among these files. */
function removeWork(folder: string): void {
  rmSync(layout.work(folder), { recursive: true, force: true })
}
