/** @file The manifest of an unlearned table in shards: what it is made of, and how it was made. */

import { fileError, type Json } from '@indistinct/core'
import { basename, readFileSync } from '@indistinct/core/platform'
import type { UnlearnedShards } from '@indistinct/unlearners'
import { uncheckedLine } from '../unlearn/unlearn-scope.ts'
import { versions } from '../outputs/provenance.ts'
import { displacementOfShards, type Displacement } from './shard-change.ts'
import type { ShardRecord } from './shard-output.ts'
import { checkedSchema, type ShardPlan } from './shard-plan.ts'

export interface ManifestShard {
  readonly [key: string]: Json
  readonly file: string
  readonly rows: number
  /** Number of its first row, through all shards: the id of that row where the table has no ids. */
  readonly firstRow: number
  readonly sha256: string
  readonly input: { readonly file: string; readonly from: number; readonly to: number; readonly sha256: string }
}

export interface ShardManifest {
  readonly [key: string]: Json
  readonly schema: 'indistinct/shards/1'
  readonly rows: number
  readonly dimensions: number
  readonly method: string
  readonly parameters: { readonly [name: string]: Json }
  readonly moved: number
  readonly passes: number
  /** As of `unlearn`, of all users and exactly, without medians. */
  readonly displacement: Displacement
  readonly shards: readonly ManifestShard[]
}

export function manifestOf(
  plan: ShardPlan,
  { parameters, trace }: UnlearnedShards,
  records: readonly ShardRecord[],
): ShardManifest {
  const displacement = displacementOfShards(
    plan,
    records.map(({ change }) => change),
  )
  const { users: rows, unmoved } = displacement
  return {
    schema: 'indistinct/shards/1',
    method: plan.method,
    parameters,
    passes: Math.max(1, trace.length),
    seed: plan.seed,
    attribute: plan.attribute,
    attributes: plan.attributes,
    rows,
    dimensions: plan.dimensions,
    moved: rows - unmoved,
    harm: { checked: false, words: [uncheckedLine] },
    displacement,
    shards: plan.shards.map(({ input, from, to, firstRow, output }, s) => ({
      file: output,
      rows: to - from,
      firstRow,
      sha256: records[s]!.sha256,
      input: { file: basename(plan.inputs[input]!.path), from, to, sha256: records[s]!.inputSha256 },
    })),
    versions: versions(),
  }
}

/** @throws IndistinctError 'file' or 'bad-data'. */
export function readManifest(path: string): ShardManifest {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw fileError(`cannot read ${path}: ${(cause as Error).message}`, { cause })
  }
  return checkedSchema<ShardManifest>(path, text, 'indistinct/shards/1')
}
