/**
 * @file What every worker of a sharded run has to know, and where it lies in the folder that workers share:
 *
 *     plan.json              the run
 *     work/labels/00003      class of each row of shard 3, int32
 *     work/sums/0017-features/00003   what shard 3 gave to the 17th sum
 *     work/scratch/00003-direction-9  rows of shard 3, for its worker alone; elsewhere with --scratch
 *     work/done/00003.json   shard 3 is written
 *     <the shards>, manifest.json     the result; the manifest comes last, and work/ goes
 */

import { badData, fileError, parseJson, usageError, type Json } from '@indistinct/core'
import { join, readFileSync } from '@indistinct/core/platform'
import type { Dtype, JoinBy } from '@indistinct/embeddings'
import type { ShardMethod } from '@indistinct/unlearners'
import type { FileRecord } from '../inputs/file-record.ts'

export interface PlannedShard {
  readonly [key: string]: Json
  /** Place of its file among `inputs`. */
  readonly input: number
  /** Rows from .. to - 1 of that file. */
  readonly from: number
  readonly to: number
  /** Of its first row, through all files. */
  readonly firstRow: number
  /** Whether it is all of its file: then it is written in the file's format, with all that the file holds else. */
  readonly whole: boolean
  /** Name of the shard in the folder. */
  readonly output: string
}

export interface ShardPlan {
  readonly [key: string]: Json
  readonly schema: 'indistinct/shard-plan/1'
  readonly method: ShardMethod
  readonly parameters: { readonly [name: string]: number }
  readonly seed: number
  readonly attribute: {
    readonly name: string
    readonly classes: readonly { readonly name: string; readonly users: number }[]
    readonly missing: number
    readonly joinedBy: JoinBy
  }
  readonly attributes: readonly FileRecord[]
  readonly dimensions: number
  /** Names of the columns (K), where the files have one for each dimension. */
  readonly columns?: readonly string[]
  /** What tells columns and arrays of the files apart, where that is needed. */
  readonly read: {
    readonly key?: string
    readonly idColumn?: string
    readonly dimensions?: readonly string[]
    readonly labels?: readonly string[]
    readonly scale?: number
    readonly zeroPoint?: number
  }
  readonly inputs: readonly { readonly path: string; readonly bytes: number; readonly modified: number }[]
  readonly centre: readonly number[]
  /** Where worker 0 writes the fit of a closed form. */
  readonly fit: string | null
  /** Of the JavaScript engine: another one may round functions such as exp otherwise. */
  readonly engine: string
  readonly shards: readonly PlannedShard[]
}

export type ShardDtype = Dtype

const five = (index: number): string => String(index).padStart(5, '0')

/** Paths of the shared folder. */
export const layout = {
  plan: (folder: string) => join(folder, 'plan.json'),
  manifest: (folder: string) => join(folder, 'manifest.json'),
  work: (folder: string) => join(folder, 'work'),
  labels: (folder: string, shard: number) => join(folder, 'work', 'labels', five(shard)),
  sum: (folder: string, number: number, kind: string, shard: number) =>
    join(folder, 'work', 'sums', `${String(number).padStart(4, '0')}-${kind}`, five(shard)),
  scratch: (folder: string) => join(folder, 'work', 'scratch'),
  scratchFile: (scratch: string, shard: number, name: string) => join(scratch, `${five(shard)}-${name}`),
  done: (folder: string, shard: number) => join(folder, 'work', 'done', `${five(shard)}.json`),
} as const

/** @throws IndistinctError 'usage' where there is no plan, 'bad-data' where it is another program's. */
export function readPlan(folder: string): ShardPlan {
  const path = layout.plan(folder)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw usageError(`${folder}: there is no plan.json; indistinct shards unlearn --prepare-only writes it`)
    throw fileError(`cannot read ${path}: ${(cause as Error).message}`, { cause })
  }
  return checkedSchema<ShardPlan>(path, text, 'indistinct/shard-plan/1')
}

/** JSON of a schema. @throws IndistinctError 'bad-data'. */
export function checkedSchema<T extends { readonly schema: string }>(
  path: string,
  text: string,
  schema: T['schema'],
): T {
  let value: Partial<T> | null
  try {
    value = parseJson(text) as Partial<T> | null
  } catch (cause) {
    throw badData(`${path}: expected JSON, got a file that ends or differs: ${(cause as Error).message}`, { cause })
  }
  if (value?.schema !== schema)
    throw badData(
      `${path}: expected schema ${schema}, got ${JSON.stringify(value?.schema)}; it was written by another ` +
        'version or program',
    )
  return value as T
}
