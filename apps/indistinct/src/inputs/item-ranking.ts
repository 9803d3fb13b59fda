/** @file What user vectors recommend, where item vectors and held-out interactions are at hand. */

import { badData, counted, csrFromPairs, fileError, usageError, type Csr, type Matrix } from '@indistinct/core'
import { readFileSync } from '@indistinct/core/platform'
import { readCsvDataset } from '@indistinct/datasets'
import { fileReason, type EmbeddingTable } from '@indistinct/embeddings'
import { scoreTopK } from '@indistinct/kernels'
import { bootstrapMean, ndcgPerUser } from '@indistinct/metrics'
import type { Estimate } from '@indistinct/report'
import { inGroup } from '../terminal/command-help.ts'
import type { Log } from '../terminal/log.ts'
import { textOption, textFlag } from '../terminal/option-values.ts'
import { readItemVectors } from './item-vectors.ts'

export interface RankingArguments {
  readonly items?: string | undefined
  readonly interactions?: string | undefined
  readonly seen?: string | undefined
  readonly seed: number
}

export const rankingOptions = inGroup('Recommendation', {
  items: textFlag('table of item vectors: users are recommended items by inner product', textOption('--items')),
  interactions: textFlag(
    'with --items: CSV with columns user and item, held out from training, to measure NDCG@10 by',
    textOption('--interactions'),
  ),
  seen: textFlag('with --items: CSV with columns user and item, not to be recommended again', textOption('--seen')),
} as const)

/**
 * NDCG@10 over the users with held-out interactions, as a function of the user vectors (N, K); undefined without
 * --items.
 * @param path of the file of `users`
 * @throws IndistinctError 'usage' where an option is missing, 'bad-data' where ids or widths do not fit.
 */
export async function rankingOf(
  args: RankingArguments,
  users: EmbeddingTable,
  path: string,
  log: Log,
): Promise<((embedding: Matrix) => Estimate) | undefined> {
  const { items, interactions, seen, seed } = args
  if (items === undefined || interactions === undefined) {
    const given = Object.entries({ items, interactions, seen }).find(([, value]) => value !== undefined)
    if (given) throw usageError(`--${given[0]}: expected --items and --interactions together`)
    return undefined
  }
  const table = await readItemVectors(items, users, path)
  const read = (path: string): Csr => interactionsOf(path, users, table, items, log)
  const test = read(interactions)
  const known = seen === undefined ? undefined : read(seen)
  return (embedding) => {
    const { mean, lower, upper } = bootstrapMean(ndcgPerUser(scoreTopK(embedding, table.matrix, known, 10), test, 10), {
      seed,
    })
    return { value: mean, low: lower, high: upper }
  }
}

function interactionsOf(path: string, users: EmbeddingTable, items: EmbeddingTable, itemsFile: string, log: Log): Csr {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    throw fileError(`cannot read ${path}: ${fileReason(cause as NodeJS.ErrnoException)}`, { cause })
  }
  const data = readCsvDataset({ interactions: bytes }, { interactionsFile: path })
  const rowOfUser = new Map(users.ids.map((id, row) => [id, row]))
  const rowOfItem = new Map(items.ids.map((id, row) => [id, row]))
  const pairs: [number, number][] = []
  data.interactions.users.forEach((user, at) => {
    const row = rowOfUser.get(data.users[user]!)
    const item = rowOfItem.get(data.items[data.interactions.items[at]!]!)
    if (row !== undefined && item !== undefined) pairs.push([row, item])
  })
  const left = data.interactions.users.length - pairs.length
  if (pairs.length === 0)
    throw badData(
      `${path}: no interaction is of a user of the table and an item of ${itemsFile}; check how ids are written`,
    )
  if (left > 0)
    log.warn(
      `${left} of ${counted(data.interactions.users.length, 'interaction')} of ${path} are of users or items ` +
        `without a ` +
        'vector: ignored',
    )
  return csrFromPairs(
    users.ids.length,
    items.ids.length,
    Int32Array.from(pairs, ([user]) => user),
    Int32Array.from(pairs, ([, item]) => item),
  )
}
