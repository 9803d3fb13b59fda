/** @file What user vectors recommend, where item vectors and held-out interactions are at hand. */

import { badData, counted, csrFromPairs, fileError, usageError, type Csr, type Matrix } from '@indistinct/core'
import { readFileSync } from '@indistinct/core/platform'
import { readCsvDataset } from '@indistinct/datasets'
import {
  countedApart,
  fileReason,
  idRange,
  idsBeside,
  inIdsFile,
  rowNumberIds,
  startsAtOneWarning,
  tableSide,
  type EmbeddingTable,
} from '@indistinct/embeddings'
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
  const named = { table, path: items, idsFile: idsBeside(items) }
  const read = (file: string): Csr => interactionsOf(file, { table: users, path }, named, log)
  const test = read(interactions)
  const known = seen === undefined ? undefined : read(seen)
  return (embedding) => {
    const { mean, lower, upper } = bootstrapMean(ndcgPerUser(scoreTopK(embedding, table.matrix, known, 10), test, 10), {
      seed,
    })
    return { value: mean, low: lower, high: upper }
  }
}

/** A table that interactions name rows of. */
interface NamedTable {
  readonly table: EmbeddingTable
  readonly path: string
  /** The file that may name its rows, where no flag does. */
  readonly idsFile?: string
}

function interactionsOf(path: string, users: NamedTable, items: NamedTable, log: Log): Csr {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    throw fileError(`cannot read ${path}: ${fileReason(cause as NodeJS.ErrnoException)}`, { cause })
  }
  const data = readCsvDataset({ interactions: bytes }, { interactionsFile: path })
  const rowOfUser = rowsOfIds(data.users, users, path, log)
  const rowOfItem = rowsOfIds(data.items, items, path, log)
  const pairs: [number, number][] = []
  data.interactions.users.forEach((user, at) => {
    const row = rowOfUser[user]
    const item = rowOfItem[data.interactions.items[at]!]
    if (row !== undefined && item !== undefined) pairs.push([row, item])
  })
  const left = data.interactions.users.length - pairs.length
  if (pairs.length === 0)
    throw badData(
      `${path}: no interaction is of a user of the table and an item of ${items.path}; check how ids are written`,
    )
  if (left > 0)
    log.warn(
      `${left} of ${counted(data.interactions.users.length, 'interaction')} of ${path} are of users or items ` +
        `without a ` +
        'vector: ignored',
    )
  return csrFromPairs(
    users.table.ids.length,
    items.table.ids.length,
    Int32Array.from(pairs, ([user]) => user),
    Int32Array.from(pairs, ([, item]) => item),
  )
}

/**
 * The row of each of `ids`, by the rule that labels are joined by: ids of a table without any are its row numbers, or
 * nothing.
 * @throws IndistinctError 'bad-data' where they are neither, or one side counts from 0 and the other from 1.
 */
function rowsOfIds(
  ids: readonly string[],
  { table, path, idsFile }: NamedTable,
  file: string,
  log: Log,
): (number | undefined)[] {
  const side = { ...tableSide(table), idsFile }
  if (side.ids) {
    const rowOf = new Map(side.ids.map((id, row) => [id, row]))
    const apart = countedApart({ path: file, table: path }, idRange(ids).seen(), idRange(side.ids).seen())
    for (const each of apart) log.warn(each)
    return ids.map((id) => rowOf.get(id))
  }
  const [maybe] = idsFile === undefined ? [] : (side.maybeIds ?? [])
  if (maybe !== undefined)
    throw badData(
      `${path}: ${JSON.stringify(maybe)} looks like ids, no two values of it are equal; call it id, or name the ` +
        `rows ${inIdsFile(idsFile!)}`,
    )
  const numbers = rowNumberIds(side.rows)
  const rows = ids.map((id) => numbers.rowOf(id))
  numbers.check(file, side)
  const naming = idsFile === undefined ? undefined : inIdsFile(idsFile)
  if (numbers.startsAtOne()) log.warn(startsAtOneWarning(path, file, naming))
  return rows
}
