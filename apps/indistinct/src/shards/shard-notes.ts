/** @file What a reader of a sharded run should know of its dimensions, and of what its files hold beside them. */

import type { BesideVectors, TableReader } from '@indistinct/embeddings'
import { watchDimensions } from '@indistinct/embeddings/stream'
import { columnWarnings } from '../inputs/table-inputs.ts'
import { tellingWarnings } from '../inputs/telling-dimensions.ts'
import type { ShardPlan } from './shard-plan.ts'
import { shardSample } from './shard-sample.ts'

/** Shards that are looked at, at most: to read some rows of a Parquet file is to decode many. */
const lookedShards = 16
/** Rows of all of them together. */
const lookedRows = 4096

/**
 * Lines on some rows of some shards, spread evenly: those that `unlearn` has for a whole table.
 * @param codes class of each row, by shard
 * @throws IndistinctError 'bad-data' where float32 cannot tell these users apart.
 */
export function shardNotes(plan: ShardPlan, readers: readonly TableReader[], codes: readonly Int32Array[]): string[] {
  const { shards, attribute } = plan
  const step = Math.ceil(shards.length / lookedShards)
  const looked = [...shards.keys()].filter((shard) => shard % step === 0)
  const [first] = readers as readonly [TableReader, ...TableReader[]]
  const path = readers.length === 1 ? first.path : `${first.path} and ${readers.length - 1} more`
  const dimensions = watchDimensions({ ...first, path })
  const sample = shardSample(
    { ...plan, shards: looked.map((shard) => shards[shard]!) },
    lookedRows,
    (input) => dimensions.watch(readers[input]!),
    (shard) => codes[looked[shard]!]!,
  )
  const names = first.dimensions ?? Array.from({ length: first.cols }, (_, k) => `d${k}`)
  const files = new Set(looked.map((shard) => readers[shards[shard]!.input]!))
  return [
    ...columnWarnings(path, allBeside([...files].map((reader) => reader.beside())), attribute.name),
    ...dimensions.notes(),
    ...tellingWarnings(
      path,
      { matrix: sample.rows, dimensions: names },
      { labels: sample.labels, attribute: attribute.name },
    ),
  ]
}

function allBeside(files: readonly BesideVectors[]): BesideVectors {
  const all = (list: 'names' | 'numbers'): string[] => [...new Set(files.flatMap((file) => file[list]))]
  return { what: files[0]!.what, names: all('names'), numbers: all('numbers') }
}
