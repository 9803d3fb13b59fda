/**
 * @file Some rows of all shards with their labels, as they came: runs of neighbours, spread evenly, so that few reads
 * bring them.
 */

import { matrix, type Labels, type Matrix } from '@indistinct/core'
import type { TableReader } from '@indistinct/embeddings'
import type { ShardPlan } from './shard-plan.ts'

export interface ShardSample {
  readonly rows: Matrix
  /** Classes of fewer than two users here are as good as none. */
  readonly labels: Labels
}

/** Rows of a run of neighbours. */
const runRows = 256

/** About `count` rows, from every shard its share. */
export function shardSample(
  plan: ShardPlan,
  count: number,
  readerOf: (input: number) => Pick<TableReader, 'readRows'>,
  codesOf: (shard: number) => Int32Array,
): ShardSample {
  const {
    shards,
    dimensions: cols,
    attribute: { classes },
  } = plan
  const all = shards.reduce((sum, { from, to }) => sum + to - from, 0)
  const runs = shards.flatMap(({ from, to }, shard) => {
    const rows = to - from
    const own = Math.min(rows, Math.max(1, Math.round((count * rows) / all)))
    const many = Math.ceil(own / runRows)
    return Array.from({ length: many }, (_, r) => {
      const [first, next] = [r, r + 1].map((each) => Math.floor((each * rows) / many))
      return { shard, first: first!, last: Math.min(next!, first! + Math.ceil(own / many)) }
    })
  })
  const rows = matrix(
    runs.reduce((sum, { first, last }) => sum + last - first, 0),
    cols,
  )
  const codes = new Int32Array(rows.rows)
  let at = 0
  let known: { readonly shard: number; readonly codes: Int32Array } | undefined
  for (const { shard, first, last } of runs) {
    const { input, from } = shards[shard]!
    readerOf(input).readRows(from + first, from + last, rows.data.subarray(at * cols, (at + last - first) * cols))
    if (known?.shard !== shard) known = { shard, codes: codesOf(shard) }
    codes.set(known.codes.subarray(first, last), at)
    at += last - first
  }
  const users = classes.map((_, c) => codes.reduce((sum, code) => sum + (code === c ? 1 : 0), 0))
  return {
    rows,
    labels: {
      classes: classes.map(({ name }) => name),
      codes: codes.map((code) => (code >= 0 && users[code]! > 1 ? code : -1)),
    },
  }
}
