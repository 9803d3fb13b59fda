/** @file The table of --items: its columns are those of the users' table, since scores are inner products of both. */

import { badData } from '@indistinct/core'
import {
  attributeColumns,
  inputFormat,
  itemColumnOf,
  readTable,
  tableSide,
  type EmbeddingTable,
} from '@indistinct/embeddings'
import { namesOfDimensions, sameColumns } from './same-columns.ts'

/** @throws IndistinctError 'bad-data' where it has other dimensions than `users`, or their names in another order. */
export async function readItemVectors(path: string, users: EmbeddingTable, usersPath: string): Promise<EmbeddingTable> {
  const items = await readItems(path)
  const { cols } = users.matrix
  if (items.matrix.cols !== cols)
    throw badData(`${path}: expected ${cols} dimensions as in ${usersPath}, got ${items.matrix.cols}`)
  // Names that have nothing in common, such as u0 and i0, are usual here, and no reason to warn.
  sameColumns({ path, names: namesOfDimensions(items) }, { path: usersPath, names: namesOfDimensions(users) })
  return items
}

/** The table, with ids of its items under the names that are usual for them. */
async function readItems(path: string): Promise<EmbeddingTable> {
  if (inputFormat(path) === 'csv') {
    const { names, idColumn } = await attributeColumns(path)
    return readTable(path, idColumn === undefined ? { idColumn: itemColumnOf(names) } : {})
  }
  const table = await readTable(path, {})
  const { ids, maybeIds = [] } = tableSide(table)
  const idColumn = ids ? undefined : itemColumnOf(maybeIds)
  return idColumn === undefined ? table : readTable(path, { idColumn })
}
